/** Faults of credentials and errors: tokens, classes, codes, masks, forms of responses. */
import { inFile, type Mutant } from './mutant.js';

const TOKENS = ['credentials', 'token-service'];
const ERRORS = ['errors', 'hostile-errors', 'retry', 'secrets'];

export const credentialMutants: readonly Mutant[] = [
  ...inFile(
    'src/http/auth.ts',
    [...TOKENS, 'options', 'secrets', 'time'],
    [
      'if (/^bearer /i.test(checked)) {',
      'if (false) {',
      'a token with its scheme is sent with two',
    ],
    ['secrets.addToken(checked);', '', 'a token that was given is not masked'],
    [
      'const cause = secrets.clean(error);',
      'const cause = error;',
      'what a function for tokens throws shows secrets',
    ],
    [
      'abortable(get(), signal, { ms: timeoutMs, error })',
      'abortable(get(), signal)',
      'a function for tokens that hangs is waited for',
    ],
    [
      'renew: async () => undefined };',
      'renew: async () => token };',
      'a fixed token that was rejected is tried again',
    ],
  ),
  ...inFile(
    'src/http/abortable.ts',
    ['token-requests', ...TOKENS, 'time'],
    [
      "signal.removeEventListener('abort', abort);",
      '',
      'each wait for a token leaves a listener at the signal',
    ],
    [
      'if (signal.aborted) return abort();',
      '',
      'a wait for a token begins although it was aborted',
    ],
  ),
  ...inFile(
    'src/http/oauth-tokens.ts',
    [...TOKENS, 'token-requests'],
    ['life > 0 && ', 'life >= 0 && ', 'a token that lives for 0 seconds is used'],
    ['&& life <= MAX_EXPIRES_IN', '', 'a life beyond all years is believed'],
    [
      'Math.min(UNUSABLE_BEFORE_MS,',
      'Math.max(UNUSABLE_BEFORE_MS,',
      'a token with a short life is never usable',
    ],
    ['Math.min(RENEW_BEFORE_MS,', 'Math.max(RENEW_BEFORE_MS,', 'a token is renewed far too early'],
    ['if (this.#pending === started) this.#pending = undefined;', '', 'one token is used for ever'],
    [
      'if (this.#pending === started) this.#pending',
      'this.#pending',
      'a request that is replaced forgets the one that replaced it',
    ],
    [
      ' && pending.maxRetries >= maxRetries',
      '',
      'a call waits for a request that gives up earlier',
    ],
    ['pending.timeoutMs >= timeoutMs && ', '', 'a call waits for a request with a shorter timeout'],
    ['now + (error.retryAfterMs ?? 0)', 'now', 'an early renewal ignores Retry-After'],
    ['Math.max(BETWEEN_RENEWALS_MS,', 'Math.min(0,', 'each call tries a renewal that failed again'],
    ['this.#current = { token, unusableAtMs, renewAtMs };', '', 'each call requests a token'],
    [
      'const token = this.ready() ?? (await this.request(waiter));',
      'const token = await this.request(waiter);',
      'a token that another call has renewed is renewed again',
    ],
    ['(?!bearer )', '', 'a token with its scheme is sent with two'],
    [
      'if (!isLonger) return',
      'return',
      'a short call waits as long as the request for its token may',
    ],
    [
      "typeof given === 'string' && DIGITS.test(given) ? Number(given) : given",
      'given',
      'a life in digits cannot be read',
    ],
    [
      'const requestedAtMs = clock.monotonicNow();',
      'const requestedAtMs = clock.monotonicNow() + 60_000;',
      'a token is used after it has expired',
    ],
  ),
  ...inFile(
    'src/http/error-response.ts',
    ['error-responses', ...ERRORS, 'codes'],
    ['status >= 500 && status !== 503', 'status >= 500', 'a 503 leaves the state unknown'],
    ['(status === 408 || (status', '((status', 'a 408 leaves no state unknown'],
    [
      '|| info.priorAttemptAmbiguous;',
      ';',
      'an earlier lost attempt is forgotten by an error response',
    ],
    [
      'secrets.redactValue(received, BODY_LIMITS)',
      'received',
      'the body of an error shows secrets',
    ],
    [
      '400: BadRequestError',
      '400: UnprocessableContentError',
      'a bad request has the class of a 422',
    ],
    [
      '403: PermissionError',
      '403: AuthenticationError',
      'a missing permission has the class of a missing token',
    ],
    [
      '404: NotFoundError',
      '404: BadRequestError',
      'what is missing has the class of a bad request',
    ],
    ['406: NotAcceptableError', '406: UnsupportedMediaTypeError', 'a 406 has the class of a 415'],
    ['409: ConflictError', '409: BadRequestError', 'a conflict has the class of a bad request'],
    [
      '413: ContentTooLargeError',
      '413: UriTooLongError',
      'a body that is too large has the class of a long URL',
    ],
    [
      '416: RangeNotSatisfiableError',
      '416: NotFoundError',
      'a missing range has the class of a missing file',
    ],
    ['428: PreconditionRequiredError', '428: ConflictError', 'a 428 has the class of a conflict'],
    ['429: RateLimitError', '429: ServerError', 'a rate limit has the class of a failure'],
    ['status >= 500 && status <= 599', 'status > 500 && status <= 599', 'a 500 has no class'],
    [
      "body['error_code'],\n    body['code'],",
      "body['code'],",
      'the error_code of the gateway is not read',
    ],
    [
      "body['detail'],\n    body['message'],",
      "body['message'],\n    body['detail'],",
      'the message of an error hides its detail',
    ],
    ["report?.['message'],\n", '\n', 'the message of a report is not read'],
    ["body['error'], //", '//', 'the code of the token service is not read'],
    ["listed?.['code'],", '', 'the code of a listed error is not read'],
    ['return first ?? body', 'return body', 'a list of errors is not read'],
    [
      '/\\/errors\\/([\\w-]+)$/',
      '/\\/error\\/([\\w-]+)$/',
      'the code in the type of a problem is not read',
    ],
    ['if (known !== undefined) return known;', '', 'the hint of a code is not given'],
    ['/[?&]action=COMPLETE\\b/.test(url)', 'false', 'the hint for COMPLETE is the one for abort'],
    ['text.length > length ?', 'false ?', 'a code of any length is kept'],
    [
      'const retryAfterMs = parseRetryAfter(headers, clock.now());',
      'const retryAfterMs = parseRetryAfter(headers, 0);',
      'a date of Retry-After is compared with 1970',
    ],
    [
      '!isAmbiguous && (status === 408 || status >= 500)',
      '!isAmbiguous && status >= 500',
      'a 408 of a read is said to be unknown',
    ],
  ),
  ...inFile(
    'src/http/redact.ts',
    ['redaction', 'secrets', 'hostile-errors'],
    ['return masked.replace(/', 'return masked; masked.replace(/', 'a foreign token is shown'],
    [
      "return typeof value === 'string' ? this.redact(value) : undefined;",
      "return typeof value === 'string' ? value : undefined;",
      'the stack of a foreign error shows secrets',
    ],
    ['{ code: this.redact(code) }', '{ code }', 'the code of a foreign error shows secrets'],
    [
      '{ cause: this.#clean(cause, depth + 1) }',
      '{ cause }',
      'the cause of a foreign error shows secrets',
    ],
    [
      '.map((one) => this.#clean(one, depth + 1))',
      '',
      'the members of a foreign error show secrets',
    ],
    [
      "if (typeof thrown === 'string') return this.redact(thrown);",
      "if (typeof thrown === 'string') return thrown;",
      'a thrown text shows secrets',
    ],
    [
      "if (typeof thrown === 'symbol') return this.redact(String(thrown));",
      '',
      'a thrown symbol shows secrets',
    ],
    [
      "if (typeof value === 'symbol') return shows(String(value));",
      '',
      'a symbol in an error shows secrets',
    ],
    ['        if (look(key, depth)) return true;\n', '', 'the name of a property shows secrets'],
    [
      "['name', 'message', 'stack'].some",
      "['name', 'stack'].some",
      'a message on a prototype shows secrets',
    ],
    [
      'if (depth > MAX_DEPTH) return undefined;',
      'if (depth > MAX_DEPTH) return thrown;',
      'a cause far down shows secrets',
    ],
    ['MAX_TOKENS = 200', 'MAX_TOKENS = 1', 'only the last token is masked'],
    ['    this.#tokens.add(token);\n', '', 'tokens are not masked'],
  ),
  ...inFile(
    'src/http/mask.ts',
    ['mask', 'redaction', 'secrets'],
    [
      'for (const before of [0, 1, 2])',
      'for (const before of [0])',
      'a secret within base64 is shown',
    ],
    [
      "forms.add(base64.replaceAll('+', '-').replaceAll('/', '_'));",
      '',
      'a secret in base64 of URLs is shown',
    ],
    ['MIN_SECRET_LENGTH = 4', 'MIN_SECRET_LENGTH = 1', 'single letters are masked'],
    ['MIN_PREFIX_LENGTH = 12', 'MIN_PREFIX_LENGTH = 1200', 'a secret that was cut is shown'],
    [
      'const isPart = words.has(start) && ',
      'const isPart = ',
      'a token beside other letters is shown',
    ],
    ['if (end <= at) continue;', '', 'secrets that overlap are shown'],
    ['Math.max(...forms.map', 'Math.min(...forms.map', 'the rest of a longer secret is shown'],
  ),
  ...inFile(
    'src/http/lazy-response.ts',
    ['response-forms', 'transport', 'hostile-responses', 'raw'],
    ['response.status >= 200 &&', 'response.status > 200 &&', 'a 200 counts as an error'],
    ['text.charCodeAt(0) === 0xfeff', 'false', 'a byte order mark makes JSON invalid'],
    ['value.join(', 'value[0] + (', 'only the first of several headers counts'],
    [
      'status >= 400 && status <= 599',
      'status > 400 && status <= 599',
      'a body that reports status 400 counts as a success',
    ],
    [
      '<(?:!doctype\\s+html|html|head|body)',
      '<(?:html|head|body)',
      'a page with a doctype counts as a success',
    ],
    [
      'this.#record[name.toLowerCase()];',
      'this.#record[name];',
      'headers are found in lower case only',
    ],
    [
      'const early = this.#isProven\n',
      'const early = true\n',
      'a response that may have ended early is not called that',
    ],
    [
      'status === 204 || status === 205',
      'status === 205',
      'a response without content cannot be made',
    ],
  ),
  ...inFile(
    'src/shared/json.ts',
    ['shared-text', 'raw'],
    [".replace(QUOTATION, ' is not valid JSON')", '', 'an error quotes a body that is not JSON'],
    [".replace(QUOTED_WORD, '$1')", '', 'on Bun an error quotes a word of a body that is not JSON'],
  ),
  ...inFile(
    'src/http/decode.ts',
    ['transport', 'response-forms', 'raw', 'hostile-responses'],
    ['.reverse()', '', 'a body that was packed twice is unpacked in the wrong order'],
    ["'x-gzip', ", '', 'x-gzip is not unpacked'],
    ["method === 'HEAD' || ", '', 'the response to HEAD is unpacked'],
    ['isError && size > MAX_ERROR_BYTES', 'false', 'an endless error page is read to its end'],
    ['size > MAX_RESPONSE_BYTES', 'false', 'a response of any size is read'],
    [
      "  delete headers['content-length'];\n",
      '',
      'a body that was unpacked has the length of the packing',
    ],
    [
      'if (!body.readableEnded) broken();',
      '',
      'a connection that breaks within a response is waited for',
    ],
    ['encodings.length <= MAX_ENCODINGS', 'true', 'a body is unpacked any number of times'],
    ["&& name !== 'identity'", '', 'a body that is not packed cannot be read'],
  ),
];
