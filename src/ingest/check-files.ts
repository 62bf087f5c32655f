/** Checks local files before anything is sent, for `checkFiles()` and for an ingest. */
import { withOwnErrors } from '../http/errors.js';
import { listContents } from '../packing/originals.js';
import { summarize } from '../preflight/findings.js';
import { preflight } from '../preflight/preflight.js';
import type { RowChecker } from '../preflight/row-check.js';
import type {
  CheckOptions,
  CheckResult,
  Finding,
  PreflightOptions,
  PreflightResult,
} from '../preflight/types.js';
import type { InputFormat } from '../resources/types.js';
import { MAX_BATCH_BYTES, MAX_FILES } from '../shared/limits.js';
import { notify } from '../shared/notify.js';
import { invalid, omitUndefined, validateOptions } from '../shared/options.js';
import type { SourceFile } from '../upload/source.js';
import { PreflightError } from './errors.js';
import { checkInputs, type Input } from './input.js';
import { CHECK_OPTIONS } from './options.js';
import type { RowCheck } from './row-check.js';
import type { IngestOptions } from './types.js';
import { walk } from './walk.js';

/**
 * Checks files and folders without sending anything.
 * @param rowChecker a check of the rows that are read.
 */
export async function checkFiles(
  paths: Input | readonly Input[],
  checkOptions?: CheckOptions,
  rowChecker?: RowChecker,
): Promise<CheckResult> {
  const options = validateOptions(CHECK_OPTIONS, checkOptions);
  const check = async () => {
    const { files, skipped, warnings } = await walk(checkInputs('paths', paths), options);
    const result = await preflight(files, { ...options, ...omitUndefined({ rowChecker }) });
    const findings = [...warnings, ...result.findings];
    const count = warnings.reduce((sum, warning) => sum + warning.count, result.warnings);
    return { ...result, warnings: count, findings, summary: summarize(findings), skipped };
  };
  return withOwnErrors('the check of the files', check, { signal: options.signal });
}

/**
 * Checks the files of an ingest; `onWarning` is called for what is only not advised.
 * @param openRowCheck is called once the files are found to be good: what cannot be sent needs no schema.
 * @returns the format in which they are to be read.
 * @throws {PreflightError} for what the platform would reject.
 */
export async function checkFormat(
  files: readonly SourceFile[],
  options: IngestOptions & Pick<PreflightOptions, 'areOfManyBatches'>,
  origin: string,
  openRowCheck: () => Promise<RowCheck | undefined>,
): Promise<InputFormat> {
  // A batch id is a hex number, a UUID or a ULID; the longest one counts.
  const prefix = `${origin}/data/foundation/import/batches/${'x'.repeat(36)}/datasets/${options.datasetId}/files/`;
  const isPacked = files.some(({ members }) => members !== undefined);
  // Those that are packed are not files of the batch.
  const areOfManyBatches = options.areOfManyBatches === true || isPacked;
  const preflightOptions = { ...options, areOfManyBatches, urlPrefixLength: prefix.length };
  if (isPacked && options.areOfManyBatches !== true) assertOneBatch(files);
  const contents = listContents(files);
  const result = await preflight(contents, preflightOptions);
  if (result.errors > 0) throw new PreflightError(result.findings);
  const rowCheck = await openRowCheck();
  const findings = await checkRows(contents, preflightOptions, rowCheck, result);
  const { format, isMultiLineJson, csv = {} } = result;
  const isSet = Object.keys(csv).length > 0;
  for (const finding of findings) {
    if (finding.level !== 'note' || isSet) notify(options.onWarning, finding);
  }
  if (format === undefined) throw new Error('No finding says that there is no format.');
  return omitUndefined({ format, isMultiLineJson, ...csv });
}

/** @throws {InvalidInputError} for more than a batch may hold, where what was packed is checked file by file. */
function assertOneBatch(files: readonly SourceFile[]): void {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (files.length <= MAX_FILES && bytes <= MAX_BATCH_BYTES) return;
  const received = `${files.length} files with ${bytes} bytes`;
  throw invalid('source', `at most ${MAX_FILES} files and ${MAX_BATCH_BYTES} bytes`, received);
}

/**
 * Checks the rows of files by a schema.
 * @returns all findings.
 * @throws {PreflightError} for rows that must not be sent.
 */
async function checkRows(
  files: readonly SourceFile[],
  options: PreflightOptions,
  rowCheck: RowCheck | undefined,
  { findings }: PreflightResult,
): Promise<readonly Finding[]> {
  if (rowCheck === undefined) return findings;
  const { checker: rowChecker, maxFiles } = rowCheck;
  const isComplete = maxFiles === undefined;
  const chosen = files.slice(0, maxFiles);
  const result = await preflight(chosen, { ...options, rowChecker, deep: isComplete });
  if (!isComplete) return [...findings, ...rowCheck.listWarnings()];
  if (result.errors > 0) throw new PreflightError(result.findings);
  rowCheck.assertFewRejected(result.findings);
  return result.findings;
}
