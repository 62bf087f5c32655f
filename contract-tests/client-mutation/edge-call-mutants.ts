/** Further faults of calls: what an attempt leaves behind, what events say, how a client ends. */
import { inFile, type Mutant } from './mutant.js';

export const edgeCallMutants: readonly Mutant[] = [
  ...inFile(
    'src/http/call.ts',
    [
      'retry',
      'lost-responses',
      'lost-lookups',
      'credentials',
      'token-service',
      'events',
      'time',
      'error-responses',
      'errors',
      'ingest/pace',
    ],
    ['500, 502, 503, 504]);', '500, 503, 504]);', 'a 502 is not tried again'],
    ['500, 502, 503, 504]);', '500, 502, 503, 504, 501]);', 'a 501 is tried again'],
    [
      "if (kind === 'ambiguous' && info.stateUnknown) this",
      "if (kind === 'ambiguous') this",
      'a read that failed leaves the state of the next one unknown',
    ],
    [
      'this.#renewals === 0 && this',
      'this.#renewals < 2 && this',
      'a token is renewed twice for one call',
    ],
    [
      'retryAfterMs > maxRetryAfterMs) return',
      'retryAfterMs >= maxRetryAfterMs) return',
      'a wait of exactly the longest time gives up',
    ],
    [
      '    await this.#sleep(delayMs, known);\n    if (!isRepeatable',
      '    if (isRepeatable) await this.#sleep(delayMs, known);\n    if (!isRepeatable',
      'a lookup follows its failure without a wait',
    ],
    [
      "method !== 'GET' && method !== 'HEAD' && !isAnonymous",
      "method !== 'GET' && !isAnonymous",
      'a HEAD without a response leaves the state unknown',
    ],
    [
      "method !== 'HEAD' && !isAnonymous",
      "method !== 'HEAD'",
      'a request for a token leaves the state unknown',
    ],
    ['      permit?.end();\n', '', 'an upload never gives its permit back'],
    [
      "return (await this.#renewToken(info)) ? 'retry' : 'give up';",
      "await this.#renewToken(info);\n      return 'retry';",
      'a call with a token that cannot be renewed is tried again',
    ],
    [
      'this.#notifyResponse(isResponse ? { status: error.status, error } : { error });',
      'this.#notifyResponse({ error });',
      'the event of an invalid response has no status',
    ],
    [
      'this.#notifyResponse(mayRetry ? { requestId, status, error } : { requestId, status });',
      'this.#notifyResponse({ requestId, status });',
      'the event of an attempt that is tried again has no error',
    ],
    [
      'extendMessage(error, `The lookup',
      'if (false) extendMessage(error, `The lookup',
      'the message does not say why a lookup failed',
    ],
  ),
  ...inFile(
    'src/http/retry.ts',
    ['wait', 'retry', 'time', 'lost-responses', 'fake-timers', 'sent'],
    ['random: () => Math.random(),', 'random: () => 0.5,', 'waits have no chance in them'],
    [
      'monotonicNow: () => performance.now(),',
      'monotonicNow: () => Date.now(),',
      "a change of the system's time shortens a wait",
    ],
    [
      'return Math.max(own, Math.round(retryAfterMs * (1 + JITTER * random)));',
      'return Math.round(retryAfterMs * (1 + JITTER * random));',
      'Retry-After: 0 takes away the own wait',
    ],
    [
      "    signal.addEventListener('abort', abort, { once: true });\n    step();",
      '    step();',
      'an abort does not end a wait',
    ],
    ['FIRST_DELAY_MS * 2 ** (attempt - 1)', 'FIRST_DELAY_MS * attempt', 'waits do not double'],
    [
      "return error.stateUnknown ? 'ambiguous' : 'rejected'; // not",
      "return 'ambiguous'; // not",
      'what was not sent may have taken effect',
    ],
  ),
  ...inFile(
    'src/http/attempt-timer.ts',
    ['time', 'errors', 'slow-links', 'transport', 'byte-sources', 'ingest/pace'],
    [
      '      this.#hasMoved = false;\n      const since',
      '      const since',
      'what has moved once never times out',
    ],
    ['if (upload?.isPausing) {', 'if (false) {', 'an upload that waits for its limit times out'],
    [
      'if (upload?.isWaitingForSource && this.isConnected) {',
      'if (false) {',
      'a source that stalls is a timeout of the platform',
    ],
    [
      '    this.#upload?.stop(reason);\n',
      '',
      'an upload that was cancelled goes on reading its source',
    ],
    [
      '    for (const listener of this.#listeners) listener(reason);\n',
      '',
      'a timeout does not end the request',
    ],
  ),
  ...inFile(
    'src/http/build-request.ts',
    ['transport', 'options', 'credentials', 'raw'],
    [
      'if (named === null || named === sandbox) return sandbox;',
      'if (named === null || named.toLowerCase() === sandbox.toLowerCase()) return sandbox;',
      'a sandbox in other letters is the own one',
    ],
    [
      "sent = { accept, 'user-agent': USER_AGENT, 'x-request-id': requestId };",
      'sent = { accept };',
      'a request for a token names neither client nor request',
    ],
  ),
  ...inFile(
    'src/http/oauth-tokens.ts',
    ['credentials', 'token-service'],
    [
      'const endsAtMs = requestedAtMs + lifeMs;',
      'const endsAtMs = clock.monotonicNow() + lifeMs;',
      'the life of a token begins with its response',
    ],
    [
      'if (this.#current?.token === rejected) this.#current = undefined;',
      'this.#current = undefined;',
      'a token that another call has renewed is thrown away',
    ],
    [
      'const token = this.ready() ?? (await this.request(waiter));\n    return token === rejected ? undefined : token;',
      'const token = this.ready() ?? (await this.request(waiter));\n    return token;',
      'the same token once more counts as another one',
    ],
    [
      'const unusableAtMs = endsAtMs - Math.min(',
      'const unusableAtMs = endsAtMs + Math.min(',
      'a token is used after its end',
    ],
    [
      'ms += timeoutMs + retryDelayMs(retry, undefined, 1);',
      'ms += timeoutMs;',
      'a short call gives up before the token could be there',
    ],
    [
      'return abortable(pending.work, waiter.signal);',
      'return pending.work;',
      'an abort does not end the wait for a token',
    ],
  ),
  ...inFile(
    'src/http/auth.ts',
    ['credentials', 'options'],
    ['/^bearer /i', '/^bearer /', 'a scheme in capitals is a part of the token'],
    [
      'throw new CredentialsError(message, { cause });',
      'throw error;',
      'what a function for tokens throws is thrown as it is',
    ],
  ),
  ...inFile(
    'src/http/error-response.ts',
    ['errors', 'hostile-errors', 'retry', 'secrets'],
    [
      "typeof code !== 'string' && typeof code !== 'number') continue",
      "typeof code !== 'string') continue",
      'a code that is a number is not read',
    ],
    [
      "body['title'],\n    body['error_description'],",
      "body['title'],",
      'the description of the token service is not read',
    ],
    [
      "listed?.['code'],\n    listed?.['errorCode'],",
      "listed?.['code'],",
      'the errorCode of a listed error is not read',
    ],
    [
      '!isAmbiguous && (status === 408 || status >= 500)',
      'status === 408 || status >= 500',
      'what may have taken effect should simply be tried again',
    ],
  ),
  ...inFile(
    'src/http/lifetime.ts',
    ['released-calls', 'ends', 'handles', 'time', 'transport'],
    ['      this.remove(end);\n', '', 'each wait stays registered with its client'],
    [
      "for (const signal of signals) signal.removeEventListener('abort', end);",
      '',
      'each wait leaves a listener at its signal',
    ],
    [
      "signal.addEventListener('abort', listener);\n  if (signal.aborted) listener();",
      "signal.addEventListener('abort', listener);",
      'a signal that is aborted already ends nothing',
    ],
    [
      '    this.#listeners.add(listener);\n    if (this.signal.aborted) listener();',
      '    this.#listeners.add(listener);',
      'a client that is closed still makes calls',
    ],
    [
      'for (const listener of this.#listeners) listener();',
      '',
      'calls go on after their client is closed',
    ],
    [
      'setMaxListeners(0, signal); // one',
      '// one',
      'a hundred calls with one signal print a warning',
    ],
  ),
  ...inFile(
    'src/http/lazy-response.ts',
    ['raw', 'response-forms', 'hostile-responses', 'errors'],
    [
      "if (!text.startsWith('{')) return undefined;",
      'return undefined;',
      'a body that reports an error counts as a success',
    ],
    [
      'const isStandard = status >= 200 && status <= 599;',
      'const isStandard = true;',
      'a response with an odd status cannot be made',
    ],
  ),
  ...inFile(
    'src/http/decode.ts',
    ['response-forms', 'transport', 'hostile-responses'],
    [
      'if (isError && size > MAX_ERROR_BYTES) {',
      'if (size > MAX_ERROR_BYTES) {',
      'a success of more than a megabyte is cut',
    ],
    [
      'if (body.destroyed && !body.readableEnded) return broken();',
      '',
      'a response that has broken off already is waited for',
    ],
    ['      if (!body.readableEnded) broken();', '', 'a response that breaks off is waited for'],
  ),
];
