/** The options of `enqueueLoad()`. */
import type { IngestTarget } from '../ingest/context.js';
import { INGEST_OPTIONS } from '../ingest/options.js';
import type { IngestOptions } from '../ingest/types.js';
import {
  type LoadLimits,
  MAX_BATCH_BYTES_RANGE,
  MAX_BATCH_FILES_RANGE,
} from '../load/plan-load.js';
import { checkHeaderValue, checkOrigin, checkSandbox, number } from '../shared/checks.js';
import {
  type Check,
  invalid,
  namedObject,
  type OptionTable,
  optional,
  required,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { checkBudget, type LoadBudget } from './budget.js';
import { checkLoadId } from './keys.js';
import { checkUrlKey } from './secret-urls.js';

type OfOneProcess =
  | 'journal'
  | 'takeOver'
  | 'replace'
  | 'onProgress'
  | 'onFailure'
  | 'wait'
  | 'pollIntervalMs'
  | 'waitTimeoutMs'
  | 'timeoutMs'
  | 'maxPartRetries'
  | 'afterSuccess'
  | 'skipLoaded'
  | 'force'
  | 'checkRows'
  | 'rowRules'
  | 'maxBytesPerSecond'
  | 'maxBytesPerHour'
  | 'maxBatchesPerMinute';

/** The options of an ingest that hold for each batch, and how the load is divided and found again. */
export interface EnqueueOptions extends Omit<IngestOptions, OfOneProcess>, LoadLimits {
  /** Where the load goes: a client, or its origin, organisation and sandbox. */
  target: IngestTarget;
  /**
   * The id of the load in the queue, up to 80 characters. Default: one that the same files with the same options
   * have each time, so that they are not loaded twice by mistake.
   */
  loadId?: string;
  /** The budget of the workers: a file that is larger than half of an hour's bytes is rejected at once. */
  budget?: LoadBudget;
  /** The key under which queries of URLs are encrypted, at least 16 characters; workers need the same. */
  urlKey?: string;
  /** How many batches of the load take files at a time, 1 to 1000. Default 10. */
  maxOpenBatches?: number;
}

const DEFAULT_OPEN_BATCHES = 10;

const TARGET: OptionTable<IngestTarget> = {
  origin: required((field, value) => checkOrigin(field, value)),
  orgId: required((field, value) => checkHeaderValue(field, value, 'the organisation id')),
  sandbox: required((_, value) => checkSandbox(value)),
};

const checkTarget: Check<IngestTarget> = (field, value) => {
  const expected = 'a client, or an object with origin, orgId and sandbox';
  if (typeof value !== 'object' || value === null) throw invalid(field, expected, value);
  return validateOptions(TARGET, value, { ...namedObject(field), mayHaveMore: true, expected });
};

const {
  journal: _journal,
  takeOver: _takeOver,
  replace: _replace,
  onProgress: _onProgress,
  onFailure: _onFailure,
  wait: _wait,
  pollIntervalMs: _pollIntervalMs,
  waitTimeoutMs: _waitTimeoutMs,
  timeoutMs: _timeoutMs,
  maxPartRetries: _maxPartRetries,
  afterSuccess: _afterSuccess,
  skipLoaded: _skipLoaded,
  force: _force,
  checkRows: _checkRows,
  rowRules: _rowRules,
  maxBytesPerSecond: _maxBytesPerSecond,
  maxBytesPerHour: _maxBytesPerHour,
  maxBatchesPerMinute: _maxBatchesPerMinute,
  ...OF_BATCHES
} = INGEST_OPTIONS;

type Defaults =
  | 'budget'
  | 'maxOpenBatches'
  | 'largeFileThresholdBytes'
  | 'partSizeBytes'
  | 'concurrency'
  | 'sha256';

const ENQUEUE_OPTIONS: OptionTable<EnqueueOptions, Defaults> = {
  ...OF_BATCHES,
  target: required(checkTarget),
  loadId: optional(checkLoadId),
  budget: withDefault(checkBudget, {}),
  urlKey: optional(checkUrlKey),
  maxBatchFiles: optional(number(MAX_BATCH_FILES_RANGE)),
  maxBatchBytes: optional(number(MAX_BATCH_BYTES_RANGE)),
  maxOpenBatches: withDefault(
    number({ min: 1, max: 1000, unit: 'batches', whole: true }),
    DEFAULT_OPEN_BATCHES,
  ),
};

export type ValidEnqueueOptions = ValidOptions<EnqueueOptions, Defaults>;

/** @throws {InvalidInputError} for an option that cannot be used. */
export const validateEnqueueOptions = (options: unknown): ValidEnqueueOptions =>
  validateOptions(ENQUEUE_OPTIONS, options);
