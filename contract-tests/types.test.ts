import { describe, expect, test } from '@jest/globals';
import { follow, type Json, operationsOf } from '../scripts/document.js';
import { document } from './support/bundled.js';
import { compile, errorsOf } from './support/compile.js';
import * as parameters from './support/wrong-parameters.js';
import * as requests from './support/wrong-requests.js';

const PREAMBLE = `
import type { Batch, BatchClient, BatchPreview, ByteRange, CompletedFile, CreatedBatch, DataSetFile,
  Download, FailedRow, RemoteFile, RowError } from '../../src/index.js';
declare const { batches, files, diagnostics, raw }: BatchClient;
declare const id: string;
declare const at: { batchId: string; datasetId: string; path: string };
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_ extends true>(): void {}
type Answer<F extends (...args: never[]) => unknown> = Awaited<ReturnType<F>>;
type Item<F extends (...args: never[]) => unknown> =
  ReturnType<F> extends AsyncGenerator<infer T> ? T : never;
`;
const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What each method takes and gives. */
const RIGHT = lines(`
  holds<Same<Answer<typeof batches.create>, CreatedBatch>>();
  holds<Same<Answer<typeof batches.get>, Batch>>();
  holds<Same<Item<typeof batches.list>, Batch>>();
  holds<Same<Item<typeof batches.files>, DataSetFile>>();
  holds<Same<Answer<typeof batches.preview>, BatchPreview>>();
  holds<Same<Answer<typeof batches.complete>, void>>();
  holds<Same<Answer<typeof batches.abort>, void>>();
  holds<Same<Answer<typeof batches.fail>, void>>();
  holds<Same<Answer<typeof batches.revert>, void>>();
  holds<Same<Answer<typeof files.put>, void>>();
  holds<Same<Answer<typeof files.initialize>, void>>();
  holds<Same<Answer<typeof files.uploadPart>, void>>();
  holds<Same<Answer<typeof files.receivedRanges>, ByteRange[] | undefined>>();
  holds<Same<Answer<typeof files.complete>, CompletedFile | undefined>>();
  holds<Same<Item<typeof files.parts>, RemoteFile & { dataSetFileId: string }>>();
  holds<Same<Answer<typeof files.download>, Download>>();
  holds<Same<Item<typeof diagnostics.rowErrors>, RowError>>();
  holds<Same<Item<typeof diagnostics.inputFiles>, string>>();
  holds<Same<Item<typeof diagnostics.failedFiles>, RemoteFile>>();
  holds<Same<Item<typeof diagnostics.failedRows>, FailedRow>>();
  const batchId: string = (await batches.get('b')).id;
  const created: number | undefined = (await batches.get('b')).created;
  if ((await batches.get('b')).status === 'a status nobody knows') throw id;
  if ((await batches.create({ datasetId: 'd' })).status === 'a status nobody knows') throw id;
  if ((await raw.GET('/data/foundation/catalog/batches')).data?.['b']?.status === 'new') throw id;
  await batches.create({ datasetId: 'd', inputFormat: { format: 'json', isMultiLineJson: true } });
  await batches.create({ datasetId: 'd', partialIngestionPercent: 5, enableErrorDiagnostics: true });
  await files.put(at, new Uint8Array(), { timeoutMs: 1, maxRetries: 0 });
  await files.put(at, new Blob([]));
  await files.uploadPart(at, { start: 0 }, Buffer.from(''));
  for await (const batch of batches.list({ status: 'success', pageSize: 5 })) batch.id.trim();
  await raw.PUT('/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}', { params: { path: { batchId: 'b', datasetId: 'd', filePath: 'p' } }, body: new Uint8Array() });
`);

/** What must not compile, with what the message has to name. */
const WRONG: [statement: string, names: string][] = [
  ["await batches.create({ datasetId: 'd', datasetID: 'd' });", 'datasetID'],
  ['await batches.create({});', 'datasetId'],
  ['await batches.create({ datasetId: 7 });', 'number'],
  ["await batches.create({ datasetId: 'd', inputFormat: { format: 'xml' } });", 'xml'],
  ["await batches.create({ datasetId: 'd', inputFormat: { isMultiLineJson: true } });", 'format'],
  ["await batches.create({ datasetId: 'd', replay: ['a'] });", 'string[]'],
  ["await batches.create({ datasetId: 'd', tags: { a: 'b' } });", 'string'],
  [
    "await batches.create({ datasetId: 'd', partialIngestionPercentage: 5 });",
    'partialIngestionPercentage',
  ],
  ["await batches.create({ datasetId: 'd', partialIngestionPercent: '5' });", 'string'],
  ["await batches.create({ datasetId: 'd' }, { timeout: 5 });", 'timeout'],
  ["(await batches.get('b'))['5911f88ae2f4bf657c5a8cb5'];", '5911f88ae2f4bf657c5a8cb5'],
  ['batches.list({ dataset: 7 });', 'dataset'],
  ['batches.list({ limit: 5 });', 'limit'],
  ['await batches.preview(at, {});', 'format'],
  ["await files.put(at, 'text');", 'string'],
  ["await files.put({ batchId: 'b', path: 'p' }, new Uint8Array());", 'datasetId'],
  ['await files.uploadPart(at, {}, new Uint8Array());', 'start'],
  ["await raw.POST('/ims/token/v3', {});", '/ims/token/v3'],
  [
    "await raw.POST('/data/foundation/import/batches/{batchId}', { params: { path: { batchId: 'b' }, query: { action: 'complete' } } });",
    'complete',
  ],
  [
    "await raw.POST('/data/foundation/import/batches/{batchId}', { params: { path: { batchId: 'b' } } });",
    'query',
  ],
  [
    "await raw.GET('/data/foundation/catalog/batches', { params: { query: { limit: 'many' } } });",
    'string',
  ],
];

const START = PREAMBLE.split('\n').length;
const ownErrors = (statements: readonly string[]) => {
  const program = [PREAMBLE, ...statements.map((text) => `{ ${text} }`), 'export {};'].join('\n');
  const errors = compile(program, { noUnusedLocals: false });
  return statements.map((_, index) =>
    errors
      .filter(({ line }) => line === START + index)
      .map(({ message }) => message)
      .join(' '),
  );
};

test("each operation's request and answer have the types that a caller works with", () => {
  const errors = ownErrors(RIGHT);
  expect(
    RIGHT.flatMap((line, index) => (errors[index] ? [`${line} ${errors[index]}`] : [])),
  ).toEqual([]);
});

test('what is wrong does not compile, and the message names it', () => {
  const errors = ownErrors(WRONG.map(([statement]) => statement));
  expect(
    WRONG.flatMap(([line, names], index) =>
      errors[index]?.includes(names) ? [] : [`${line} ${errors[index]}`],
    ),
  ).toEqual([]);
});

/** What breaks the document by more than a bound, which no type can tell. */
describe('what breaks the document does not compile', () => {
  const PREAMBLE = `import type { TokenRaw } from '../../src/http/raw.js'; import type { BatchClient } from '../../src/index.js'; declare const client: BatchClient & { token: TokenRaw }; declare const bytes: Uint8Array;`;
  /** The call for a token is not one of `raw`: it has its own, under the same types. */
  const call = (method: string, path: string, options: string) =>
    `await client.${path.startsWith('/ims/') ? 'token' : 'raw'}.${method.toUpperCase()}(${JSON.stringify(path)}, { ${options} });`;
  const withBody = (method: string, path: string, body: unknown) =>
    call(method, path, `body: ${JSON.stringify(body)}`);

  test('a request without a required field, with another type or enum, or a field too many', () => {
    const wrong = requests.wrongRequests.filter(({ rule }) => rule !== 'bound');
    const calls = wrong.map(({ method, path, body }) => withBody(method, path, body));
    const errors = errorsOf(PREAMBLE, calls);

    expect(wrong.filter((_, index) => errors[index] === undefined).map(requests.titleOf)).toEqual(
      [],
    );
  });

  test('a parameter that is missing, of another type or not in its enum', () => {
    const wrong = parameters.wrongParameters.filter(({ rule }) => rule !== 'bound');
    const calls = wrong.map(({ method, path, params, bytes }) =>
      call(method, path, `params: ${JSON.stringify(params)}${bytes ? ', body: bytes' : ''}`),
    );
    const errors = errorsOf(PREAMBLE, calls);

    expect(wrong.filter((_, index) => errors[index] === undefined).map(parameters.titleOf)).toEqual(
      [],
    );
  });

  test('and every request example of the document does', () => {
    const right = operationsOf(document).flatMap(({ method, path, operation }) => {
      const body = operation['requestBody'] as Json | undefined;
      const json = (body?.['content'] as Record<string, Json> | undefined)?.['application/json'];
      const examples = Object.values((json?.['examples'] ?? {}) as Json);
      return examples.map((entry) => withBody(method, path, follow(document, entry)['value']));
    });

    expect(right.length).toBeGreaterThan(0);
    expect(errorsOf(PREAMBLE, right).filter((error) => error !== undefined)).toEqual([]);
  });
});
