/** Further faults of resources: warnings of waits, reports, codes, pieces of parts. */
import { inFile, type Mutant } from './mutant.js';

export const edgeResourceMutants: readonly Mutant[] = [
  ...inFile(
    'src/resources/batch-calls.ts',
    ['lost-responses', 'wait', 'ends', 'resources', 'ingest/owner'],
    [
      "ABORT: ['aborted'],",
      "ABORT: ['aborted', 'abandoned'],",
      'a batch that was abandoned counts as aborted',
    ],
    [
      "FAIL: ['failed', 'failure'],",
      "FAIL: ['failed', 'failure', 'aborted'],",
      'a batch that was aborted counts as failed',
    ],
    [
      '(isLookedUp || isRepeated || isRejected) && !response.ok',
      '(isLookedUp || isRejected) && !response.ok',
      'a repeated COMPLETE that is rejected is not looked up',
    ],
    [
      '(isLookedUp || isRepeated || isRejected) && !response.ok',
      '(isRepeated || isRejected) && !response.ok',
      'an action whose repetition is rejected is not looked up',
    ],
  ),
  ...inFile(
    'src/resources/recover-create.ts',
    ['lost-responses', 'wait', 'ends', 'resources', 'ingest/owner'],
    [
      '{ ...options, attempts: 1 }',
      '{ ...options, attempts: 3 }',
      'a rejected creation is looked up three times',
    ],
  ),
  ...inFile(
    'src/resources/batches.ts',
    ['lost-responses', 'wait', 'ends', 'resources', 'ingest/owner'],
    ['if (late !== undefined) return late;', '', 'a batch that is found late is forgotten'],
  ),
  ...inFile(
    'src/resources/recovery.ts',
    ['lost-responses', 'wait', 'ends', 'resources'],
    [
      'for (const range of missing) await send(range);',
      'for (const range of missing.slice(0, 1)) await send(range);',
      'only the first piece that is missing of a part is sent',
    ],
    [
      "return (await exists(received)) ? { status: 201 } : 'send again';",
      "await exists(received);\n  return 'send again';",
      'an INITIALIZE that took effect is repeated',
    ],
    ["if (id === '') return", "if (id === '?') return", 'a batch without an id is adopted'],
  ),
  ...inFile(
    'src/resources/wait.ts',
    ['wait', 'time'],
    [
      'if (failures === 0) interval = nextInterval(interval, least, clock);',
      'interval = nextInterval(interval, least, clock);',
      'failed polls make the time between polls grow',
    ],
    ['new Set([408, 425, 429])', 'new Set([408, 429])', 'a 425 ends a wait'],
    [
      "error instanceof NotFoundError && error.operation === 'getBatch'",
      'error instanceof NotFoundError',
      'a 404 of the token service counts as a lag of the Catalog',
    ],
    [
      'outage.report(Math.min(left, delayMs));',
      'outage.report(delayMs);',
      'the next poll is announced for after the deadline',
    ],
    ['  error.batchId = batchId;\n', '', 'the error of a wait does not name its batch'],
  ),
  ...inFile(
    'src/resources/outage.ts',
    ['wait', 'time'],
    ['    this.#current.error = error;\n', '', 'the warning of an outage has its first failure'],
    ['    this.#isReported = false;\n', '', 'a second outage is not warned of'],
    ['LASTING_POLLS = 3', 'LASTING_POLLS = 2', 'two failed polls are an outage'],
  ),
  ...inFile(
    'src/resources/wait-warnings.ts',
    ['wait', 'ends'],
    ['    this.#reported.add(status);\n', '', 'a status is warned of at every poll'],
    ['LOADING_POLLS = 2', 'LOADING_POLLS = 1', 'a batch is warned of at its first poll'],
    [
      "const isLoading = status === 'loading' && this",
      'const isLoading = this',
      'a batch that is being processed was not completed',
    ],
    [
      '    const sinceMs = this.#clock.monotonicNow() - startedMs;\n    const warning',
      '    const sinceMs = 0;\n    const warning',
      'a warning does not say since when',
    ],
  ),
  ...inFile(
    'src/resources/catalog.ts',
    ['resources', 'hostile-catalog', 'datasets'],
    [", 'completed'),", '),', 'the time of completion is as it came'],
    ["normalizeCount, 'recordCount',", 'normalizeCount,', 'the count of rows is as it came'],
    ["[{ code: '', description: error }]", '[]', 'an error of words alone is dropped'],
    ["  ['replay', normalizeWith(normalizeReplay)],\n", '', 'what a batch replaces is as it came'],
    [
      "put(error, 'rows', toTexts(error['rows']))",
      "delete error['rows']",
      'the rows of an error are dropped',
    ],
  ),
  ...inFile(
    'src/resources/pages.ts',
    ['resources'],
    ['isName(linked) ? linked : name', 'linked ?? name', 'a link with an empty path names a file'],
    [
      'isFile(entry) || (isDataSetFile(entry) && isId(entry.dataSetFileId))',
      'isFile(entry) || isDataSetFile(entry)',
      'an id that no path can hold is asked for',
    ],
  ),
  ...inFile(
    'src/resources/json-lines.ts',
    ['resources', 'row-report'],
    [
      'if (!isProven && last === 0) cut',
      'if (false) cut',
      'an empty report that may have ended early is complete',
    ],
    [
      '    if (!isProven) cut = new',
      '    if (false) cut = new',
      'a last line that may be cut off is read',
    ],
    [
      'yield report(values.end(), onUnreadable);',
      '',
      'a value that is not complete at the end is passed over',
    ],
    [
      'if (bytes === undefined) yield* report(values.skip(number, TOO_LONG), onUnreadable);\n      else yield*',
      'if (bytes !== undefined) yield*',
      'a line that is too long is passed over',
    ],
  ),
  ...inFile(
    'src/resources/row-error.ts',
    ['row-report', 'resources'],
    [
      'code: toText(code) ?? step,',
      "code: toText(code) ?? '',",
      'the step that rejected a row is not its code',
    ],
    ['if (causes.length > 0) return causes;', '', 'a violation hides its causes'],
    [
      'if (isRejectedMessage(row))',
      'if (false)',
      'a message that was rejected as a whole is a row',
    ],
    [
      'if (isFlat || Object.hasOwn(row, column)) return',
      'if (isFlat) return',
      'a column with dots in its name is a path',
    ],
    [
      "if (column.startsWith('#/')) return column.slice(1);",
      '',
      'the hash of a pointer is a part of a name',
    ],
  ),
  ...inFile(
    'src/resources/codes.ts',
    ['codes'],
    [
      'sum.recordCount = (sum.recordCount ?? 0) + recordCount',
      'sum.recordCount = recordCount',
      'the rows of a code are those of its last error',
    ],
    [
      "status.startsWith('5') ? INTERNAL : info",
      'false ? INTERNAL : info',
      'a failure of the platform is one of the data',
    ],
    ['CODES.get(withoutStatus(code)) ?? ', '', 'a code with a status is not explained'],
    [
      'if (known !== undefined) return known;\n  const inText',
      'const inText',
      'a code in the text hides the known one',
    ],
  ),
  ...inFile(
    'src/resources/dataset-calls.ts',
    ['datasets'],
    [
      'isFields(entry) && missing.delete(id)',
      'isFields(entry)',
      'last batches that were not asked for are returned',
    ],
  ),
  ...inFile(
    'src/upload/parts.ts',
    ['upload-parts', 'sent-parts', 'ingest/started-again', 'ingest/streams'],
    [
      'if (!incomplete.isGone || !wasOpen) throw',
      'if (!incomplete.isGone) throw',
      'a file that was gone before its COMPLETE counts as complete',
    ],
    [
      '        tasks.push(task.finally(() => part.release?.()));',
      '        tasks.push(task);',
      'the buffers of parts are never given back',
    ],
  ),
  ...inFile(
    'src/upload/upload-files.ts',
    ['upload-files'],
    ['      await file.cleanup?.();\n', '', 'what was made for a file is left behind'],
  ),
];
