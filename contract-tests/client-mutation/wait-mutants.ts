/** Faults of waits: statuses, outcomes, polls, outages. */
import { inFile, type Mutant } from './mutant.js';

const WAIT = ['wait', 'wait-polls', 'time'];

export const waitMutants: readonly Mutant[] = [
  ...inFile(
    'src/resources/statuses.ts',
    [...WAIT, 'resources', 'lost-responses'],
    ["stalled: 'stalled'", 'stalled: undefined', 'a wait goes on after stalled'],
    ["archived: 'loaded'", 'archived: undefined', 'a batch that is archived is waited for'],
    ["retained: 'loaded'", "retained: 'failed'", 'a batch that is retained has failed'],
    ["abandoned: 'abandoned'", "abandoned: 'aborted'", 'a batch that is abandoned was aborted'],
    ['loaded: undefined', "loaded: 'loaded'", 'a batch that is only uploaded was loaded'],
    ["failure: 'failed'", 'failure: undefined', 'a batch marked failure is waited for'],
    ["inactive: 'inactive'", "inactive: 'loaded'", 'a batch that was reverted was loaded'],
    ['given.toLowerCase()', 'given', 'a status in capitals is not known'],
  ),
  ...inFile(
    'src/resources/completed-statuses.ts',
    [...WAIT, 'resources', 'lost-responses'],
    [
      "new Set(['loading', 'aborted', 'abandoned'])",
      "new Set(['loading', 'abandoned'])",
      'a batch that was aborted counts as completed',
    ],
    [
      "new Set(['loading', 'aborted', 'abandoned'])",
      "new Set(['aborted', 'abandoned'])",
      'a batch that is loading counts as completed',
    ],
  ),
  ...inFile(
    'src/resources/outcome.ts',
    ['batch-outcome', ...WAIT, 'codes', 'resources'],
    ['failed > 0 || errors', 'failed >= 0 || errors', 'every batch has rejected rows'],
    [
      ' || errors.some(({ code }) => REJECTED_ROWS.has(explainCode(code)))',
      '',
      'codes of rejected rows are not looked at',
    ],
    [
      "failedRecordCount ?? Number(metrics?.['failedRecordCount'] ?? 0)",
      'failedRecordCount ?? 0',
      'rejected rows among the metrics are not looked at',
    ],
    [
      "new Set(['failed', 'aborted', 'abandoned'])",
      "new Set(['aborted', 'abandoned'])",
      'rows of a failed batch were loaded',
    ],
    ['Math.max(0, input - failed)', 'input', 'rejected rows were loaded'],
    ['(output ?? 0) + failed', 'output ?? 0', 'rejected rows were not read'],
    ['return value >= 0 ? value : undefined; //', 'return value; //', 'a count of -1 is one'],
    [
      "batch.tags?.['acp_successor']",
      'undefined',
      'the batch that took over the rows is not named',
    ],
  ),
  ...inFile(
    'src/resources/wait.ts',
    WAIT,
    [
      'least * MAX_INTERVALS, least +',
      'least * 1e6, least +',
      'the time between polls is not bounded',
    ],
    [
      'least * MAX_INTERVALS, base',
      'least * 1e6, base',
      'the time after failed polls is not bounded',
    ],
    [
      'if (call.signal !== undefined) setMaxListeners',
      'if (false) setMaxListeners',
      'many waits with one signal print a warning',
    ],
    [
      'await tools.pause(Math.min(left, delayMs))',
      'await tools.pause(delayMs)',
      'a wait sleeps past its end',
    ],
    [
      "error.operation === 'getBatch'",
      'true',
      'a 404 of the token service counts as a missing batch',
    ],
    ['error.batchId = batchId;', '', 'the error of a wait does not name the batch'],
    ['error.status >= 500 ||', 'error.status > 500 ||', 'a 500 ends a wait'],
    ['++misses > MAX_MISSES', '++misses >= MAX_MISSES', 'a batch is missing one poll too early'],
    ['if (signal?.aborted) abort();', '', 'a poll begins although the wait was aborted'],
    ["signal?.addEventListener('abort', abort);", '', 'an abort does not end a poll'],
    [
      "signal?.removeEventListener('abort', abort);",
      '',
      'each poll leaves a listener at the signal',
    ],
    ['    clearTimeout(timer);\n', '', 'each poll leaves a timer'],
    ['new Set([408, 425, 429])', 'new Set([425, 429])', '408 ends a wait'],
    ['return !error.permanent || NOT_TLS', 'return NOT_TLS', 'a lost connection ends a wait'],
    ["|| NOT_TLS.test(error.code ?? '')", '', 'a load balancer without TLS ends a wait'],
    [
      'TimeoutError, InvalidResponseError, CredentialsError]',
      'TimeoutError, InvalidResponseError]',
      'a function for tokens that fails once ends a wait',
    ],
    ['notify(call.onRetry, event);', '', 'the onRetry of a wait is not called'],
    [
      'Math.max(deadlineMs - startedMs, least)',
      'deadlineMs - startedMs',
      'the last poll of a wait has no time',
    ],
    [
      'clock.monotonicNow() + waitTimeoutMs',
      'clock.now() + waitTimeoutMs',
      'a wait ends by the time of day',
    ],
    [
      'if (failures === 0) interval',
      'if (true) interval',
      'failed polls lengthen the time between good ones',
    ],
    ['      watch.see(batch);\n', '', 'nobody warns of a batch that is never completed'],
    [
      'error: last ?? new TimeoutError',
      'error: new TimeoutError',
      'the failure of the last poll is not named',
    ],
  ),
  ...inFile(
    'src/resources/outage.ts',
    WAIT,
    ['LASTING_POLLS = 3', 'LASTING_POLLS = 4', 'a warning of an outage comes one poll late'],
    ['this.#isReported = true;', '', 'an outage is reported for every poll'],
    ['now - startedMs + delayMs < LASTING_MS', 'true', 'an outage of long waits is not reported'],
    [
      '    this.#current = undefined;\n    this.#isReported = false;',
      '    this.#isReported = false;',
      'failures that are not in a row are counted',
    ],
  ),
];
