import { isProven } from '../http/lazy-response.js';
import type { TypedClient } from '../typed-client/client.js';
import { digits } from './pages.js';
import { parseRanges, totalOf } from './ranges.js';
import type { Download } from './types.js';

/** Bytes first, whatever type they are given; but any type is better than a refusal. */
export const BYTES_PREFERRED = 'application/octet-stream, */*;q=0.1';

/** A stream and what its headers say of it. */
export function downloadOf(
  client: TypedClient,
  result: { data?: ReadableStream<Uint8Array> | null; error?: unknown; response: Response },
): Download {
  client.expectOk(result);
  const { headers, status } = result.response;
  const contentRangeHeader = headers.get('content-range');
  const [range] = parseRanges(contentRangeHeader) ?? [];
  const sizeBytes = digits(headers.get('content-length') ?? undefined);
  return {
    body: result.data ?? noBytes(), // openapi-fetch gives nothing for an empty file
    isProven: isProven(result.response),
    sizeBytes,
    range: status === 206 ? range : undefined,
    totalBytes: totalOf(contentRangeHeader) ?? (status === 200 ? sizeBytes : undefined),
    contentType: headers.get('content-type') ?? undefined,
  };
}

const noBytes = () =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.close(),
  });
