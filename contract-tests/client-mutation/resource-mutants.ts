/** Faults of the methods: ids, queries, pages, waits, recovery. */
import { inFile, type Mutant } from './mutant.js';

const BATCHES = ['resources', 'lost-responses', 'ends'];

export const resourceMutants: readonly Mutant[] = [
  ...inFile(
    'src/typed-client/serialize.ts',
    ['build-request', 'bytes', 'resources', 'raw', 'token-service'],
    [
      'return JSON.stringify(value);',
      'return JSON.stringify(value, (_, one) => (Array.isArray(one) ? one.slice(1) : one));',
      'the first element of a list in a body is not sent',
    ],
    [
      'return JSON.stringify(value);',
      'return JSON.stringify(value, (_, one) => one || undefined);',
      'a field of a body that is false or empty is not sent',
    ],
    [
      "return encodeURIComponent(name === 'schemaId' ? checkUri(name, value) : checkId(name, value));",
      "return name === 'schemaId' ? encodeURIComponent(checkUri(name, value)) : checkId(name, value);",
      'ids are not percent-encoded',
    ],
    [
      "if (name === 'filePath') return encodeFilePath(value);",
      "if (name === 'filePath') return encodeURIComponent(String(value));",
      'the slashes of a path are encoded',
    ],
  ),
  ...inFile(
    'src/typed-client/client.ts',
    ['raw', 'resources'],
    [
      'this.#send(method, path, true, init, policy)',
      'this.#send(method, path, false, init, policy)',
      'requests are not held against the document',
    ],
    [
      'if (!result.response.ok) throw this.toApiError(result);',
      '',
      'an error response counts as a success',
    ],
    ["isStreamed: parseAs === 'stream',", 'isStreamed: false,', 'downloads are read as a whole'],
  ),
  ...inFile(
    'src/typed-client/token.ts',
    ['credentials', 'token-service'],
    [
      "grant_type: 'client_credentials'",
      "grant_type: 'client_credentials ' as never",
      'the grant type is a wrong one',
    ],
    [
      'scope: String(credentials.scopes)',
      "scope: String(credentials.scopes).replaceAll(',', ' ')",
      'scopes are separated by blanks',
    ],
    ['policy: { idempotent: true }', 'policy: {}', 'a lost token response is not tried again'],
  ),
  ...inFile('src/resources/recover-create.ts', BATCHES, [
    'if (found === undefined)',
    'if (found !== undefined)',
    'a batch that exists is created once more',
  ]),
  ...inFile(
    'src/resources/recovery.ts',
    BATCHES,
    [
      "return status === 'loading' ? undefined :",
      'return id !== undefined ? undefined :',
      'a batch that is completed is adopted',
    ],
    [
      'if (!isSameDataset) return',
      "if (!isSameDataset && id === '?') return",
      'a batch of another dataset is adopted',
    ],
    [
      "if (ranges === undefined) return 'send again';",
      'if (ranges === undefined) return { status: 200 };',
      'a part of which nothing is known counts as arrived',
    ],
    [
      'for (const range of missing) await send(range);',
      '',
      'what is missing of a part is not sent',
    ],
    [
      "(await exists(received)) ? { status: 201 } : 'send again'",
      '{ status: 201 }',
      'an INITIALIZE that was lost counts as done',
    ],
    [
      "return (await isDone()) ? { status: 200 } : 'send again';",
      'return { status: 200 };',
      'an action that was lost counts as done',
    ],
  ),
  ...inFile(
    'src/resources/find-batch.ts',
    BATCHES,
    ["orderBy: 'desc:created'", "orderBy: 'asc:created'", 'the oldest batches are looked through'],
    [
      'batch.externalId === externalId && (owner',
      '(owner',
      'any batch is taken for the one that is looked for',
    ],
    ['LOOKUP_ATTEMPTS = 3', 'LOOKUP_ATTEMPTS = 1', 'the Catalog is asked once'],
  ),
  ...inFile(
    'src/resources/batch-calls.ts',
    BATCHES,
    ['{ idempotent: true }', '{}', 'a lost COMPLETE is not tried again'],
    [
      "ABORT: ['aborted']",
      "ABORT: ['aborted', 'loading']",
      'a batch that is loading counts as aborted',
    ],
    [
      'const query = { ...rest, orderBy, limit, start };',
      'const query = { ...rest, orderBy, limit };',
      'every page of batches is the first',
    ],
    [
      'const query = { ...rest, orderBy, limit, start };',
      'const query = { orderBy, limit, start };',
      'the filter of a list is lost',
    ],
    [
      '(isLookedUp || isRepeated || isRejected) && !response.ok',
      '(isLookedUp || isRepeated) && !response.ok',
      'an action that is done already fails',
    ],
    [
      'query: { start: 0, ...query }',
      'query: { ...query, start: 0 }',
      'every page of files is the first',
    ],
  ),
  ...inFile(
    'src/resources/batches.ts',
    BATCHES,
    [
      'POST(CREATE, { ...options, body }',
      "POST(CREATE, { ...options, body: { inputFormat: { format: 'parquet' }, ...body } }",
      'a batch is created with a format that nobody asked for',
    ],
    [
      'throw new UnknownOutcomeError(NO_EXTERNAL_ID);',
      "return 'send again';",
      'a batch without an externalId is created twice',
    ],
    [
      'if (isId(batch.id)) return',
      'if (true) return',
      'a batch with an id that cannot be used is returned',
    ],
  ),
  ...inFile(
    'src/resources/pages.ts',
    BATCHES,
    ['return start + data.length;', 'return start + PAGE_LIMIT;', 'short pages lose entries'],
    [
      'const fresh = page.data.filter((entry) => !seen.has(entryKey(entry)));',
      'const fresh = page.data;',
      'entries come twice',
    ],
    [
      'if (isName(linked)) return parseInteger(linked) ?? linked;',
      '',
      'links to the next page are ignored',
    ],
    [
      'path: isName(linked) ? linked : name',
      'path: name',
      'a file is asked for without its folder',
    ],
  ),
  ...inFile(
    'src/resources/catalog-pages.ts',
    [...BATCHES, 'datasets'],
    ['start += page.length;', 'start += limit;', 'a short page of the Catalog loses entries'],
    ['start += page.length;', 'start += fresh.length;', 'a page of the Catalog is read twice'],
  ),
  ...inFile(
    'src/resources/wait.ts',
    ['wait', 'time'],
    [
      'MAX_MISSES = 5',
      'MAX_MISSES = 0',
      'a batch that the Catalog does not list yet does not exist',
    ],
    [
      'misses = 0;\n      outage.end();',
      'outage.end();',
      'misses that are not in a row are counted',
    ],
    ['new Set([408, 425, 429])', 'new Set([408, 425])', '429 ends a wait'],
    ['retryAfterMs * (1 + JITTER * chance)', 'retryAfterMs * 0', 'a wait ignores Retry-After'],
    [
      "if (left <= 0 && seen !== undefined) return toResult('timed-out', seen);",
      '',
      'the end of the time is an error',
    ],
    [
      'if (batch.status !== seen?.status) notify(onStatus, batch);',
      'notify(onStatus, batch);',
      'onStatus is called for every poll',
    ],
  ),
  ...inFile(
    'src/resources/ranges.ts',
    ['part-ranges', ...BATCHES],
    ['end - 1}$', 'end}$', 'the end of a part is one byte too far'],
    ["end === undefined ? '' : end - 1", "end ?? ''", 'a download asks for one byte too many'],
    [
      'end: Number(match?.[2]) + 1',
      'end: Number(match?.[2])',
      'received ranges lack their last byte',
    ],
    [
      'if (at < wanted.end) missing.push',
      'if (false) missing.push',
      'the end of a part is never missing',
    ],
  ),
  ...inFile(
    'src/resources/downloads.ts',
    ['resources', 'bytes'],
    ["'application/octet-stream, */*;q=0.1'", "'application/json'", 'a download asks for JSON'],
    [
      'params: { path: { dataSetFileId }, query: { path: name }, header }',
      'params: { path: { dataSetFileId }, query: { path: name } }',
      'a download of a range is one of the whole',
    ],
  ),
  ...inFile(
    'src/resources/schema-calls.ts',
    ['schemas'],
    ['{version}`', '{1}`', 'the major version of a schema is ignored'],
    ["'application/vnd.adobe.xdm+json'", "'application/json'", 'descriptors are asked for as JSON'],
    ['{ ...query, start }', 'query', 'every page of descriptors is the first'],
  ),
  ...inFile(
    'src/resources/upload-calls.ts',
    BATCHES,
    [
      "const header = { 'Content-Range': contentRange(range, totalBytes) };",
      "const header = { 'Content-Range': contentRange({ start: 0, end: body.size }, totalBytes) };",
      'every part is the first',
    ],
    [
      'const params = { path: toPathParams(address), query: { action } };',
      "const params = { path: toPathParams(address), query: { action: 'COMPLETE' as const } };",
      'INITIALIZE completes',
    ],
  ),
];
