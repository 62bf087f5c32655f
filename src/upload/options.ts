/** How files are sent: sizes, concurrency, retries, with their limits and defaults. */
import { CALL_OPTIONS } from '../http/options.js';
import { checkBoolean, listenerOption, number } from '../shared/checks.js';
import { MAX_PART_BYTES, MAX_PUT_BYTES } from '../shared/limits.js';
import { type OptionTable, optional, validateOptions, withDefault } from '../shared/options.js';
import type { Pause } from './budget.js';

const DEFAULT_PART_SIZE_BYTES = 64 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 64;
/** A part is the most expensive thing to lose, so it is retried more often than other calls. */
export const DEFAULT_MAX_PART_RETRIES = 4;

/** How files are cut and sent, complete and checked; see `UploadOptions`. */
export interface UploadPlan {
  largeFileThresholdBytes: number;
  partSizeBytes: number;
  concurrency: number;
}

/** The most that a run sends: all its requests at the same time share it. */
export interface ByteRates {
  /**
   * The most bytes of files a second, 1 to 2^53 - 1. Requests go out that slowly, and no timeout counts the time
   * for which their bytes are held back. Default: no limit.
   */
  maxBytesPerSecond?: number;
  /**
   * The most bytes of files within any hour, 1 to 2^53 - 1, those sent again included. A request waits until all of
   * its bytes are within the limit, so none is larger: files go in smaller parts if necessary. Default: no limit.
   */
  maxBytesPerHour?: number;
}

/** The options of `files.upload()`. */
export interface UploadOptions extends ByteRates {
  /**
   * Files above this size go in parts, the others by one PUT. In bytes, 0 to 256,000,000. Default
   * 256,000,000, the most that the platform takes by PUT.
   */
  largeFileThresholdBytes?: number;
  /** The size of a part in bytes, 1 to 512,000,000. Default 64 MiB. */
  partSizeBytes?: number;
  /** How many requests with bytes are in flight, 1 to 64. Default 4; fewer after a 429 or 503. */
  concurrency?: number;
  /** Whether the sha256 is computed while the file is sent. Default `true`. */
  sha256?: boolean;
  /** How often a part, or a file that goes whole, is retried, 0 to 100. Default 4. */
  maxPartRetries?: number;
  /** How long the bytes may stand still, in milliseconds. Default: the client's `timeoutMs`. */
  timeoutMs?: number;
  /** Aborts the upload. */
  signal?: AbortSignal;
  /** Called with the bytes that the platform has accepted; they never fall. */
  onProgress?: (progress: { transferredBytes: number; totalBytes: number }) => void;
  /** Called when a limit is reached, with the time when it goes on, and with `undefined` once it does. */
  onPause?: (pause: Pause | undefined) => void;
}

/** How each value of a plan is checked, and its default. */
export const UPLOAD_PLAN: OptionTable<Partial<UploadPlan>, keyof UploadPlan> = {
  largeFileThresholdBytes: withDefault(
    number({ min: 0, max: MAX_PUT_BYTES, unit: 'bytes', whole: true }),
    MAX_PUT_BYTES,
  ),
  partSizeBytes: withDefault(
    number({ min: 1, max: MAX_PART_BYTES, unit: 'bytes', whole: true }),
    DEFAULT_PART_SIZE_BYTES,
  ),
  concurrency: withDefault(
    number({ min: 1, max: MAX_CONCURRENCY, unit: 'requests', whole: true }),
    DEFAULT_CONCURRENCY,
  ),
};

const MAX_BYTES = { min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', whole: true };
/** How each limit is checked. */
export const BYTE_RATES: OptionTable<ByteRates> = {
  maxBytesPerSecond: optional(number(MAX_BYTES)),
  maxBytesPerHour: optional(number(MAX_BYTES)),
};

/** @throws {InvalidInputError} for a value out of its bounds. */
export const checkUploadPlan = (options: Partial<UploadPlan>): UploadPlan =>
  validateOptions(UPLOAD_PLAN, options, { what: 'options', prefix: '', mayHaveMore: true });

/** How often a part or a file is retried. */
export const checkPartRetries = number({ min: 0, max: 100, unit: 'retries', whole: true });

/** How each option of an upload is checked, and its default. */
export const UPLOAD_OPTIONS: OptionTable<
  UploadOptions,
  keyof UploadPlan | 'sha256' | 'maxPartRetries'
> = {
  ...UPLOAD_PLAN,
  ...BYTE_RATES,
  sha256: withDefault(checkBoolean, true),
  maxPartRetries: withDefault(checkPartRetries, DEFAULT_MAX_PART_RETRIES),
  timeoutMs: CALL_OPTIONS.timeoutMs,
  signal: CALL_OPTIONS.signal,
  onProgress: optional(listenerOption()),
  onPause: optional(listenerOption()),
};
