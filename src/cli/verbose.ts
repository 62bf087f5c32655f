/** `--verbose`: each call and its answer on stderr. Headers with secrets are never shown. */
import type { Raw } from '../http/raw.js';
import type { RetryEvent } from '../http/settings.js';

/** Shows every call that goes through the client; tries in between come by `showRetry`. */
export function showCalls(raw: Pick<Raw, 'use'>, say: (text: string) => void): void {
  const startedMs = new Map<string, number>();
  let count = 0;
  raw.use({
    onRequest({ id, request }) {
      startedMs.set(id, Date.now());
      const range = request.headers.get('content-range');
      const about = range === null ? '' : ` (${range})`;
      say(`> ${++count} ${request.method} ${request.url}${about} authorization: [secret]`);
      return undefined;
    },
    onResponse({ id, request, response }) {
      const ms = Date.now() - (startedMs.get(id) ?? Date.now());
      startedMs.delete(id);
      const requestId = response.headers.get('x-request-id');
      const about = requestId === null ? '' : `, request id ${requestId}`;
      say(`< ${response.status} ${request.method} ${pathOf(request.url)} (${ms} ms${about})`);
      return undefined;
    },
    onError({ id, request }) {
      startedMs.delete(id);
      say(`< no answer ${request.method} ${pathOf(request.url)}`);
      return undefined;
    },
  });
}

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
};

export const showRetry = ({ operation, attempt, delayMs, error }: RetryEvent): string =>
  `! ${operation}, try ${attempt}: ${error.message} Again in ${Math.round(delayMs)} ms.`;
