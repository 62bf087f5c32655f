/** The options of workers. */
import { CALL_OPTIONS } from '../http/options.js';
import { MAX_TIMER_MS } from '../http/retry.js';
import type { IngestWarning } from '../ingest/types.js';
import { WAIT_OPTIONS } from '../resources/wait.js';
import { checkLocalPath, functionOption, number } from '../shared/checks.js';
import {
  type Check,
  invalid,
  type OptionTable,
  optional,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { checkPartRetries, DEFAULT_MAX_PART_RETRIES } from '../upload/options.js';
import { checkBudget, type LoadBudget } from './budget/budget-options.js';
import { checkUrlKey } from './store/secret-urls.js';

export interface LoadWorkerOptions {
  /** The name of the queue. Default `aep-batch`. */
  queue?: string;
  /** What the keys of the queue begin with, as for its `Queue`. Default `bull`. */
  prefix?: string;
  /** How many jobs run at a time, 1 to 1000; each file is one, and so is each step of a batch. Default 4. */
  concurrency?: number;
  /**
   * The folders that files may be read from, links followed. Default none: then only sources that are not files of
   * this machine can be loaded.
   */
  roots?: readonly string[];
  /**
   * For how long a job belongs to a worker that does not renew its lock, in milliseconds, 1000 to 600,000. Default
   * 30,000. Jobs of a worker that was killed are taken over after one to two of these times.
   */
  lockMs?: number;
  /** How long `close()` waits for jobs to end before it gives them back, in milliseconds. Default 30,000. */
  closeTimeoutMs?: number;
  /** A folder for the receipts of batches with their files, one JSON file each. Default: none. */
  receipts?: string;
  /** For how long Redis keeps what is known of a load that has ended, in milliseconds. Default seven days. */
  keepReceiptsMs?: number;
  /** The shortest time between two polls of a batch's status, in milliseconds. Default 2000; it grows to 30 times. */
  pollIntervalMs?: number;
  /** How long a completed batch is waited for, in milliseconds. Default 24 hours. */
  waitTimeoutMs?: number;
  /** The timeout of each request, in milliseconds. Default: the client's. */
  timeoutMs?: number;
  /** How often a part or a file is retried within one attempt of its job. Default 4. */
  maxPartRetries?: number;
  /** What all workers of the queue together may send; each of them has to be given the same. Default: anything. */
  budget?: LoadBudget;
  /** The key under which queries of URLs were encrypted when their load was enqueued. */
  urlKey?: string;
  /** Called with warnings that do not stop the worker. */
  onWarning?: (warning: IngestWarning) => void;
}

type Defaults =
  | 'queue'
  | 'concurrency'
  | 'roots'
  | 'budget'
  | 'lockMs'
  | 'closeTimeoutMs'
  | 'keepReceiptsMs'
  | 'pollIntervalMs'
  | 'waitTimeoutMs'
  | 'maxPartRetries';

const MILLISECONDS = { unit: 'milliseconds', max: MAX_TIMER_MS };
const DAY_MS = 24 * 3600 * 1000;
export const DEFAULT_QUEUE = 'aep-batch';

/** A part of keys: colons separate them. */
export const checkQueueName: Check<string> = (field, value) => {
  if (typeof value === 'string' && value !== '' && !value.includes(':')) return value;
  throw invalid(field, 'a name without colons', value);
};

const checkRoots: Check<readonly string[]> = (field, value) => {
  if (Array.isArray(value))
    return Array.from(value, (root: unknown, at) => checkLocalPath(`${field}[${at}]`, root));
  throw invalid(field, 'an array of folders', value);
};

const WORKER_OPTIONS: OptionTable<LoadWorkerOptions, Defaults> = {
  queue: withDefault(checkQueueName, DEFAULT_QUEUE),
  prefix: optional(checkQueueName),
  concurrency: withDefault(number({ min: 1, max: 1000, unit: 'jobs', whole: true }), 4),
  roots: withDefault(checkRoots, []),
  lockMs: withDefault(number({ ...MILLISECONDS, min: 1000, max: 600_000 }), 30_000),
  closeTimeoutMs: withDefault(number({ ...MILLISECONDS, min: 0 }), 30_000),
  receipts: optional(checkLocalPath),
  budget: withDefault(checkBudget, {}),
  urlKey: optional(checkUrlKey),
  keepReceiptsMs: withDefault(
    number({ unit: 'milliseconds', min: 1, max: 3650 * DAY_MS }),
    7 * DAY_MS,
  ),
  pollIntervalMs: WAIT_OPTIONS.pollIntervalMs,
  waitTimeoutMs: WAIT_OPTIONS.waitTimeoutMs,
  timeoutMs: CALL_OPTIONS.timeoutMs,
  maxPartRetries: withDefault(checkPartRetries, DEFAULT_MAX_PART_RETRIES),
  onWarning: optional(functionOption()),
};

export type ValidWorkerOptions = ValidOptions<LoadWorkerOptions, Defaults>;

/** @throws {InvalidInputError} for an option that cannot be used. */
export const validateWorkerOptions = (options: unknown): ValidWorkerOptions =>
  validateOptions(WORKER_OPTIONS, options);
