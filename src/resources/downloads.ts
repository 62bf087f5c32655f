import type { Connection } from '../http/connection.js';
import { AnswerError, failed } from '../http/errors.js';
import { callOf } from '../http/light.js';
import { digits } from './pages.js';
import { parseRanges, totalOf } from './ranges.js';
import type { Download } from './types.js';

/** Bytes first, whatever type they are given; but any type is better than a refusal. */
export const BYTES_PREFERRED = 'application/octet-stream, */*;q=0.1';

/** A stream and what its headers say of it. */
export function downloadOf(
  connection: Connection,
  result: { data?: ReadableStream<Uint8Array> | null; error?: unknown; response: Response },
): Download {
  connection.done(result);
  const { headers, status } = result.response;
  const empty = headers.get('content-length') === '0' ? new Blob([]).stream() : undefined;
  const body = result.data ?? empty;
  if (body === undefined) {
    const call = callOf(result.response);
    throw new AnswerError(failed(call, `${status} with no body`), call, status);
  }
  const contentRangeHeader = headers.get('content-range');
  const [range] = parseRanges(contentRangeHeader) ?? [];
  const sizeBytes = digits(headers.get('content-length') ?? undefined);
  return {
    body,
    sizeBytes,
    range: status === 206 ? range : undefined,
    totalBytes: totalOf(contentRangeHeader) ?? (status === 200 ? sizeBytes : undefined),
    contentType: headers.get('content-type') ?? undefined,
  };
}
