/** What every upload works with: its calls, its limits and its listeners. */
import { ApiError } from '../http/errors.js';
import type { CallOptions } from '../http/options.js';
import type { Pace } from '../http/pace.js';
import type { ByteRange } from '../resources/types.js';
import type { UploadOperations } from '../resources/upload-calls.js';
import type { Pause } from './budget.js';
import type { AdaptiveLimiter } from './limiter.js';
import type { UploadPlan } from './options.js';
import type { SourceFile } from './source.js';

/** A file that was uploaded. */
export interface UploadResult {
  /** Its path in the batch. */
  path: string;
  /** Its size in bytes. */
  sizeBytes: number;
  /** The sha256 of the bytes that were sent, in hexadecimal; missing where it was switched off. */
  sha256?: string;
  /** The parts it was sent in, in their order; missing where it was sent whole. */
  parts?: ByteRange[];
}

/**
 * What happens to each file. Promises are awaited before the upload continues: a journal has to be
 * durable first.
 */
export interface UploadListeners {
  /** The file is next; nothing of it was sent. */
  started(file: SourceFile): Promise<void> | void;
  /** Bytes were sent; a negative number when some have to be sent again. */
  sent(file: SourceFile, bytes: number, requestsInFlight: number): void;
  /** The platform has accepted bytes; in all never more than the file has. */
  accepted(file: SourceFile, bytes: number, requestsInFlight: number): void;
  /** An earlier run had sent these of the accepted bytes; negative when they have to be sent again. */
  resumed(file: SourceFile, bytes: number): void;
  /** The file was initialized; a second time when it is restarted. */
  initialized(file: SourceFile): Promise<void>;
  /** A part was accepted. */
  part(file: SourceFile, range: ByteRange): Promise<void>;
  /** HEAD has shown received ranges for the first time. */
  rangesShown(): Promise<void>;
  /** All of the file is in the batch. */
  uploaded(file: SourceFile, result: UploadResult): Promise<void> | void;
  /** A limit of the run is reached, so nothing more is sent for now; `undefined` once it goes on. */
  paused(pause: Pause | undefined): void;
  /** Something worth knowing that does not stop the upload. */
  warned(file: SourceFile, message: string): void;
  /** A file has failed, so no further one is started. */
  failed(error: unknown): void;
}

export const NO_LISTENERS: UploadListeners = {
  started: () => undefined,
  sent: () => undefined,
  accepted: () => undefined,
  resumed: () => undefined,
  initialized: async () => undefined,
  part: async () => undefined,
  rangesShown: async () => undefined,
  uploaded: () => undefined,
  paused: () => undefined,
  warned: () => undefined,
  failed: () => undefined,
};

/** Shared by all files of one upload. */
export interface UploadContext {
  calls: UploadOperations;
  limiter: AdaptiveLimiter;
  plan: UploadPlan;
  /** When requests with bytes may begin; `undefined` where the run has no such limit. */
  pace: Pace | undefined;
  /** Whether HEAD has shown ranges: a response without ranges then means that nothing has arrived. */
  ranges: { shown: boolean };
  /** Whether the sha256 is computed. */
  sha256: boolean;
  /** The options of every request; a response that asks to slow down reaches the limiter at once. */
  callOptions: CallOptions & { signal: AbortSignal };
  listeners: UploadListeners;
  signal: AbortSignal;
}

/** What an upload of bytes resulted in. */
export interface SentBytes {
  sha256: string | undefined;
  /** `undefined` where they were sent whole. */
  parts: ByteRange[] | undefined;
  /** The parts that this run sent, if the sha256 is computed. */
  sent?: readonly SentPart[];
}

/** A part and the CRC-32 of the bytes that were sent; without one where it was sent in pieces. */
export interface SentPart extends ByteRange {
  checksum: number | undefined;
}

/** Options for calls with bytes: 429 and 503 slow the limiter down. */
export function callOptions(
  limiter: AdaptiveLimiter,
  maxRetries: number,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): UploadContext['callOptions'] {
  return {
    maxRetries,
    signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onRetry: ({ error }) => {
      if (error instanceof ApiError && (error.status === 429 || error.status === 503))
        limiter.slowDown();
    },
  };
}
