import type { BytesInput } from '../http/bytes.js';
import { checkNumber } from '../http/checks.js';
import { InvalidInputError } from '../http/errors.js';
import { Files } from '../resources/files.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import { Budget } from './budget.js';
import { NO_LISTENERS } from './context.js';
import { type UploadPlan, uploadPlan } from './plan.js';
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

/** A file that was uploaded. */
export interface Uploaded {
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
    address: FileAddress,
    source: string | BytesInput,
    options: UploadOptions = {},
  ): Promise<Uploaded> {
    const plan = uploadPlan(options);
    const file = await fileOf(source, address.path);
    const retries = options.maxPartRetries ?? DEFAULT_MAX_PART_RETRIES;
    const context = {
      calls: this,
      budget: new Budget(plan.concurrency),
      plan,
      ranges: { shown: false },
      sha256: options.sha256 ?? true,
      maxRetries: checkNumber('maxPartRetries', retries, {
        min: 0,
        max: 100,
        unit: 'tries',
        whole: true,
      }),
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
      ...(await uploadFile(file, address, context, events, undefined)),
    };
  }
}

async function fileOf(source: string | BytesInput, path: string): Promise<SourceFile> {
  if (typeof source === 'string') return localFile(source, path);
  const file = memoryFile(path, source);
  if (file === undefined)
    throw new InvalidInputError('source', 'the source is neither a path nor bytes.');
  return file;
}
