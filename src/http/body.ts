/** What can be sent as the bytes of a file: in memory, a Blob, or an open file. */
import type { FileHandle } from 'node:fs/promises';
import { isProxy, isUint8Array } from 'node:util/types';
import type { ByteSource } from '../../generated/openapi.js';
import { checkLocalPath, checkNumber } from '../shared/checks.js';
import { SourceError } from '../shared/errors.js';
import { LateModule } from '../shared/import-late.js';
import { read } from '../shared/thrown.js';

export type { ByteSource };

/** What can be sent as the bytes of a file: all of it can be read again for another attempt. */
export type BytesInput = Uint8Array | Blob | ByteSource;

/** How much is written at a time. */
const CHUNK_BYTES = 1024 * 1024;

const opening = new LateModule(() => import('../shared/open-file.js'));
const reading = new LateModule(() => import('./read-file.js'));

/** Any input as a source; `undefined` if it is none. */
export function byteSource(input: unknown): ByteSource | undefined {
  const bytes = viewBytes(input);
  if (bytes !== undefined) return memorySource(bytes);
  if (isProxy(input) || !(input instanceof Blob)) return isSource(input) ? input : undefined;
  return blobSource(input);
}

const isSource = (input: unknown): input is ByteSource =>
  typeof read(input, 'size') === 'number' && typeof read(input, 'pump') === 'function';

const TypedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

/**
 * A view of the same bytes that nobody else has, with their real length: a subclass, or a property of
 * the object, may claim another. The view is empty once the buffer is detached or shrinks below it.
 */
export function viewBytes(bytes: unknown): Uint8Array | undefined {
  if (!isUint8Array(bytes)) return undefined;
  const own = (name: 'buffer' | 'byteOffset' | 'byteLength') =>
    Reflect.get(TypedArray, name, bytes);
  const length: number = own('byteLength');
  // Of a detached buffer there is no view.
  return length === 0 ? new Uint8Array() : new Uint8Array(own('buffer'), own('byteOffset'), length);
}

/** Bytes that do not change until they are sent. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async pump(write) {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        await write(bytes.subarray(at, at + CHUNK_BYTES));
      }
    },
    slice: (start, end) => memorySource(bytes.subarray(start, end)),
  };
}

function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    async pump(write) {
      for (let at = 0; at < blob.size; at += CHUNK_BYTES) {
        await write(new Uint8Array(await blob.slice(at, at + CHUNK_BYTES).arrayBuffer()));
      }
    },
    slice: (start, end) => blobSource(blob.slice(start, end)),
  };
}

/**
 * An open file as a source of bytes, as a whole or in slices. Close it when all is sent.
 *
 * Not `fs.openAsBlob()`: on Node 20 its size wraps at 4 GiB, and it then sends nothing.
 */
export class OpenFile implements ByteSource {
  /** Its path, as it was given. */
  readonly path: string;
  /** The size at the time it was opened, in bytes. */
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.#handle = handle;
    this.size = size;
  }

  /** @throws {SourceError} when it cannot be opened, or is not a file; {InvalidInputError} for what is not a path. */
  static async open(path: string): Promise<OpenFile> {
    checkLocalPath('path', path);
    const { openRegularFile } = opening.loaded ?? (await opening.import());
    if (reading.loaded === undefined) await reading.import(); // before the time of an upload begins
    try {
      const { handle, stats } = await openRegularFile(path);
      return new OpenFile(path, handle, stats.size);
    } catch (cause) {
      throw new SourceError(path, `${path} cannot be opened: ${(cause as Error).message}.`, cause);
    }
  }

  /** The bytes from `start` to before `end`, which default to the whole file. */
  slice(start = 0, end = this.size): ByteSource {
    checkNumber('start', start, { min: 0, max: this.size, unit: 'bytes', whole: true });
    checkNumber('end', end, { min: start, max: this.size, unit: 'bytes', whole: true });
    return {
      ...handleSource(this.path, this.#handle, start, end),
      slice: (from, to) => this.slice(start + from, start + to),
    };
  }

  pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    return this.slice().pump(write);
  }

  /** Closes the file. Call it when all is sent. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Writes the bytes from `start` to before `end`. */
type PumpRange = (
  start: number,
  end: number,
  write: (chunk: Uint8Array) => Promise<void>,
) => Promise<void>;

/** A range of contents that can be read from any place. */
export const rangeSource = (start: number, end: number, pump: PumpRange): ByteSource => ({
  size: end - start,
  pump: (write) => pump(start, end, write),
  slice: (from, to) => rangeSource(start + from, start + to, pump),
});

/** Bytes of a file that stays open until they are sent; it may have no name any more. */
export const handleSource = (
  path: string,
  handle: FileHandle,
  start: number,
  end: number,
): ByteSource =>
  rangeSource(start, end, async (from, to, write) => {
    const { pumpHandle } = reading.loaded ?? (await reading.import());
    return pumpHandle(path, handle, from, to, write);
  });
