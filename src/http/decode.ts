/** The bytes of a response: unpacked, bounded, read. */
import { Readable } from 'node:stream';
import { LateModule } from '../shared/import-late.js';
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

/** None is asked for, but a server in between may pack a response all the same. What unpacks them is imported only then. */
const ENCODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br']);
const unpacking = new LateModule(() => import('./unpack.js'));

/** The encodings in the order in which they were applied. */
const parseEncodings = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');

/** Whether a body with this Content-Encoding can be unpacked; false where there is nothing to unpack. */
export function isDecodable(header: string | undefined): boolean {
  const encodings = parseEncodings(header);
  const known = encodings.every((name) => ENCODINGS.has(name));
  return encodings.length > 0 && encodings.length <= MAX_ENCODINGS && known;
}

/** Whether a body has a Content-Encoding that was not, and cannot be, unpacked. */
export const isUndecoded = ({ headers }: TransportResponse): boolean =>
  headers['content-encoding'] !== undefined &&
  parseEncodings(headers['content-encoding']).length > 0;

const NOT_PACKED: readonly string[] = [];

/**
 * Takes the headers out of a response that describe how its body was sent and packed.
 * @returns how to unpack the body with `unpackBody()`; nothing where it is not packed, or cannot be unpacked.
 */
export function takeEncodings(response: TransportResponse, method: string): readonly string[] {
  const { headers } = response; // ours alone, so it can be changed
  if (headers['transfer-encoding'] !== undefined) delete headers['transfer-encoding'];
  const encoding = headers['content-encoding'];
  if (encoding === undefined || !(response.body instanceof Readable)) return NOT_PACKED;
  // Nothing was packed: a decoder would take it for something that was cut off.
  if (method === 'HEAD' || headers['content-length'] === '0') {
    delete headers['content-encoding'];
    return NOT_PACKED;
  }
  if (!isDecodable(encoding)) return NOT_PACKED;
  delete headers['content-encoding'];
  delete headers['content-length'];
  return parseEncodings(encoding).reverse();
}

/** The response with its body unpacked. */
export async function unpackBody(
  response: TransportResponse,
  encodings: readonly string[],
): Promise<TransportResponse> {
  const { body } = response;
  if (!(body instanceof Readable)) return response;
  body.on('error', () => undefined); // it may come while nobody reads yet; the decoder gets it, too
  const { unpack } = unpacking.loaded ?? (await unpacking.import());
  // All decoders have an end of their own, without which they fail.
  return { ...response, isProven: true, body: unpack(body, encodings) };
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
