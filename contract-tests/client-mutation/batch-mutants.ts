/** Faults of batches at their edges: statuses, lookups, recovery, actions. */
import { inFile, type Mutant } from './mutant.js';

const BATCHES = ['lost-responses', 'lost-lookups', 'wait', 'ends', 'resources', 'ingest/owner'];

export const batchMutants: readonly Mutant[] = [
  ...inFile(
    'src/resources/batch-calls.ts',
    BATCHES,
    [
      "FAIL: ['failed', 'failure']",
      "FAIL: ['failed']",
      'a batch marked failure counts as not failed',
    ],
    [
      "REVERT: ['inactive', 'deleted']",
      "REVERT: ['deleted']",
      'a batch that is inactive counts as not reverted',
    ],
    [
      "REVERT: ['inactive', 'deleted']",
      "REVERT: ['inactive']",
      'a batch that is deleted counts as not reverted',
    ],
    [
      'new Set([400, 403, 404, 409, 412, 422, 428])',
      'new Set([403, 404, 409, 412, 422, 428])',
      'a repeated COMPLETE that is rejected with 400 fails',
    ],
    [
      'new Set([400, 403, 404, 409, 412, 422, 428])',
      'new Set([400, 403, 404, 409, 412, 422])',
      'a repeated COMPLETE that is rejected with 428 fails',
    ],
    [
      "if (isDone && (action !== 'COMPLETE' || isLookedUpBefore || isRepeated)) return;",
      'if (isDone) return;',
      'COMPLETE of a batch that has ended succeeds',
    ],
    [
      'sizeBytes: parseInteger(size),',
      'sizeBytes: size as unknown as number,',
      'the size of a file of a batch is a text',
    ],
    [
      'records: parseInteger(records),',
      'records: parseInteger(size),',
      'a file of a batch has its size for its records',
    ],
    [
      'created: parseInteger(created),',
      'created: parseInteger(updated),',
      'a file of a batch was created when it was updated',
    ],
    [
      'const isDone = await recheck',
      'const isDone = recheck',
      'an action counts as done before its batch was read',
    ],
    [
      'priorAttemptAmbiguous && REPEATED',
      'priorAttemptAmbiguous || REPEATED',
      'a first action that is rejected may have taken effect',
    ],
    [
      'priorAttemptAmbiguous && REPEATED.has(response.status)',
      'priorAttemptAmbiguous',
      'any response to a repeated action may mean that it took effect',
    ],
    [
      'const isRejected = response.status === 428;',
      'const isRejected = response.status === 409;',
      'a 409 is taken for a status that does not allow the action',
    ],
    [
      'const params = { path: { batchId }, query: { action } };',
      "const params = { path: { batchId }, query: { action: action === 'FAIL' ? ('ABORT' as const) : action } };",
      'FAIL aborts',
    ],
    [
      'if (isRejected && seen !== undefined) {',
      'if (false) {',
      'a status that does not allow the action is not named',
    ],
    [
      'const { pageSize: limit, orderBy, ...rest }',
      'const { pageSize: limit, orderBy: _, ...rest }',
      'the order of a list is ignored',
    ],
  ),
  ...inFile(
    'src/resources/batches.ts',
    [...BATCHES, 'options'],
    [
      'if (isLookedUp && findable !== undefined && !result.response.ok)',
      'if (false)',
      'a batch that the Catalog lists late is not adopted after its second creation was rejected',
    ],
    [
      "if ('partialIngestionPercentage' in body) {",
      'if (false) {',
      'the older spelling of an option is sent',
    ],
    [
      "if (typeof datasetId === 'string') checkId('datasetId', datasetId);",
      '',
      'a dataset whose id no path can hold is sent',
    ],
    [
      "this.#performAction(batchId, 'REVERT', options)",
      "this.#performAction(batchId, 'ABORT', options)",
      'revert aborts',
    ],
    [
      'batchId}`, options.signal)',
      'batchId}`)',
      'an abort does not end the time between two polls',
    ],
    [
      'isLookedUp = true;\n      const {',
      'const {',
      'a creation that was looked up is not looked up again',
    ],
    [
      'const hint = ambiguityHint(attemptInfo(result.response));',
      'const hint = undefined;',
      'a batch without an id is not an unknown outcome',
    ],
  ),
  ...inFile(
    'src/resources/recover-create.ts',
    BATCHES,
    [
      'return found && assertAdoptable(found, request);',
      'return found as CreatedBatch | undefined;',
      'a batch that is found late is adopted whatever its dataset',
    ],
    [
      '{ ...options, attempts: LOOKUP_ATTEMPTS }',
      '{ attempts: LOOKUP_ATTEMPTS }',
      'a lookup has not the options of its call',
    ],
  ),
  ...inFile('src/resources/recovery.ts', BATCHES, [
    'if (cause instanceof AbortError) throw cause;',
    '',
    'an abort during a late lookup is hidden by the response before it',
  ]),
  ...inFile(
    'src/resources/find-batch.ts',
    BATCHES,
    [
      '(owner === undefined || readOwner(batch) === owner)',
      'true',
      'the batch of another ingest is looked up',
    ],
    [
      'if (found !== undefined || attempt >= attempts) return found;',
      'if (found !== undefined || attempt > attempts) return found;',
      'the Catalog is asked once too often',
    ],
    ['await pause(LOOKUP_INTERVAL_MS);', 'await pause(0);', 'there is no time between two lookups'],
    [
      "'the lookup in the Catalog', options.signal)",
      "'the lookup in the Catalog')",
      'an abort does not end the time between two lookups',
    ],
    [
      '{ ...options, params: { query } }',
      '{ params: { query } }',
      'a lookup has not the options of its call',
    ],
    ['LOOKUP_LIMIT = 10', 'LOOKUP_LIMIT = 1', 'a filter that lets others through finds none'],
  ),
  ...inFile(
    'src/resources/recovery.ts',
    BATCHES,
    ['    error.cause = cause;\n', '', 'why a batch could not be read is not the cause'],
    ['readOwner(batch) !== readOwner(request)', 'false', 'the batch of another ingest is adopted'],
    [
      "datasets = related.filter((object) => object?.type === 'dataSet')",
      'datasets = related',
      'any object of a batch is taken for its dataset',
    ],
    [
      'first?.start === part.start && first.end === part.end',
      'false',
      'a part of which nothing has arrived is sent as a piece of itself',
    ],
    [
      'first?.start === part.start && first.end === part.end',
      'first?.start === part.start',
      'a part whose beginning is missing is sent as a whole',
    ],
    [
      'if (error instanceof NotFoundError) return false;\n    throw error;',
      'return false;',
      'a lookup that failed says that there is no file',
    ],
    [
      "if (await exists(received)) return 'send again';",
      "if (!(await exists(received))) return 'send again';",
      'a COMPLETE of a file that is gone is repeated',
    ],
    [
      "if (await exists(received)) return 'send again';",
      "await received(); return 'send again';",
      'a lost COMPLETE fails with a missing file',
    ],
  ),
  ...inFile('src/resources/recover-create.ts', BATCHES, [
    '{ status: 201, body: assertAdoptable(found, request) }',
    '{ status: 201, body: found }',
    'any batch with the externalId is adopted',
  ]),
  ...inFile(
    'src/resources/rejected-action.ts',
    ['rejected-actions', 'lost-responses', 'resources'],
    [
      "end === undefined || end === 'stalled'",
      'end === undefined',
      'a batch that is stalled has ended',
    ],
    [
      "if (end === 'loaded')\n",
      "if (end !== 'loaded')\n",
      'what to do with a loaded batch is said of others',
    ],
    ['if (!isListed(status)) return', 'if (false) return', 'an unknown status is explained'],
  ),
];
