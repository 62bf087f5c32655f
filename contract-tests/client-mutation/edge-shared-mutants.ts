/** Faults at the edges of what all calls share: events, spans, masks, messages, options. */
import { inFile, type Mutant } from './mutant.js';

export const edgeSharedMutants: readonly Mutant[] = [
  ...inFile(
    'src/http/tracing.ts',
    ['opentelemetry'],
    [
      'Promise.resolve(result).catch(() => undefined);',
      'void result;',
      'a receiver that rejects later ends the process',
    ],
    [
      'if (results.length === 0) results.push(work());',
      'results.push(work());',
      'a receiver that runs its work twice has it done twice',
    ],
  ),
  ...inFile(
    'src/http/traced-call.ts',
    ['opentelemetry'],
    ["protocol === 'https:' ? 443 : 80", '443', 'a call without a port goes to 443'],
  ),
  ...inFile(
    'src/http/attempt-events.ts',
    ['events'],
    [
      'requestId = this.#event.requestId, ...end',
      'requestId, ...end',
      'the end of an attempt without a response has no request id',
    ],
    [
      'const durationMs = Math.max(0, clock.monotonicNow() - this.#sentAtMs);',
      'const durationMs = 0;',
      'each attempt takes no time',
    ],
  ),
  ...inFile(
    'src/http/options.ts',
    ['retry', 'every-option'],
    [
      'number({ ...MILLISECONDS, min: 0 })',
      'number(MILLISECONDS)',
      'a client cannot refuse each wait',
    ],
    ["unit: 'retries', whole: true", "unit: 'retries'", 'a call may have half a retry'],
    ['scopes.length > 0 && ', '', 'a credential without scopes is used'],
  ),
  ...inFile(
    'src/http/error-response.ts',
    ['errors'],
    ['maxCharacters: 64 * 1024', 'maxCharacters: 64', 'the body of an error is cut short'],
  ),
  ...inFile(
    'src/http/errors.ts',
    ['errors', 'proxy', 'lost-responses'],
    [".replace(/\\.$/, '')", '', 'a message has two full stops'],
    ['|ERR_PROXY_REFUSED/', '/', 'a proxy that refuses is asked again'],
    ['error.stack = ', 'void ', 'the stack of an error lacks what its message says'],
  ),
  ...inFile(
    'src/http/redact.ts',
    ['redaction'],
    [
      'this.#tokens.delete(oldest);',
      'this.#tokens.delete(token);',
      'with many tokens, the newest is shown',
    ],
    [
      "return typeof code === 'number' ? Object.assign(copy, { code }) : copy;",
      'return copy;',
      'the copy of an error loses its number',
    ],
    ["copy.name = text('name') ?? copy.name;", '', 'the copy of an error loses its name'],
  ),
  ...inFile(
    'src/http/client.ts',
    ['wait', 'ingest/notice'],
    [
      'secrets.clean(aborted.reason)',
      'aborted.reason',
      'the reason of a wait that was ended shows secrets',
    ],
    ['this.options.secrets.redactValue(body, NOTICE_LIMITS)', 'body', 'a notice shows secrets'],
  ),
  ...inFile(
    'src/resources/options.ts',
    ['options'],
    ['number({ ...OFFSET, min: 1 })', 'number(OFFSET)', 'a file of no bytes has parts'],
  ),
  ...inFile(
    'src/http/fetch-transport.ts',
    ['sent', 'proof-of-upload'],
    [
      'error.errors.every(',
      'error.errors.some(',
      'one address without a server proves that nothing was sent',
    ],
    ['        this.#isDemanded = false;\n', '', 'a fetch gets bytes before it asks for them'],
  ),
  ...inFile(
    'src/http/attempt-timer.ts',
    ['proxy', 'lost-responses'],
    ["this.proxy === undefined ? ''", "true ? ''", 'a timeout does not name the proxy'],
    [
      ': { ...this.#info, stateUnknown: priorAttemptAmbiguous };',
      ': { ...this.#info, stateUnknown: false };',
      'an attempt that was not sent hides an earlier one that may have taken effect',
    ],
  ),
  ...inFile(
    'src/http/pace.ts',
    ['ingest/pace'],
    [
      'return new PacedSource(this.#source.slice(start, end), this.pace);',
      'return this.#source.slice(start, end);',
      'what is missing of a part goes without its pace',
    ],
  ),
];
