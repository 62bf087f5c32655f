/** The options of `enqueueLoad()`. */
import type { IngestClient, IngestTarget } from '../ingest/context.js';
import { isStepwise, toIngestClient } from '../ingest/ingest-client.js';
import { INGEST_OPTIONS } from '../ingest/options.js';
import type { IngestOptions } from '../ingest/types.js';
import { LIMIT_OPTIONS, type LoadLimits } from '../load/plan-load.js';
import { checkHeaderValue, checkOrigin, checkSandbox, number } from '../shared/checks.js';
import {
  type Check,
  invalid,
  namedObject,
  type OptionTable,
  omit,
  optional,
  required,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import type { UploadPlan } from '../upload/options.js';
import { checkBudget, type LoadBudget } from './budget/budget-options.js';
import { checkLoadId } from './store/keys.js';
import { checkUrlKey } from './store/secret-urls.js';

/** Options of an ingest in one process, which a queue has no use for. */
const OF_ONE_PROCESS = [
  'journal',
  'takeOver',
  'replace',
  'onProgress',
  'onFailure',
  'notify',
  'wait',
  'pollIntervalMs',
  'waitTimeoutMs',
  'timeoutMs',
  'maxPartRetries',
  'maxBytesPerSecond',
  'maxBytesPerHour',
  'maxBatchesPerMinute',
] as const;
type OfOneProcess = (typeof OF_ONE_PROCESS)[number];

/** The options of an ingest that hold for each batch, and how the load is divided and found again. */
export interface EnqueueOptions extends Omit<IngestOptions, OfOneProcess>, LoadLimits {
  /**
   * Where the load goes: a client, or its origin, organisation and sandbox. `checkRows` and `afterSuccess`, which
   * read from the platform before anything is added, need a client.
   */
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

type Defaults = 'budget' | 'maxOpenBatches' | keyof LoadLimits | keyof UploadPlan | 'sha256';

const ENQUEUE_OPTIONS: OptionTable<EnqueueOptions, Defaults> = {
  ...omit(INGEST_OPTIONS, OF_ONE_PROCESS),
  target: required(checkTarget),
  loadId: optional(checkLoadId),
  budget: withDefault(checkBudget, {}),
  urlKey: optional(checkUrlKey),
  ...LIMIT_OPTIONS,
  maxOpenBatches: withDefault(
    number({ min: 1, max: 1000, unit: 'batches', whole: true }),
    DEFAULT_OPEN_BATCHES,
  ),
};

export type ValidEnqueueOptions = ValidOptions<EnqueueOptions, Defaults>;

/** @throws {InvalidInputError} for an option that cannot be used. */
export const validateEnqueueOptions = (options: unknown): ValidEnqueueOptions =>
  validateOptions(ENQUEUE_OPTIONS, options);

/**
 * The client that reads from the platform before anything is added; `undefined` where nothing is to be read.
 * @throws {InvalidInputError} where something is to be read, and the target is names without a client.
 */
export function findReader(
  target: IngestTarget,
  { checkRows = 'none', afterSuccess }: ValidEnqueueOptions,
): IngestClient | undefined {
  if (checkRows === 'none' && afterSuccess !== true) return undefined;
  if (isStepwise(target)) return toIngestClient(target);
  const option = afterSuccess === true ? 'afterSuccess' : 'checkRows';
  const fix = `Pass what createBatchClient() returns, or leave ${option} out.`;
  throw invalid('target', `a client beside ${option}`, target, fix);
}
