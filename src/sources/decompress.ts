/** Decompresses chunks while they are read; what is damaged, cut off or followed by anything else is an error. */
import type { Transform } from 'node:stream';
import zlib, { constants, createBrotliDecompress, createGunzip } from 'node:zlib';
import { AepBatchError, SourceError } from '../shared/errors.js';
import { freeBuffer } from '../shared/free-buffer.js';
import { streamChunks } from '../shared/stream-chunks.js';
import { describeThrown, read } from '../shared/thrown.js';
import type { Coding } from '../upload/source.js';

const CHUNK_BYTES = 64 * 1024;
/** How much is handed to a decompressor at a time. */
const PIECE_BYTES = 64 * 1024;
/** 2 to this power, 8 MB: what every decoder has to support (RFC 8878), and all that is held in memory. */
const ZSTD_WINDOW_LOG = 23;

/**
 * @param name what is decompressed, for messages.
 * @param onRead called with how many of the compressed bytes were read, before what was in them comes.
 * @throws {SourceError} where the contents are not what their coding says; whatever `chunks` throws.
 */
export function decompress(
  coding: Coding,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  onRead: (compressedBytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const fail = (cause: unknown) => toSourceError(coding, name, cause);
  if (coding === 'gzip') {
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    return readTransform(gunzip, chunks, { fail, onRead, mayHaveZeros: true });
  }
  if (coding === 'brotli') {
    const brotli = createBrotliDecompress({ chunkSize: CHUNK_BYTES });
    return readTransform(brotli, chunks, { fail, onRead, mayHaveZeros: false });
  }
  const zstd = createNodeZstd();
  if (zstd !== undefined) return readTransform(zstd, chunks, { fail, onRead, mayHaveZeros: false });
  return readZstd(countChunks(chunks, onRead), fail);
}

/** Node has zstd from 22.15 on. */
function createNodeZstd(): (Transform & { bytesWritten: number }) | undefined {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create !== 'function') return undefined;
  const windowLogMax: unknown = Reflect.get(constants, 'ZSTD_d_windowLogMax');
  return create({
    chunkSize: CHUNK_BYTES,
    params: { [Number(windowLogMax)]: ZSTD_WINDOW_LOG },
  });
}

async function* countChunks(
  chunks: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    onRead(bytes);
    yield chunk;
  }
}

async function* readZstd(
  chunks: AsyncIterable<Uint8Array>,
  fail: (cause: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  const { decompressZstd } = await import('./zstd/decompress-zstd.js');
  try {
    yield* decompressZstd(chunks);
  } catch (cause) {
    throw fail(cause);
  }
}

/** What follows the compressed data. */
const TRAILING = 'it is followed by bytes that do not belong to it';

interface Reading {
  fail(cause: unknown): unknown;
  onRead(compressedBytes: number): void;
  /** Whether zeros may follow, as some tools pad their files with. */
  mayHaveZeros: boolean;
}

async function* readTransform(
  transform: Transform & { bytesWritten: number },
  chunks: AsyncIterable<Uint8Array>,
  { fail, onRead, mayHaveZeros }: Reading,
): AsyncGenerator<Uint8Array> {
  const given = { bytes: 0, upToNonZero: 0 };
  void feed(transform, chunks, (chunk) => {
    const zeros = countTrailingZeros(chunk);
    if (zeros < chunk.length) given.upToNonZero = given.bytes + chunk.length - zeros;
    given.bytes += chunk.length;
  });
  try {
    for await (const chunk of streamChunks(transform)) {
      onRead(transform.bytesWritten);
      yield chunk;
      freeFilled(chunk);
    }
  } catch (cause) {
    throw fail(cause);
  } finally {
    transform.destroy();
  }
  // Both end silently where something else follows.
  const expected = mayHaveZeros ? given.upToNonZero : given.bytes;
  if (transform.bytesWritten < expected) throw fail(TRAILING);
}

/** Frees a buffer of the transform once its last bytes were read: the transform has taken another. */
function freeFilled({ buffer, byteOffset, byteLength }: Uint8Array): void {
  const isFilled = byteOffset + byteLength === buffer.byteLength;
  if (isFilled && buffer.byteLength === CHUNK_BYTES) freeBuffer(new Uint8Array(buffer));
}

/** Hands chunks to a transform one by one, each until it was read: so none is copied. A failure reaches the reader. */
async function feed(
  transform: Transform,
  chunks: AsyncIterable<Uint8Array>,
  onGiven: (chunk: Uint8Array) => void,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      onGiven(chunk);
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        if (!(await write(transform, chunk.subarray(at, at + PIECE_BYTES)))) return;
      }
    }
    transform.end();
  } catch (cause) {
    transform.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  }
}

/** @returns whether it was read: a transform that is closed need not say so. */
const write = (transform: Transform, piece: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    const onClose = () => resolve(false);
    transform.once('close', onClose);
    transform.write(piece, (error) => {
      transform.off('close', onClose);
      resolve(error == null);
    });
  });

function countTrailingZeros(bytes: Uint8Array): number {
  let at = bytes.length;
  while (at > 0 && bytes[at - 1] === 0) at--;
  return bytes.length - at;
}

/** What the codes of `node:zlib` mean; any other says it in its message. */
const MEANINGS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'it is cut off',
  Z_DATA_ERROR: 'it is damaged, or followed by bytes that do not belong to it',
  ZSTD_error_frameParameter_windowTooLarge:
    'its window is larger than 8 MB. Compress it with --long=23 or less',
};

function toSourceError(coding: Coding, name: string, cause: unknown): unknown {
  if (cause instanceof AepBatchError) return cause;
  const code = String(read(cause, 'code'));
  const isBrotli = code.startsWith('ERR__ERROR_');
  const why = isBrotli
    ? 'it is damaged, or something else'
    : (MEANINGS[code] ?? describeThrown(cause).replace(/\.$/, ''));
  const error = typeof cause === 'string' ? undefined : cause;
  return new SourceError(name, `${name} cannot be decompressed as ${coding}: ${why}.`, error);
}
