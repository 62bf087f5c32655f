/** Faults of calls at their edges: counts, events, what is masked, what is let go of. */
import { inFile, type Mutant } from './mutant.js';

const CALLS = [
  'retry',
  'lost-responses',
  'credentials',
  'token-service',
  'events',
  'time',
  'errors',
];

export const callMutants: readonly Mutant[] = [
  ...inFile(
    'src/http/call.ts',
    [...CALLS, 'secrets', 'raw'],
    [
      'const next = await this.#next(info, error);',
      'const next = this.#attempts > 9 ? "give up" : await this.#next(info, error);',
      'there are never more than nine attempts',
    ],
    [
      'throw preferAmbiguousError(this.#priorAmbiguous, error);\n    }\n  }\n\n  async #attempt',
      'throw error;\n    }\n  }\n\n  async #attempt',
      'the last failure hides an earlier one that leaves the state unknown',
    ],
    [
      'throw preferAmbiguousError(this.#priorAmbiguous, error);\n      }\n      const next',
      'throw error;\n      }\n      const next',
      'the token that is missing hides a failure that leaves the state unknown',
    ],
    [
      'throw preferAmbiguousError(this.#priorAmbiguous, error as AepBatchError);',
      'throw error;',
      'a renewal that failed hides a failure that leaves the state unknown',
    ],
    [
      'error.cause = cause;\n      extendMessage',
      'extendMessage',
      'the failure of a lookup is not the cause',
    ],
    [
      'else if (info.stateUnknown) response.assertNoErrorBody();',
      '',
      'a page of HTML with 200 counts as done',
    ],
    [
      'this.#context.tokens.renew(rejected, waiter)',
      'this.#context.tokens.request(waiter)',
      'a token that was rejected is used again',
    ],
    [
      'const known = { ...info, stateUnknown: info.priorAttemptAmbiguous };\n    const limits',
      'const known = info;\n    const limits',
      'a call that waited for its token may have taken effect',
    ],
    [
      'const known = { ...info, stateUnknown: error.stateUnknown };',
      'const known = info;',
      'an abort after a rejected attempt leaves the state unknown',
    ],
    [
      'Math.max(this.#maxRetries + 1, this.#attempts)',
      'this.#maxRetries',
      'messages say one attempt too few',
    ],
    ['notify(onRetry, event);', '', 'the onRetry of the client is not called'],
    [
      'attempt: info.attempts, delayMs, error',
      'attempt: info.attempts + 1, delayMs, error',
      'onRetry counts one attempt too many',
    ],
    ['    response.error = error;\n', '', 'an error response is read twice'],
    [
      'request.signal === undefined ? own : [...own, request.signal]',
      'own',
      'the signal of a Request that a middleware made is ignored',
    ],
    [
      'cause: this.#context.options.secrets.clean(aborted.reason)',
      'cause: aborted.reason',
      'the reason of an abort shows secrets',
    ],
    ['contentRange === null ? {} : { contentRange }', '{}', 'events of a part lack its range'],
    [
      'if (this.#findAborted() !== undefined) return; // it',
      '// it',
      'a request that is not sent is reported',
    ],
    ['if (rejected === undefined) return false;', '', 'a call without a token renews it'],
    [
      'const kind = classifyFailure(error);',
      "const kind = classifyFailure(error) === 'fatal' ? 'fatal' : 'rejected';",
      'every failure had no effect',
    ],
    [
      "throw this.#abortError(info, 'looking up",
      "throw cause; this.#abortError(info, 'looking up",
      'an abort during a lookup is the error of the lookup',
    ],
    ['this.#events = undefined;', '', 'the end of an attempt is reported twice'],
  ),
  ...inFile(
    'src/http/errors.ts',
    ['lost-responses', 'errors'],
    [
      "const reason = error.message.replace(' Nothing was sent.', '');",
      'const reason = error.message;',
      'a message says that nothing was sent of what may have taken effect',
    ],
  ),
  ...inFile(
    'src/http/retry.ts',
    ['retry', 'time', 'lost-responses', 'fake-timers', 'sent'],
    ['new Set([408, 500, 502, 504])', 'new Set([408, 500, 502])', 'a 504 is not tried again'],
    ['new Set([408, 500, 502, 504])', 'new Set([500, 502, 504])', 'a 408 is not tried again'],
    ['MAX_DELAY_MS = 8000', 'MAX_DELAY_MS = 80_000', 'the own waits are not bounded'],
    ['FIRST_DELAY_MS = 500', 'FIRST_DELAY_MS = 5', 'the first wait is too short'],
    [
      "error.status < 300 ? 'ambiguous' : 'fatal'",
      "'fatal'",
      'a success that broke off is not tried again',
    ],
    ["error.status < 300 ? 'ambiguous' : 'fatal'", "'ambiguous'", 'a redirect is tried again'],
    [
      'if (error instanceof ConnectionError && error.permanent)',
      'if (false)',
      'a wrong certificate is tried again',
    ],
    [
      "signal.removeEventListener('abort', abort);",
      '',
      'each wait leaves a listener at the signal',
    ],
    ['2 ** (attempt - 1)', '2 ** attempt', 'the first wait is twice as long'],
    [
      '1 + JITTER * (2 * random - 1)',
      '1 + JITTER * random',
      'waits are never shorter than their base',
    ],
    [
      'retryAfterMs * (1 + JITTER * random)',
      'retryAfterMs',
      'clients that were turned away together come back together',
    ],
    [
      'retryAfterMs * (1 + JITTER * random)',
      'retryAfterMs * (1 - JITTER * random)',
      'less is waited than the platform asks for',
    ],
    [
      'if (signal.aborted) return void reject(signal.reason);',
      '',
      'a wait begins although it was aborted before',
    ],
    [
      '      clearTimeout(timer);\n      reject',
      '      reject',
      'an aborted wait keeps the process alive',
    ],
    ['leftMs -= stepMs;', 'leftMs = 0;', 'a wait of more than 24 days ends early'],
    [
      'policy.idempotent ?? IDEMPOTENT_METHODS.has(method)',
      'IDEMPOTENT_METHODS.has(method)',
      'what a call says of its repetition is ignored',
    ],
  ),
  ...inFile(
    'src/http/retry-after.ts',
    ['retry', 'time'],
    ['?? nowMs;', '&& nowMs || nowMs;', 'a date of Retry-After is compared with the own clock'],
    ['Math.max(0, ...waits)', 'Math.min(...waits)', 'the shortest of several waits counts'],
    ['Math.max(0, ...waits)', 'Math.max(...waits)', 'a date that has passed is a wait below zero'],
    ['HAS_ZONE.test(text) ? text', 'true ? text', 'a date without a zone is one of this machine'],
    [
      "if (weekday === '' && WEEKDAY.test(part)) {",
      'if (false) {',
      'the comma of a date separates two values',
    ],
    ['|| value.length > MAX_RETRY_AFTER_LENGTH', '', 'a header of any length is parsed'],
    ['Math.ceil(', 'Math.floor(', 'a wait of a fraction is cut'],
  ),
  ...inFile(
    'src/http/attempt.ts',
    ['transport', 'errors', 'raw', 'response-forms', 'time', 'secrets'],
    [
      'status < 300 || status >= 400) return;',
      'status <= 300 || status >= 400) return;',
      'a 300 is not a redirect',
    ],
    [
      'status < 300 || status >= 400) return;',
      'status < 300 || status >= 399) return;',
      'a 399 is not a redirect',
    ],
    ['secrets.redact(to)', 'to', 'the target of a redirect shows secrets'],
    ['  discard(body);\n  const message', '  const message', 'the body of a redirect is left open'],
    [
      'stateUnknown: info.priorAttemptAmbiguous };\n  discard',
      'stateUnknown: true };\n  discard',
      'a redirect leaves the state unknown',
    ],
    [
      '  timer.end();\n  if (bytes',
      '  if (bytes',
      'each response leaves its timer and its listeners',
    ],
    [
      '    timer.end();\n    const explained',
      '    const explained',
      'each failed attempt leaves its timer and its listeners',
    ],
    ['throw explained;', 'throw error;', 'a failure of the connection has the class of the system'],
    [
      'if (isSuccess && expectsJson) assertDecoded',
      'if (false) assertDecoded',
      'a success that cannot be unpacked is read as text',
    ],
    [
      'if (!isSuccess) bytes =',
      'if (false) bytes =',
      'an error that cannot be unpacked is read as text',
    ],
    [
      "const isEmpty = decoded.headers['content-length'] === '0';",
      'const isEmpty = false;',
      'an empty download holds its connection',
    ],
  ),
  ...inFile(
    'src/http/attempt-timer.ts',
    ['time', 'error-responses', 'errors', 'secrets', 'slow-links', 'transport', 'ends'],
    [
      "['x-request-id', 'x-adobe-request-id',",
      "['x-adobe-request-id',",
      'the request id of the platform is not read',
    ],
    [
      "'x-adobe-request-id', 'x-correlation-id'",
      "'x-correlation-id'",
      'the request id of the gateway is not read',
    ],
    ["|| value === '') continue;", ') continue;', 'an empty request id hides the others'],
    ['this.#client.options.secrets.redact(value)', 'value', 'a request id shows secrets'],
    ['client.lifetime.add(this.#abort);', '', 'closing the client does not end its calls'],
    [
      '    this.#client.lifetime.remove(this.#abort);\n',
      '',
      'each call stays registered with its client',
    ],
    [
      "signal.removeEventListener('abort', this.#abort);",
      '',
      'each attempt leaves a listener at the signal',
    ],
    ['upload.onProgress = this.#progress;', '', 'an upload that moves times out'],
    ["    body.on('data', this.#progress);\n", '', 'a download that moves times out'],
    ['upload?.drainMs(timeoutMs) ?? 0', '0', 'an upload over a slow link times out'],
    ['MAX_DRAIN_MS - timeoutMs', 'Infinity', 'an upload waits for its response for ever'],
  ),
  ...inFile(
    'src/http/attempt-timer.ts',
    ['resources'],
    [
      '      body.destroy();\n    });\n    return out',
      '    });\n    return out',
      'a download that is cancelled goes on',
    ],
  ),
  ...inFile(
    'src/http/build-request.ts',
    ['build-request', 'retry', 'transport', 'options', 'credentials', 'raw', 'bytes', 'redaction'],
    [
      'url.length > MAX_URL_LENGTH',
      'url.length >= MAX_URL_LENGTH',
      'a URL of 2000 characters is too long',
    ],
    [
      '{secrets.redact(url)}. Credentials',
      '{url}. Credentials',
      'a message about another origin shows secrets',
    ],
    [
      "'x-sandbox-name': ownSandbox(headers.get('x-sandbox-name'), options),",
      '',
      'calls go to the default sandbox',
    ],
    ["'x-request-id': requestId,\n      'x-gw", "'x-gw", 'calls have no request id'],
    [
      "'user-agent': USER_AGENT,\n      'x-request-id': requestId,\n      'x-gw",
      "'x-request-id': requestId,\n      'x-gw",
      'calls do not name the client',
    ],
    ["?? 'application/json'", "?? '*/*'", 'calls accept anything'],
    ["headers.get('accept') ?? ", '', 'what a download accepts is ignored'],
    ['if (!Object.hasOwn(sent, name)) sent', 'sent', 'a header of raw replaces the credentials'],
    [
      '{origin}/`)) {',
      '{origin}`)) {',
      'a host whose name begins with that of the platform gets credentials',
    ],
    ['Buffer.byteLength(body)', 'body.length', 'the length of a body counts characters'],
    ['|| body.size < 0) {', ') {', 'a source of a negative size is sent'],
    [
      '{ method, url, headers: sent, body }',
      '{ method, url: url.toLowerCase(), headers: sent, body }',
      'the case of a URL is lost',
    ],
  ),
];
