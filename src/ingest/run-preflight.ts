/** Preflight, as an ingest and a check of files use it. */

import { withOwnErrors } from '../http/own-error.js';
import { type PreflightResult, preflight, StreamCheck } from '../preflight/index.js';
import type { CreateBatchRequest } from '../resources/types.js';
import { InvalidInputError } from '../shared/errors.js';
import { validateOptions } from '../shared/options.js';
import type { SourceFile } from '../upload/source.js';
import type { IngestClient } from './context.js';
import { PreflightError } from './errors.js';
import { checkPaths } from './input.js';
import { CHECK_OPTIONS } from './options.js';
import { isBlank } from './stream.js';
import type { IngestOptions } from './types.js';
import { walk } from './walk.js';

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
  checkOptions?: CheckOptions,
): Promise<CheckResult> {
  const options = validateOptions(CHECK_OPTIONS, checkOptions);
  const checked = checkPaths('paths', paths);
  const check = async () => {
    const { files, skipped } = await walk(checked);
    return { ...(await preflight(files, options)), skipped };
  };
  return withOwnErrors('the check of the files', check, { signal: options.signal });
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

/**
 * Checks a stream of JSON Lines while it is read.
 * @throws {PreflightError} at the first error, {InvalidInputError} at the end of one without rows.
 */
export async function* inspectStream(
  stream: AsyncIterable<Uint8Array>,
  { partialIngestionPercent, onWarning }: IngestOptions,
): AsyncGenerator<Uint8Array> {
  const check = new StreamCheck(
    'the stream',
    partialIngestionPercent === undefined ? {} : { partialIngestionPercent },
  );
  const report = (findings: ReturnType<StreamCheck['push']>) => {
    if (check.errors > 0) throw new PreflightError(findings);
    for (const finding of findings) onWarning?.(finding);
  };
  let hasRows = false;
  for await (const chunk of stream) {
    report(check.push(chunk));
    hasRows ||= !isBlank(chunk);
    yield chunk;
  }
  if (!hasRows) {
    throw new InvalidInputError(
      'source',
      'Invalid source: expected rows, and the source has no rows.',
    );
  }
  report(check.end());
}
