/** The bytes of a response: unpacked, bounded, read. */
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import {
  type AttemptInfo,
  ambiguityHint,
  formatCallError,
  InvalidResponseError,
} from './errors.js';
import type { TransportResponse } from './transport.js';

/** Far above any page of the platform; a response that is larger is not one of its own. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
/** What is read of an error response: the rest of a longer page says nothing more. */
const MAX_ERROR_BYTES = 1024 * 1024;
/** More encodings on top of each other than any server uses. */
const MAX_ENCODINGS = 3;

/** None is asked for, but a server in between may pack a response all the same. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
]);

/** The encodings in the order in which they were applied. */
const parseEncodings = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');

/** Whether a body with this Content-Encoding can be unpacked; false where there is nothing to unpack. */
export function isDecodable(header: string | undefined): boolean {
  const encodings = parseEncodings(header);
  const known = encodings.every((name) => DECODERS.has(name));
  return encodings.length > 0 && encodings.length <= MAX_ENCODINGS && known;
}

/** Whether a body has a Content-Encoding that was not, and cannot be, unpacked. */
export const isUndecoded = ({ headers }: TransportResponse): boolean =>
  parseEncodings(headers['content-encoding']).length > 0;

/** The response with its body unpacked, and without the headers that describe the packing. */
export function decode(response: TransportResponse, method: string): TransportResponse {
  const { headers } = response; // ours alone, so it can be changed
  if (headers['transfer-encoding'] !== undefined) delete headers['transfer-encoding'];
  const encoding = headers['content-encoding'];
  if (encoding === undefined || !(response.body instanceof Readable)) return response;
  // Nothing was packed: a decoder would take it for something that was cut off.
  if (method === 'HEAD' || headers['content-length'] === '0') {
    delete headers['content-encoding'];
    return response;
  }
  if (!isDecodable(encoding)) return response;
  delete headers['content-encoding'];
  delete headers['content-length'];
  let body: Readable = response.body;
  for (const name of parseEncodings(encoding).reverse()) {
    const decoder = DECODERS.get(name)?.();
    // An error of the connection is the decoder's, too: pipeline() hands it on.
    if (decoder !== undefined) body = pipeline(body, decoder, () => undefined);
  }
  // All three have an end of their own, without which a decoder fails.
  return { ...response, isProven: true, body };
}

/**
 * The bytes of a body; of an error response the first MiB, since it is its status that counts. By its
 * events: to iterate over it takes a small call 4 µs more.
 */
export function readBody(
  body: Buffer | Readable,
  status: number,
  info: AttemptInfo,
): Promise<Buffer> {
  const isError = status >= 300;
  if (Buffer.isBuffer(body)) {
    return Promise.resolve(isError ? body.subarray(0, MAX_ERROR_BYTES) : body);
  }
  return new Promise((resolve, reject) => {
    const broken = () => reject(new Error('the connection ended within the response'));
    if (body.destroyed && !body.readableEnded) return broken();
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (isError && size > MAX_ERROR_BYTES) {
        resolve(Buffer.concat(chunks, MAX_ERROR_BYTES));
        body.destroy();
      } else if (size > MAX_RESPONSE_BYTES) {
        const what = `a response of more than ${MAX_RESPONSE_BYTES} bytes`;
        const message = formatCallError(info, what, ambiguityHint(info));
        body.destroy(new InvalidResponseError(message, info, status));
      }
    });
    body.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
    );
    body.on('error', reject);
    body.on('close', () => {
      if (!body.readableEnded) broken();
    });
  });
}
