/** `--verbose`: every request and response on stderr, with secrets masked. */
import type { RequestEvent, ResponseEvent, RetryEvent } from '../http/events.js';
import type { ClientOptions } from '../http/options.js';

/** The client's listeners that log every request, token requests included. */
export function verboseListeners(
  say: (text: string) => void,
): Pick<ClientOptions, 'onRequest' | 'onResponse' | 'onRetry'> {
  let count = 0;
  return {
    onRequest: (event) => say(formatRequest(++count, event)),
    onResponse: (event) => say(formatResponse(event)),
    onRetry: (event) => say(formatRetry(event)),
  };
}

function formatRequest(number: number, event: RequestEvent): string {
  const { operation, method, url, contentRange } = event;
  const range = contentRange === undefined ? '' : ` (${contentRange})`;
  const secret = operation === 'getToken' ? 'client_secret' : 'authorization';
  return `> ${number} ${method} ${url}${range} ${secret}: [secret]`;
}

function formatResponse({ status, method, url, durationMs, requestId }: ResponseEvent): string {
  const { pathname, search } = new URL(url);
  const details = `${Math.round(durationMs)} ms, request id ${requestId}`;
  return `< ${status ?? 'no response'} ${method} ${pathname}${search} (${details})`;
}

const formatRetry = ({ operation, attempt, delayMs, error }: RetryEvent): string =>
  `! ${operation}, attempt ${attempt}: ${error.message} Retrying in ${Math.round(delayMs)} ms.`;
