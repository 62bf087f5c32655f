/** Unpacks the body of a response. Imported with the first that is packed. */
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
]);

/** @param encodings in the order in which they are undone. */
export function unpack(packed: Readable, encodings: readonly string[]): Readable {
  let body = packed;
  for (const name of encodings) {
    const decoder = DECODERS.get(name)?.();
    // An error of the connection is the decoder's, too: pipeline() hands it on.
    if (decoder !== undefined) body = pipeline(body, decoder, () => undefined);
  }
  return body;
}
