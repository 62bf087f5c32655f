/** Preflight, as an ingest and a check of files use it. */
import { InvalidInputError } from '../http/errors.js';
import type { CreateBatchRequest } from '../resources/types.js';
import type { SourceFile } from '../upload/source.js';
import { walk } from '../upload/walk.js';
import type { IngestClient } from './context.js';
import { PreflightError } from './errors.js';
import { type PreflightResult, preflight, StreamCheck } from './preflight/index.js';
import type { IngestOptions } from './types.js';

type InputFormat = NonNullable<CreateBatchRequest['inputFormat']>;

/** What a check of files takes. */
export type CheckOptions = Pick<
  IngestOptions,
  | 'format'
  | 'isMultiLineJson'
  | 'csv'
  | 'partialIngestionPercent'
  | 'largeFileThresholdBytes'
  | 'signal'
> & {
  /** Whether every byte of JSON and CSV is read. Default `false`: the first and the last MiB. */
  deep?: boolean;
};

/** What a check of files gives, and how many names were passed over. */
export interface CheckResult extends PreflightResult {
  skipped: number;
}

/**
 * Looks at files and folders without sending anything.
 * @throws {SourceError | InvalidInputError} for what cannot be read or meant at all.
 */
export async function checkFiles(
  paths: string | readonly string[],
  options: CheckOptions = {},
): Promise<CheckResult> {
  const { files, skipped } = await walk([paths].flat());
  return { ...(await preflight(files, options)), skipped };
}

/** Checks the files, and says how they are to be read. @throws {PreflightError} */
export async function inspect(
  files: readonly SourceFile[],
  options: IngestOptions,
  { origin }: IngestClient,
): Promise<InputFormat> {
  const { datasetId } = options;
  // A batch's id is as long as a hex, a UUID or a ULID; the longest is taken.
  const prefix = `${origin}/data/foundation/import/batches/${'x'.repeat(36)}/datasets/${datasetId}/files/`;
  const result = await preflight(files, { ...options, urlPrefixLength: prefix.length });
  if (result.errors > 0) throw new PreflightError(result.findings);
  for (const finding of result.findings) options.onWarning?.(finding);
  const { format, isMultiLineJson } = result;
  return isMultiLineJson === undefined ? { format } : { format, isMultiLineJson };
}

/** Checks a stream of JSON Lines while it is read. @throws {PreflightError} at the first error. */
export async function* inspectStream(
  stream: AsyncIterable<Uint8Array>,
  options: IngestOptions,
): AsyncGenerator<Uint8Array> {
  if (options.format !== undefined && options.format !== 'json') {
    throw new InvalidInputError('format', `a stream is JSON Lines, not ${options.format}.`);
  }
  const { partialIngestionPercent } = options;
  const check = new StreamCheck(
    'the stream',
    partialIngestionPercent === undefined ? {} : { partialIngestionPercent },
  );
  const tell = (findings: ReturnType<StreamCheck['push']>) => {
    if (check.errors > 0) throw new PreflightError(findings);
    for (const finding of findings) options.onWarning?.(finding);
  };
  for await (const chunk of stream) {
    tell(check.push(chunk));
    yield chunk;
  }
  tell(check.end());
}
