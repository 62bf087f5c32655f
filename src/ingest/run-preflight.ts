/** Preflight, as an ingest and a check of files use it. */

import { withOwnErrors } from '../http/errors.js';
import { preflight } from '../preflight/preflight.js';
import { StreamCheck } from '../preflight/stream.js';
import type { CheckOptions, CheckResult, Finding } from '../preflight/types.js';
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

/**
 * Checks files and folders without sending anything.
 * @throws {InvalidInputError} for an option or a path that cannot be used.
 * @throws {SourceError} for a file or folder that cannot be read.
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
  const report = (findings: readonly Finding[]) => {
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
