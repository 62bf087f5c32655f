/** Faults of one call: attempts, retries, credentials, headers. */
import { inFile, type Mutant } from './mutant.js';

const RETRY = ['retry', 'lost-responses', 'sent'];
const TOKENS = ['credentials', 'token-service', 'redaction', 'time'];

export const httpMutants: readonly Mutant[] = [
  ...inFile(
    'src/http/call.ts',
    [...RETRY, ...TOKENS, 'events', 'time'],
    ['[401, 408, 429, 500', '[401, 408, 500', '429 is not tried again'],
    ['502, 503, 504]);', '502, 504]);', '503 is not tried again'],
    [
      '#renewals === 0 && this.#maxRetries > 0',
      '#renewals === 0',
      'a token is renewed without retries, too',
    ],
    [
      'isUnauthorized && this.#renewals === 0',
      'false && this.#renewals === 0',
      'a token is never renewed',
    ],
    [
      'this.#attempts - this.#renewals > this.#maxRetries',
      'this.#attempts - this.#renewals >= this.#maxRetries',
      'one retry too few',
    ],
    [
      'this.#attempts - this.#renewals > this.#maxRetries',
      'this.#attempts > this.#maxRetries',
      'a renewed token costs a retry',
    ],
    [
      "const isRepeatable = kind === 'rejected' || isIdempotent(this.#request.method, policy);",
      'const isRepeatable = true;',
      'what may have taken effect is simply repeated',
    ],
    [
      'if (!isRepeatable && policy.recover === undefined) return',
      'if (policy.recover === undefined) return',
      'only calls with a recovery are tried again',
    ],
    [
      'retryAfterMs > maxRetryAfterMs) return',
      'retryAfterMs > maxRetryAfterMs * 1e6) return',
      'a wait of hours is kept to',
    ],
    [
      'retryDelayMs(info.attempts, retryAfterMs, clock.random())',
      'retryDelayMs(info.attempts, undefined, clock.random())',
      'Retry-After is ignored',
    ],
    ['await this.#sleep(delayMs, known);', '', 'attempts follow each other without a wait'],
    ["if (recovery === 'send again') return 'retry';", '', 'what a recovery decides is ignored'],
    [
      "if (kind === 'ambiguous' && info.stateUnknown)",
      'if (false)',
      'an earlier attempt that may have taken effect is forgotten',
    ],
    ['tokens.ready() ??', '', 'a token that is ready is asked for again'],
    [
      "stateUnknown: method !== 'GET' && method !== 'HEAD' && !isAnonymous",
      'stateUnknown: false',
      'no failure leaves the state unknown',
    ],
    [
      'if (this.#spec.expectsJson) response.parse();',
      'if (false) response.parse();',
      'a success that is not JSON is not an error',
    ],
    [
      'maxRetries ?? context.options.maxRetries',
      'context.options.maxRetries',
      'the retries of a call are ignored',
    ],
    [
      'timeoutMs ?? context.options.timeoutMs',
      'context.options.timeoutMs',
      'the timeout of a call is ignored',
    ],
    [
      'spec.isAnonymous ? imsOrigin : origin',
      'imsOrigin === "" ? imsOrigin : origin',
      'tokens are asked for at the platform',
    ],
    ['notify(options.onRetry, event);', '', 'the onRetry of a call is not called'],
  ),
  ...inFile(
    'src/http/retry.ts',
    RETRY,
    [
      "new Set(['GET', 'HEAD', 'PUT'])",
      "new Set(['GET', 'HEAD', 'PUT', 'POST'])",
      'a POST is taken for idempotent',
    ],
    [
      "new Set(['GET', 'HEAD', 'PUT'])",
      "new Set(['GET', 'HEAD'])",
      'a PUT is taken for one that may not be repeated',
    ],
    [
      'REJECTED_STATUSES = new Set([429, 503])',
      'REJECTED_STATUSES = new Set([429, 503, 500])',
      'a 500 counts as having had no effect',
    ],
    [
      "error.stateUnknown ? 'ambiguous' : 'rejected'",
      "'rejected'",
      'a lost response counts as never sent',
    ],
    ['2 ** (attempt - 1), MAX_DELAY_MS', '1, MAX_DELAY_MS', 'the wait does not grow'],
    [
      'return Math.max(own, Math.round',
      'return Math.min(own, Math.round',
      'less is waited than was asked for',
    ],
  ),
  ...inFile('src/http/retry-after.ts', RETRY, [
    'Number(text) * 1000',
    'Number(text)',
    'Retry-After is read as milliseconds',
  ]),
  ...inFile(
    'src/http/attempt.ts',
    ['transport', 'raw', 'response-forms', 'time', 'hostile-responses', 'errors'],
    [
      'if (status < 300 || status >= 400) return;',
      'return;',
      'a redirect is a response like others',
    ],
    ["if (method !== 'HEAD') decoded", 'decoded', 'HEAD loses the length of the file'],
    ['timer.assertNotCancelled();', '', 'an aborted call is still sent'],
    [
      'return await timer.untilCancelled(send(client, request, options, timer));',
      'return await send(client, request, options, timer);',
      'a timeout does not end an attempt that hangs',
    ],
  ),
  ...inFile(
    'src/http/build-request.ts',
    ['credentials', 'transport'],
    ['`Bearer $', '`bearer$', 'the token has no scheme'],
    [
      "'x-gw-ims-org-id': options.orgId",
      "'x-gw-ims-org-id': options.sandbox",
      'the sandbox goes in place of the organisation',
    ],
    [
      "'x-api-key': options.apiKey",
      "'x-api-key': options.orgId",
      'the organisation goes in place of the API key',
    ],
    [
      "headers['content-type'] = 'application/octet-stream'",
      "headers['content-type'] = 'application/json'",
      'bytes are sent as JSON',
    ],
    ['!url.startsWith(', 'if (false) {', 'credentials go to any origin'],
    [
      'if (named === null || named === sandbox) return sandbox;',
      'return sandbox;',
      'another sandbox than the one of the client is ignored',
    ],
  ),
  ...inFile('src/http/auth.ts', TOKENS, [
    'return token === rejected ? undefined : token;',
    'return token;',
    'a token that was rejected is tried again',
  ]),
  ...inFile('src/http/abortable.ts', TOKENS, [
    'const end = () => {\n      clearTimeout(timer);',
    'const end = () => {',
    'the timer of a wait is left behind',
  ]),
  ...inFile(
    'src/http/oauth-tokens.ts',
    TOKENS,
    ['if (now >= current.unusableAtMs) return undefined;', '', 'an expired token is used'],
    [
      'life > MAX_EXPIRES_IN_SECONDS ? life : life * 1000',
      'life * 1000',
      'milliseconds are taken for seconds',
    ],
    [
      'if (now >= current.renewAtMs) this.#renewEarly(current, now);',
      '',
      'a token is not renewed before it expires',
    ],
    [
      'if (this.#current?.token === rejected) this.#current = undefined;',
      '',
      'a rejected token stays',
    ],
    ['secrets.add(token);', '', 'a token that was fetched is not masked'],
    [
      '[400, 401, 403].includes(error.status)',
      '[401, 403].includes(error.status)',
      'a credential that is rejected with 400 is not an authentication error',
    ],
  ),
];
