/** What every upload works with: its calls, its limits and its callbacks. */
import { ApiError } from '../http/errors.js';
import type { CallOptions } from '../http/options.js';
import type { Files } from '../resources/files.js';
import type { ByteRange } from '../resources/types.js';
import type { AdaptiveLimiter } from './limiter.js';
import type { UploadPlan } from './plan.js';

/** What of `files` an upload needs. */
export type UploadCalls = Pick<
  Files,
  'put' | 'initialize' | 'uploadPart' | 'receivedRanges' | 'complete'
>;

/** Upload callbacks. Promises are awaited first: the journal must be durable before the upload goes on. */
export interface UploadEvents {
  /** Bytes went out; fewer than none when some have to be sent again. */
  sent(bytes: number): void;
  /** The platform has accepted bytes. In all never more than the file has. */
  accepted(bytes: number): void;
  /** Of the accepted bytes an earlier run had sent these; fewer than none when they are sent again. */
  found(bytes: number): void;
  /** The file was initialized; a second time when it is begun anew. */
  initialized(): Promise<void>;
  part(range: ByteRange): Promise<void>;
  /** HEAD has shown ranges for the first time. */
  rangesShown(): Promise<void>;
  /** Something worth knowing that does not stop the upload. */
  warn(message: string): void;
}

export const NO_LISTENERS: UploadEvents = {
  sent: () => undefined,
  accepted: () => undefined,
  found: () => undefined,
  initialized: async () => undefined,
  part: async () => undefined,
  rangesShown: async () => undefined,
  warn: () => undefined,
};

/** All that one upload works with. */
export interface UploadContext {
  calls: UploadCalls;
  budget: AdaptiveLimiter;
  plan: UploadPlan;
  /** Whether HEAD has shown ranges: no ranges then means that nothing has arrived. */
  ranges: { shown: boolean };
  /** Whether the sha256 is taken. */
  sha256: boolean;
  /** How often a part or a file is tried again. */
  maxRetries: number;
  timeoutMs: number | undefined;
  signal: AbortSignal;
}

/** A file that is in the batch. */
export interface UploadedFile {
  sha256: string | undefined;
  /** `undefined` where it went whole. */
  parts: ByteRange[] | undefined;
}

/** The options of a call with bytes; a request to slow down reaches the budget at once. */
export function callOptions({ budget, maxRetries, timeoutMs, signal }: UploadContext): CallOptions {
  return {
    maxRetries,
    signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onRetry: ({ error }) => {
      if (error instanceof ApiError && (error.status === 429 || error.status === 503))
        budget.slowDown();
    },
  };
}
