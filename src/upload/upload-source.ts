/** `files.upload()`, imported with its first call. */
import type { BytesInput } from '../http/body.js';
import { withOwnErrors } from '../http/errors.js';
import type { Tracer } from '../http/telemetry.js';
import { checkAddress, checkBytes } from '../resources/options.js';
import type { FileAddress } from '../resources/types.js';
import type { UploadOperations } from '../resources/upload-calls.js';
import { checkLocalPath, encodeFilePath } from '../shared/checks.js';
import { validateOptions } from '../shared/options.js';
import type { PaceClock, Pause } from './budget.js';
import type { UploadResult } from './context.js';
import { UPLOAD_OPTIONS, type UploadOptions } from './options.js';
import { createPacer } from './pace.js';
import { localFile, memoryFile, type SourceFile } from './source.js';
import { uploadFiles } from './upload-files.js';

/** The part of a client that an upload uses. */
export interface UploadClient {
  readonly calls: UploadOperations;
  readonly clock: PaceClock;
  readonly tracer: Tracer | undefined;
}

export async function uploadSource(
  { calls, clock, tracer }: UploadClient,
  fileAddress: FileAddress,
  source: string | BytesInput,
  uploadOptions: UploadOptions | undefined,
): Promise<UploadResult> {
  const { onProgress, onPause, maxBytesPerSecond, maxBytesPerHour, ...options } = validateOptions(
    UPLOAD_OPTIONS,
    uploadOptions,
  );
  const { path, ...batch } = checkAddress(fileAddress);
  encodeFilePath(path);
  const file = await toSourceFile(source, path);
  let transferredBytes = 0;
  const accepted = (_: SourceFile, bytes: number) => {
    transferredBytes += bytes;
    onProgress?.({ transferredBytes, totalBytes: file.sizeBytes });
  };
  const paused = (pause: Pause | undefined) => onPause?.(pause);
  const target = { calls, ...batch };
  const pacer = createPacer({ maxBytesPerSecond, maxBytesPerHour }, clock);
  const run = { pacer, tracer };
  const [result] = await withOwnErrors(
    `the upload of ${path}`,
    () => uploadFiles([file], target, { ...options, ...run }, { accepted, paused }),
    { signal: options.signal },
  );
  return result as UploadResult; // one for each file
}

async function toSourceFile(source: unknown, path: string): Promise<SourceFile> {
  if (typeof source === 'string') return localFile(checkLocalPath('source', source), path);
  return memoryFile(
    path,
    checkBytes('source', source, 'a path, a Uint8Array, a Blob or an OpenFile'),
  );
}
