/** The rejected rows of a batch, as the command shows them. */
import { fixFor } from '../../ingest/rejected-rows.js';
import type { Diagnostics } from '../../resources/diagnostics.js';

/** A reason why a row was rejected. */
export interface Rejected {
  /** The file that the row came in, where the platform says so. */
  file?: string;
  code: string;
  message: string;
  /** What to do about it. */
  fix?: string;
  /** The row, as it was sent. */
  record?: unknown;
}

/** All reasons of all rejected rows, as they come. */
export async function* rejectedRows(
  client: { diagnostics: Pick<Diagnostics, 'rowErrors'> },
  batchId: string,
  signal: AbortSignal,
): AsyncGenerator<Rejected> {
  for await (const row of client.diagnostics.rowErrors(batchId, { signal })) {
    const { _errors, _filename, _corrupt_record, diagnosticFile: _, ...columns } = row;
    const record = _corrupt_record ?? (Object.keys(columns).length === 0 ? undefined : columns);
    for (const { code = '', message = '' } of _errors ?? [{}]) {
      const fix = fixFor(String(code));
      yield {
        ...(_filename === undefined ? {} : { file: _filename }),
        code: String(code),
        message: String(message),
        ...(fix === undefined ? {} : { fix }),
        ...(record === undefined ? {} : { record }),
      };
    }
  }
}
