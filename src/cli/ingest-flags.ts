/** The flags of `ingest` and `resume`, and the library options for them. */
import { type Command, Option } from 'commander';
import type { IngestOptions } from '../ingest/types.js';
import type { LoadLimits } from '../load/plan-load.js';
import {
  ADVISED_BATCH_BYTES,
  DEFAULT_PACK_BYTES,
  MAX_BATCH_BYTES,
  MAX_BATCH_CONCURRENCY,
  MAX_FILES,
} from '../shared/limits.js';
import { omitUndefined } from '../shared/options.js';
import { UsageError } from './exit-codes.js';
import {
  addByteRateFlags,
  type BatchFlags,
  type ByteRateFlags,
  type CommonFlags,
  csvOptions,
  type FormatFlags,
  integerArg,
  type UploadFlags,
  type UploadPlanFlags,
  type WaitFlags,
} from './flags.js';
import { addRowRuleFlags, type RowRuleFlags } from './row-schema.js';
import { type SourceFlags, toFileChoice } from './source-flags.js';

/** The flags that `ingest` and `resume` share. */
export interface ResumeFlags extends CommonFlags, WaitFlags, ByteRateFlags {
  maxBatchesPerMinute?: number;
  notify?: string;
  wait: boolean;
  onFailure?: 'abort' | 'leave';
  takeOver?: boolean;
}

/** How files are divided into batches. */
export interface LoadLimitFlags {
  maxFilesPerBatch?: number;
  maxBytesPerBatch?: number;
}

export interface LoadFlags extends LoadLimitFlags {
  batchConcurrency?: number;
}

/** Whether small files are put together. */
export interface PackFlags {
  pack?: boolean;
  packBytes?: number;
}

/** What is looked at before anything is sent. */
export interface BeforehandFlags extends RowRuleFlags {
  checkRows?: 'all' | 'sample' | 'none';
  afterSuccess?: boolean;
  skipLoaded?: boolean;
  force?: boolean;
}

export interface IngestFlags
  extends LoadFlags,
    PackFlags,
    ResumeFlags,
    BatchFlags,
    FormatFlags,
    UploadFlags,
    SourceFlags,
    BeforehandFlags {
  journal?: string;
  dryRun?: boolean;
}

/** @param checkRows which rows are checked unless a flag says it. */
export const addBeforehandFlags = (command: Command, checkRows: 'sample' | 'none'): Command =>
  addRowRuleFlags(command)
    .addOption(
      new Option(
        '--check-rows <rows>',
        'rows to check by the schema of the dataset; a sample only warns',
      )
        .choices(['all', 'sample', 'none'])
        .default(checkRows),
    )
    .option('--after-success', 'refuse to load if the last batch of the dataset failed')
    .option('--skip-loaded', 'send nothing if a batch has the same files already')
    .option('--force', 'with --skip-loaded: load the files again');

export const addLoadLimitFlags = (command: Command): Command =>
  command
    .option(
      '--max-files-per-batch <n>',
      'load more files as several batches (default: 10000)',
      integerArg(1, MAX_FILES, 'files'),
    )
    .option(
      '--max-bytes-per-batch <n>',
      'load more bytes as several batches (default: 100000000000)',
      integerArg(1, MAX_BATCH_BYTES, 'bytes'),
    );

export const addLoadFlags = (command: Command): Command =>
  addPackFlags(addConcurrencyFlag(addLoadLimitFlags(command), 'default: 1'));

export const addPackFlags = (command: Command): Command =>
  command
    .option('--pack', 'put small JSON Lines and CSV files together; Parquet is not packed')
    .option(
      '--pack-bytes <n>',
      `with --pack: most bytes of a packed file (default: ${DEFAULT_PACK_BYTES})`,
      integerArg(1, ADVISED_BATCH_BYTES, 'bytes'),
    );

export const addConcurrencyFlag = (command: Command, fallback: string): Command =>
  command.option(
    '--batch-concurrency <n>',
    `maximum concurrent batches of a load (${fallback})`,
    integerArg(1, MAX_BATCH_CONCURRENCY, 'batches'),
  );

export const toLoadLimits = ({ maxFilesPerBatch, maxBytesPerBatch }: LoadLimitFlags): LoadLimits =>
  omitUndefined({ maxBatchFiles: maxFilesPerBatch, maxBatchBytes: maxBytesPerBatch });

export const addResumeFlags = (command: Command): Command =>
  addByteRateFlags(command)
    .option(
      '--max-batches-per-minute <n>',
      'most batches to create within a minute (default: any)',
      integerArg(1, 60_000, 'batches'),
    )
    .addOption(
      command
        .createOption(
          '--on-failure <action>',
          'abort or leave the batch if the ingest fails (default: leave it if it can be resumed)',
        )
        .choices(['abort', 'leave']),
    )
    .option('--notify <url>', 'send the totals to this https URL when the run has ended for good')
    .option('--no-wait', 'do not wait for the outcome')
    .option('--take-over', 'use a journal that is locked by a process which cannot be checked');

export function toResumeOptions(flags: ResumeFlags) {
  const { pollIntervalMs, waitTimeoutMs, timeoutMs, onFailure, takeOver, wait } = flags;
  const { maxBytesPerSecond, maxBytesPerHour, maxBatchesPerMinute, notify } = flags;
  return {
    ...omitUndefined({ pollIntervalMs, waitTimeoutMs, timeoutMs, onFailure, takeOver }),
    ...omitUndefined({ maxBytesPerSecond, maxBytesPerHour, maxBatchesPerMinute, notify }),
    wait,
  };
}

/** What batches are and how they are uploaded, whoever does that. */
export function toBatchOptions(flags: BatchFlags & FormatFlags & UploadPlanFlags & SourceFlags) {
  const csv = csvOptions(flags);
  const options = omitUndefined({
    format: flags.format,
    isMultiLineJson: flags.multiline,
    csv: Object.keys(csv).length === 0 ? undefined : csv,
    externalId: flags.externalId,
    tags: flags.tag,
    errorDiagnostics: flags.errorDiagnostics,
    partialIngestionPercent: flags.partialIngestionPercent,
    largeFileThresholdBytes: flags.largeFileThresholdBytes,
    partSizeBytes: flags.partSizeBytes,
    concurrency: flags.concurrency,
    ...toFileChoice(flags),
  });
  return { datasetId: flags.dataset, ...options };
}

export const toIngestOptions = (flags: IngestFlags): IngestOptions => ({
  ...toBatchOptions(flags),
  ...omitUndefined({ replace: flags.replace }),
  ...toBeforehandOptions(flags),
  ...toPackOptions(flags),
  ...toResumeOptions(flags),
});

/** @throws {UsageError} for flags that contradict each other. */
export function toBeforehandOptions(flags: BeforehandFlags & Pick<BatchFlags, 'externalId'>) {
  checkSkipLoaded(flags);
  const { checkRows, afterSuccess, skipLoaded, force } = flags;
  const rowRules = toRowRules(flags);
  return omitUndefined({ checkRows, rowRules, afterSuccess, skipLoaded, force });
}

/** @throws {UsageError} for a size of packed files where none is packed. */
export function toPackOptions({ pack, packBytes }: PackFlags) {
  if (pack !== true && packBytes !== undefined)
    throw new UsageError('--pack-bytes goes with --pack alone.');
  return omitUndefined({ pack, packBytes });
}

/** @throws {UsageError} for flags that contradict each other. */
function checkSkipLoaded({
  skipLoaded,
  force,
  externalId,
}: BeforehandFlags & Pick<BatchFlags, 'externalId'>): void {
  if (skipLoaded !== true && force === true)
    throw new UsageError('--force goes with --skip-loaded alone.');
  if (skipLoaded === true && externalId !== undefined)
    throw new UsageError(
      '--skip-loaded and --external-id cannot be combined: with the first, the external id follows from the contents.',
    );
}

/** @throws {UsageError} for flags that do nothing. */
function toRowRules({ empty, unknown, strict, identities, checkRows }: BeforehandFlags) {
  const rules = omitUndefined({ empty, unknown, strict, identities });
  const [name] = Object.keys(rules);
  if (name === undefined) return undefined;
  if (checkRows !== 'none') return rules;
  throw new UsageError(`--${name} goes with --check-rows all or sample.`);
}

/** Whether standard input is ingested. @throws {UsageError} if files are passed as well. */
export function isStream(paths: readonly string[]): boolean {
  if (!paths.includes('-')) return false;
  if (paths.length === 1) return true;
  throw new UsageError('"-" (standard input) cannot be combined with files.');
}
