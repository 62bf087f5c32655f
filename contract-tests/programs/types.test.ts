import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';
import { compile, compileStatements } from '../support/compile.js';
import * as parameters from '../support/wrong-parameters.js';
import * as requests from '../support/wrong-requests.js';

const PREAMBLE = `
import type { Batch, BatchClient, BatchPreview, ByteRange, CompletedFile, CreatedBatch, DataSetFile,
  Download, FailedRow, FilePart, RemoteFile, RowError } from '../../src/index.js';
declare const { batches, files, diagnostics, raw }: BatchClient;
declare const id: string;
declare const at: { batchId: string; datasetId: string; path: string };
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_ extends true>(): void {}
type Result<F extends (...args: never[]) => unknown> = Awaited<ReturnType<F>>;
type Item<F extends (...args: never[]) => unknown> =
  ReturnType<F> extends AsyncGenerator<infer T> ? T : never;
`;
const splitLines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Valid statements about what each method accepts and returns. */
const VALID = splitLines(`
  holds<Same<Result<typeof batches.create>, CreatedBatch>>();
  holds<Same<Result<typeof batches.get>, Batch>>();
  holds<Same<Item<typeof batches.list>, Batch>>();
  holds<Same<Item<typeof batches.files>, DataSetFile>>();
  holds<Same<Result<typeof batches.preview>, BatchPreview>>();
  holds<Same<Result<typeof batches.complete>, void>>();
  holds<Same<Result<typeof batches.abort>, void>>();
  holds<Same<Result<typeof batches.fail>, void>>();
  holds<Same<Result<typeof batches.revert>, void>>();
  holds<Same<Result<typeof files.put>, void>>();
  holds<Same<Result<typeof files.initialize>, void>>();
  holds<Same<Result<typeof files.uploadPart>, void>>();
  holds<Same<Result<typeof files.receivedRanges>, ByteRange[] | undefined>>();
  holds<Same<Result<typeof files.complete>, CompletedFile | undefined>>();
  holds<Same<Item<typeof files.parts>, FilePart>>();
  holds<Same<Result<typeof files.download>, Download>>();
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

/** Statements that must not compile, and a word that the error must contain. */
const INVALID: [statement: string, names: string][] = [
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
const findErrors = (statements: readonly string[]) => {
  const program = [PREAMBLE, ...statements.map((text) => `{ ${text} }`), 'export {};'].join('\n');
  const errors = compile(program, { noUnusedLocals: false });
  return statements.map((_, index) =>
    errors
      .filter(({ line }) => line === START + index)
      .map(({ message }) => message)
      .join(' '),
  );
};

test('every method accepts and returns the documented types', () => {
  const errors = findErrors(VALID);
  expect(
    VALID.flatMap((line, index) => (errors[index] ? [`${line} ${errors[index]}`] : [])),
  ).toEqual([]);
});

test('the values of enums and the fields of requests are those of the sources', () => {
  const facts = readFileSync(new URL('../facts/types.ts', import.meta.url), 'utf8');
  expect(compile(facts)).toEqual([]);
  expect(compile(facts.replace("'parquet'", "'orc'"))).toHaveLength(1);
});

test('an invalid statement does not compile, and the error names its mistake', () => {
  const errors = findErrors(INVALID.map(([statement]) => statement));
  expect(
    INVALID.flatMap(([line, names], index) =>
      errors[index]?.includes(names) ? [] : [`${line} ${errors[index]}`],
    ),
  ).toEqual([]);
});

/** Bounds are left out: types cannot express them. */
describe('a request that violates the document does not compile', () => {
  const PREAMBLE = `import type { RawMethod } from '../../src/typed-client/types.js'; import type { BatchClient } from '../../src/index.js'; declare const client: BatchClient & { token: { POST: RawMethod<'post', never> } }; declare const bytes: Uint8Array;`;
  /** `raw` has no token request; that has a client of its own with the same types. */
  const call = (method: string, path: string, options: string) =>
    `await client.${path.startsWith('/ims/') ? 'token' : 'raw'}.${method.toUpperCase()}(${JSON.stringify(path)}, { ${options} });`;
  const withBody = (method: string, path: string, body: unknown) =>
    call(method, path, `body: ${JSON.stringify(body)}`);

  test('if a field of its body is missing, unknown, of another type or not in its enum', () => {
    const invalid = requests.wrongRequests.filter(({ rule }) => rule !== 'bound');
    const calls = invalid.map(({ method, path, body }) => withBody(method, path, body));
    const errors = compileStatements(PREAMBLE, calls);

    expect(
      invalid.filter((_, index) => errors[index] === undefined).map(requests.formatTitle),
    ).toEqual([]);
  });

  test('if a parameter is missing, of another type or not in its enum', () => {
    const invalid = parameters.wrongParameters.filter(({ rule }) => rule !== 'bound');
    const calls = invalid.map(({ method, path, params, isBinary }) =>
      call(method, path, `params: ${JSON.stringify(params)}${isBinary ? ', body: bytes' : ''}`),
    );
    const errors = compileStatements(PREAMBLE, calls);

    expect(
      invalid.filter((_, index) => errors[index] === undefined).map(parameters.formatTitle),
    ).toEqual([]);
  });

  test('while every request example of the document compiles', () => {
    const right = listOperations(document).flatMap(({ method, path, operation }) => {
      const body = operation['requestBody'] as Json | undefined;
      const json = (body?.['content'] as Record<string, Json> | undefined)?.['application/json'];
      const examples = Object.values((json?.['examples'] ?? {}) as Json);
      return examples.map((entry) => withBody(method, path, dereference(document, entry)['value']));
    });

    expect(right.length).toBeGreaterThan(0);
    expect(compileStatements(PREAMBLE, right).filter((error) => error !== undefined)).toEqual([]);
  });
});
