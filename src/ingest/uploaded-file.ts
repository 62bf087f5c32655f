/** A file that was uploaded, from the steps of a journal. */
import { assertPartsCoverFile } from '../upload/part-ranges.js';
import type { FileEntry, UploadedEntry } from './journal-entries.js';
import type { ReceiptFile } from './types.js';

/** @throws {Error} for sizes and parts that no upload of the file has. */
export function toUploadedFile(planned: FileEntry, uploaded: UploadedEntry): ReceiptFile {
  const { path, isStream } = planned;
  const { sha256, parts } = uploaded;
  const isOwnSize = uploaded.sizeBytes === undefined;
  if (isOwnSize === (isStream === true)) throw new Error(`it records another size of ${path}`);
  const sizeBytes = uploaded.sizeBytes ?? planned.sizeBytes;
  const file: ReceiptFile = { path, sizeBytes };
  if (sha256 !== undefined) file.sha256 = sha256;
  if (parts !== undefined) {
    file.parts = parts.map(([start, end]) => ({ start, end }));
    assertPartsCoverFile(path, sizeBytes, file.parts);
  }
  return file;
}
