import type { BytesInput } from '../http/body.js';
import { withOwnErrors } from '../http/errors.js';
import { CALL_OPTIONS } from '../http/options.js';
import { Files } from '../resources/files.js';
import { checkAddress, checkBytes } from '../resources/options.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import {
  checkBoolean,
  checkLocalPath,
  encodeFilePath,
  listenerOption,
  number,
} from '../shared/checks.js';
import { type OptionTable, optional, validateOptions, withDefault } from '../shared/options.js';
import { NO_LISTENERS } from './context.js';
import { AdaptiveLimiter } from './limiter.js';
import { UPLOAD_PLAN, type UploadPlan } from './plan.js';
import { localFile, memoryFile, type SourceFile } from './source.js';
import { uploadFile } from './uploader.js';

/** A part is the dearest thing to lose, so it is tried more often than a call. */
export const DEFAULT_MAX_PART_RETRIES = 4;

/** What `files.upload()` takes beside the file. */
export interface UploadOptions extends Partial<UploadPlan> {
  /** Whether the sha256 is taken while the file is sent. Default `true`. */
  sha256?: boolean;
  /** How often a part or the file is tried again. Default 4. */
  maxPartRetries?: number;
  /** How long the bytes may stand still, in milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Told how many bytes the platform has accepted; it never falls. */
  onProgress?: (progress: { transferredBytes: number; totalBytes: number }) => void;
}

/** How often a part or a file is tried again. */
export const checkPartRetries = number({ min: 0, max: 100, unit: 'retries', whole: true });

const UPLOAD_OPTIONS: OptionTable<UploadOptions, keyof UploadPlan | 'sha256' | 'maxPartRetries'> = {
  ...UPLOAD_PLAN,
  sha256: withDefault(checkBoolean, true),
  maxPartRetries: withDefault(checkPartRetries, DEFAULT_MAX_PART_RETRIES),
  timeoutMs: CALL_OPTIONS.timeoutMs,
  signal: CALL_OPTIONS.signal,
  onProgress: optional(listenerOption()),
};

/** A file that was uploaded. */
export interface UploadResult {
  sizeBytes: number;
  /** In hexadecimal; `undefined` where it was switched off. */
  sha256: string | undefined;
  /** The parts it was sent in; `undefined` where it was sent whole. */
  parts: ByteRange[] | undefined;
}

/** Files, and the upload that chooses between one PUT and parts. */
export class UploadingFiles extends Files {
  /**
   * Uploads a file of this machine, or bytes: whole up to `largeFileThresholdBytes`, else in parts,
   * several at a time. The file may not change meanwhile. Where the platform cannot complete it, it is
   * begun anew, once.
   * @throws {SourceError} when it cannot be read, or changed.
   * @throws {FileRefusedError} when the file was begun anew and could still not be completed.
   */
  async upload(
    fileAddress: FileAddress,
    source: string | BytesInput,
    uploadOptions?: UploadOptions,
  ): Promise<UploadResult> {
    const options = validateOptions(UPLOAD_OPTIONS, uploadOptions);
    const address = checkAddress(fileAddress);
    encodeFilePath(address.path);
    const file = await toSourceFile(source, address.path);
    const context = {
      calls: this,
      budget: new AdaptiveLimiter(options.concurrency),
      plan: options,
      ranges: { shown: false },
      sha256: options.sha256,
      maxRetries: options.maxPartRetries,
      timeoutMs: options.timeoutMs,
      signal: options.signal ?? new AbortController().signal,
    };
    let transferredBytes = 0;
    const events = {
      ...NO_LISTENERS,
      accepted: (bytes: number) => {
        transferredBytes += bytes;
        options.onProgress?.({ transferredBytes, totalBytes: file.sizeBytes });
      },
    };
    return {
      sizeBytes: file.sizeBytes,
      ...(await withOwnErrors(
        `the upload of ${address.path}`,
        () => uploadFile(file, address, context, events, undefined),
        { signal: options.signal },
      )),
    };
  }
}

async function toSourceFile(source: unknown, path: string): Promise<SourceFile> {
  if (typeof source === 'string') return localFile(checkLocalPath('source', source), path);
  return memoryFile(
    path,
    checkBytes('source', source, 'a path, a Uint8Array, a Blob or an OpenFile'),
  );
}
