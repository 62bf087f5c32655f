/** `--verbose`: each request and its answer on stderr, with the secrets masked. */
import type { ClientOptions, RequestEvent, ResponseEvent, RetryEvent } from '../http/options.js';

/** What has a client tell of every request, that for an access token too. */
export function telling(
  say: (text: string) => void,
): Pick<ClientOptions, 'onRequest' | 'onResponse' | 'onRetry'> {
  let count = 0;
  return {
    onRequest: (event) => say(requestText(++count, event)),
    onResponse: (event) => say(answerText(event)),
    onRetry: (event) => say(retryText(event)),
  };
}

function requestText(number: number, event: RequestEvent): string {
  const { operation, method, url, contentRange } = event;
  const range = contentRange === undefined ? '' : ` (${contentRange})`;
  const secret = operation === 'getToken' ? 'client_secret' : 'authorization';
  return `> ${number} ${method} ${url}${range} ${secret}: [secret]`;
}

function answerText({ status, method, url, durationMs, requestId }: ResponseEvent): string {
  const { pathname, search } = new URL(url);
  const about = `${Math.round(durationMs)} ms, request id ${requestId}`;
  return `< ${status ?? 'no answer'} ${method} ${pathname}${search} (${about})`;
}

const retryText = ({ operation, attempt, delayMs, error }: RetryEvent): string =>
  `! ${operation}, try ${attempt}: ${error.message} Again in ${Math.round(delayMs)} ms.`;
