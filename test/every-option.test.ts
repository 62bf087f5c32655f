import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type BatchClient,
  type BatchFilter,
  type CallOptions,
  type CheckOptions,
  type ClientOptions,
  checkFiles,
  createBatchClient,
  type DatasetFilter,
  type DatasetRowOptions,
  type DescriptorFilter,
  type IngestOptions,
  type LoadLimits,
  type LoadOptions,
  type LoadResumeOptions,
  type OAuthCredentials,
  OpenFile,
  planLoad,
  type RejectedRowsOptions,
  type ResumeOptions,
  type SchemaQuery,
  type UploadOptions,
  type WaitOptions,
} from '../src/index.js';
import { API_KEY, all, clientFor, TOKEN, thrownBy } from './support/client.js';
import { findFastFolder } from './support/fast-folder.js';
import { useServer } from './support/server.js';

const server = useServer();
let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-options-'));
  file = join(folder, 'rows.jsonl');
  await writeFile(file, '{"a":1}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Values of an option that cannot be used; the type makes each table complete. */
type Wrong<Options> = { readonly [K in keyof Options]-?: readonly unknown[] };

const NO_FUNCTION = [5, 'x', null, {}, true];
const NO_BOOLEAN = ['yes', 'no', 0, 1, null, {}];
const NO_TEXT = [5, null, {}, [], true];
const NO_FILLED_TEXT = ['', ...NO_TEXT];
// biome-ignore lint/suspicious/noTemplateCurlyInString: an id whose template was never filled in
const NO_ID = ['', 'a/b', '..', 'a b', '${batchId}', '\ud800', 5, null, undefined, {}, ['a']];
const NO_NUMBER = ['5', null, Number.NaN, -1, Number.POSITIVE_INFINITY, {}, [5], 5n, true];
const NO_COUNT = [1.5, ...NO_NUMBER];
const NO_TIME = [0, 2 ** 31, ...NO_NUMBER];

const SIGNAL = [{}, null, 5, 'x', new AbortController(), { aborted: false }];
const CALL: Wrong<CallOptions> = {
  signal: SIGNAL,
  timeoutMs: NO_TIME,
  maxRetries: [101, ...NO_COUNT],
  onRetry: NO_FUNCTION,
  beforeSend: NO_FUNCTION,
};
const WAIT: Wrong<WaitOptions> = {
  ...CALL,
  pollIntervalMs: NO_TIME,
  waitTimeoutMs: NO_NUMBER,
  onStatus: NO_FUNCTION,
  onWarning: NO_FUNCTION,
};
const FILES: Wrong<Omit<CheckOptions, 'deep' | 'signal'>> = {
  format: ['JSON', 'xlsx', '', ...NO_TEXT],
  isMultiLineJson: NO_BOOLEAN,
  csv: [null, 5, ';', [], { delimiter: ';', quotes: '"' }, new Map()],
  partialIngestionPercent: [101, 100.01, ...NO_NUMBER],
  include: ['*.json', [''], [5], null, {}, 5],
  exclude: ['*.json', [''], [5], null, {}, 5],
  largeFileThresholdBytes: [256_000_001, ...NO_COUNT],
};
const NO_RATE = [0, 2 ** 53, ...NO_COUNT];
const BYTE_RATES = { maxBytesPerSecond: NO_RATE, maxBytesPerHour: NO_RATE };
const UPLOAD: Wrong<Omit<UploadOptions, 'onPause'>> = {
  ...BYTE_RATES,
  largeFileThresholdBytes: FILES.largeFileThresholdBytes,
  partSizeBytes: [0, 512_000_001, ...NO_COUNT],
  concurrency: [0, 65, ...NO_COUNT],
  sha256: NO_BOOLEAN,
  maxPartRetries: [101, ...NO_COUNT],
  timeoutMs: NO_TIME,
  signal: SIGNAL,
  onProgress: NO_FUNCTION,
};
const RESUME: Wrong<ResumeOptions> = {
  ...BYTE_RATES,
  maxBatchesPerMinute: [60_001, ...NO_RATE],
  wait: NO_BOOLEAN,
  pollIntervalMs: WAIT.pollIntervalMs,
  waitTimeoutMs: WAIT.waitTimeoutMs,
  timeoutMs: NO_TIME,
  maxPartRetries: UPLOAD.maxPartRetries,
  onFailure: ['keep', '', 'Abort', ...NO_TEXT],
  notify: [
    'x',
    'http://hooks.invalid',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    ...NO_FILLED_TEXT,
  ],
  onWarning: NO_FUNCTION,
  onProgress: NO_FUNCTION,
  signal: SIGNAL,
  takeOver: NO_BOOLEAN,
  sources: [5, null, 'x', {}, [5], [null], { path: 'a' }],
};
const NO_SEVERITY = ['warning', 'note', '', true, ...NO_TEXT.slice(0, 4)];
const ROWS: Wrong<DatasetRowOptions> = {
  ...CALL,
  empty: NO_SEVERITY,
  unknown: NO_SEVERITY,
  strict: NO_BOOLEAN,
  identities: NO_BOOLEAN,
  offline: NO_BOOLEAN,
};
const { takeOver: _, sources: __, ...RUN } = RESUME;
const INGEST: Wrong<IngestOptions> = {
  checkRows: ['yes', '', true, 5, null, {}],
  rowRules: [null, 5, 'x', [], { empty: 'no' }, { identities: 1 }, { stict: true }, {}],
  afterSuccess: NO_BOOLEAN,
  skipLoaded: NO_BOOLEAN,
  force: NO_BOOLEAN,
  pack: NO_BOOLEAN,
  packBytes: [0, 100_000_000_001, 5, ...NO_COUNT],
  ...FILES,
  ...UPLOAD,
  ...RUN,
  datasetId: NO_ID,
  externalId: ['a\nb', '\ud800', 'x'.repeat(1501), 'é'.repeat(300), ...NO_FILLED_TEXT],
  replace: ['b1f3', null, 5, {}, new Set(['b1f3']), ['a/b'], [''], [5], [undefined], new Array(1)],
  tags: ['x', null, 5, [], { a: 'x' }, { a: [5] }, { '': ['x'] }, { a: null }, new Map()],
  errorDiagnostics: NO_BOOLEAN,
  takeOver: NO_BOOLEAN,
  journal: ['a\0b', ...NO_FILLED_TEXT],
};
const LIMITS: Wrong<LoadLimits> = {
  maxBatchFiles: [0, 25_001, ...NO_COUNT],
  maxBatchBytes: [0, 2 ** 40 + 1, ...NO_COUNT],
};
const { replace: ___, ...OF_BATCHES } = INGEST;
const LOAD: Wrong<LoadOptions> = {
  ...OF_BATCHES,
  ...LIMITS,
  journal: ['a\0b', undefined, ...NO_FILLED_TEXT],
  batchConcurrency: [0, 17, ...NO_COUNT],
};
const LOAD_RESUME: Wrong<LoadResumeOptions> = {
  ...RESUME,
  batchConcurrency: LOAD.batchConcurrency,
};
const CLIENT: Wrong<ClientOptions> = {
  telemetry: [{ startSpan: () => undefined }, ...NO_FUNCTION],
  orgId: ['a\nb', ' a', 'é', undefined, ...NO_FILLED_TEXT],
  sandbox: ['Prod', 'a\n', undefined, ...NO_FILLED_TEXT],
  apiKey: ['a\nb', ...NO_FILLED_TEXT],
  credentials: ['Bearer x', 'a\nb', {}, { clientId: 'a' }, undefined, ...NO_FILLED_TEXT],
  origin: ['x', 'ftp://a', 'http://a.invalid', 'https://a.invalid/b', ...NO_FILLED_TEXT],
  timeoutMs: CALL.timeoutMs,
  maxRetries: CALL.maxRetries,
  maxRetryAfterMs: NO_NUMBER,
  onRetry: NO_FUNCTION,
  onRequest: NO_FUNCTION,
  onResponse: NO_FUNCTION,
  onDrift: NO_FUNCTION,
  agent: [null, {}, 5, 'x', true, false, () => undefined],
  fetch: NO_FUNCTION,
  clock: [null, {}, 5, () => 0, { now: Date.now }, { now: 5, random: Math.random, sleep: 5 }],
};

type Call = (client: BatchClient, options: never) => unknown;
const address = { batchId: 'b', datasetId: 'd', path: 'p' };
const bytes = Buffer.from('x');

/** Every method that takes the options of a call. */
const CALLS: Record<string, Call> = {
  'batches.create': ({ batches }, options) => batches.create({ datasetId: 'd' }, options),
  'batches.get': ({ batches }, options) => batches.get('b', options),
  'batches.list': ({ batches }, options) => all(batches.list({}, options)),
  'batches.complete': ({ batches }, options) => batches.complete('b', options),
  'batches.abort': ({ batches }, options) => batches.abort('b', options),
  'batches.fail': ({ batches }, options) => batches.fail('b', options),
  'batches.revert': ({ batches }, options) => batches.revert('b', options),
  'batches.preview': ({ batches }, options) =>
    batches.preview(address, { format: 'json' }, options),
  'batches.files': ({ batches }, options) => all(batches.files('b', options)),
  'files.put': ({ files }, options) => files.put(address, bytes, options),
  'files.initialize': ({ files }, options) => files.initialize(address, options),
  'files.uploadPart': ({ files }, options) =>
    files.uploadPart(address, { start: 0 }, bytes, options),
  'files.receivedRanges': ({ files }, options) => files.receivedRanges(address, options),
  'files.complete': ({ files }, options) => files.complete(address, options),
  'files.parts': ({ files }, options) => all(files.parts('f', options)),
  'files.head': ({ files }, options) => files.head('f', 'a', options),
  'files.download': ({ files }, options) => files.download('f', 'a', options),
  'diagnostics.rowErrors': ({ diagnostics }, options) => all(diagnostics.rowErrors('b', options)),
  'diagnostics.inputFiles': ({ diagnostics }, options) => all(diagnostics.inputFiles('b', options)),
  'diagnostics.failedFiles': ({ diagnostics }, options) =>
    all(diagnostics.failedFiles('b', options)),
  'diagnostics.downloadFailed': ({ diagnostics }, options) =>
    diagnostics.downloadFailed('b', 'a', options),
  'datasets.get': ({ datasets }, options) => datasets.get('d', {}, options),
  'datasets.list': ({ datasets }, options) => all(datasets.list({}, options)),
  'datasets.lastBatches': ({ datasets }, options) => datasets.lastBatches(['d'], options),
  'schemas.get': ({ schemas }, options) => schemas.get('_acme.schemas.a', {}, options),
  'schemas.descriptors': ({ schemas }, options) => all(schemas.descriptors({}, options)),
  'diagnostics.failedRows': ({ diagnostics }, options) =>
    all(diagnostics.failedRows('b', 'a', options)),
};

/** The others, with their tables. */
const OTHERS: Record<string, [call: Call, table: Record<string, readonly unknown[]>]> = {
  'batches.wait': [({ batches }, options) => batches.wait('b', options), WAIT],
  'files.upload': [
    ({ files }, options) => files.upload(address, bytes, options),
    { ...UPLOAD, onPause: NO_FUNCTION },
  ],
  ingest: [
    (client, options) => client.ingest(file, { datasetId: 'd', ...(options as object) }),
    INGEST,
  ],
  load: [
    (client, options) =>
      client.load(file, { datasetId: 'd', journal: join(folder, 'j'), ...(options as object) }),
    LOAD,
  ],
  resumeLoad: [(client, options) => client.resumeLoad(join(folder, 'none'), options), LOAD_RESUME],
  planLoad: [(_client, options) => planLoad([], options), LIMITS],
  rowSchema: [({ rowSchema }, options) => rowSchema('d', options), ROWS],
  resume: [(client, options) => client.resume(join(folder, 'none'), options), RESUME],
  rejectedRows: [
    (client, options) => all(client.rejectedRows('b', [], options)),
    {
      signal: SIGNAL,
      onUnproven: NO_FUNCTION,
      onUnreadable: NO_FUNCTION,
      inputFormat: [null, 5, 'csv', []],
    } satisfies Wrong<RejectedRowsOptions>,
  ],
  checkFiles: [
    (_client, options) => checkFiles(file, options),
    { ...FILES, deep: NO_BOOLEAN, signal: SIGNAL } satisfies Wrong<CheckOptions>,
  ],
};

const every = [
  ...Object.entries(CALLS).map(([name, call]) => [name, call, CALL] as const),
  ...Object.entries(OTHERS).map(([name, [call, table]]) => [name, call, table] as const),
];

/** What is thrown, whether at once or later. */
const catchFailure = (act: () => unknown) => thrownBy((async () => act())());

describe('every option that cannot be used is rejected by its name, and nothing is sent', () => {
  test.each(every)('%s', async (name, call, table) => {
    const client = clientFor(server.origin, { maxRetries: 0 });
    for (const [option, values] of Object.entries(table)) {
      for (const value of values) {
        const error = await catchFailure(() => call(client, { [option]: value } as never));
        const shown = `${name} ${option}: ${String(error)}`;
        expect([shown, (error as Error | undefined)?.name]).toEqual([shown, 'InvalidInputError']);
        const { field, message } = error as Error & { field: string };
        expect([shown, field.split(/[.[]/)[0]]).toEqual([shown, option]);
        expect(message).toMatch(/^(?:Invalid|Unknown option) .+\./);
      }
    }
    expect(server.seen).toEqual([]);
  });

  test('createBatchClient', () => {
    const good = { orgId: 'O@AdobeOrg', sandbox: 'prod', apiKey: API_KEY, credentials: TOKEN };
    for (const [option, values] of Object.entries(CLIENT)) {
      for (const value of values) {
        const act = () => createBatchClient({ ...good, [option]: value } as ClientOptions);
        expect(act).toThrow(expect.objectContaining({ name: 'InvalidInputError' }));
        expect(act).toThrow(
          expect.objectContaining({ field: expect.stringMatching(`^${option}`) }),
        );
      }
    }
  });

  test('OAuth credentials', () => {
    const credentials = { clientId: 'id', clientSecret: 'hidden-secret', scopes: ['a'] };
    const wrong: Wrong<OAuthCredentials> = {
      clientId: ['a\nb', undefined, ...NO_FILLED_TEXT],
      clientSecret: ['a\nb', undefined, ...NO_FILLED_TEXT],
      scopes: [undefined, '', [], [''], [5], 5, null, {}],
      origin: ['x', 5, null, 'http://a.invalid'],
    };
    for (const [option, values] of Object.entries({ ...wrong, clientID: ['x'] })) {
      for (const value of values) {
        const given = { ...credentials, [option]: value } as OAuthCredentials;
        const act = () =>
          createBatchClient({ orgId: 'O@AdobeOrg', sandbox: 'prod', credentials: given });
        expect(act).toThrow(expect.objectContaining({ field: `credentials.${option}` }));
      }
    }
  });

  test('the filter of a list', async () => {
    const wrong: Partial<Wrong<BatchFilter>> = {
      pageSize: [0, 101, ...NO_COUNT],
      createdAfter: ['x', 1.5, Number.NaN],
    };
    const client = clientFor(server.origin);
    for (const [option, values] of Object.entries({
      ...wrong,
      limit: [5],
      start: [0],
      sort: ['x'],
    })) {
      for (const value of values) {
        const error = await catchFailure(() => all(client.batches.list({ [option]: value })));
        expect(error).toMatchObject({ name: 'InvalidInputError', field: option });
      }
    }
    expect(server.seen).toEqual([]);
  });

  test('the filter of a list of datasets', async () => {
    const wrong: Wrong<DatasetFilter> = {
      name: NO_FILLED_TEXT,
      tags: NO_FILLED_TEXT,
      property: NO_FILLED_TEXT,
      properties: NO_FILLED_TEXT,
      orderBy: ['', '!', ...NO_TEXT],
      pageSize: [0, 101, ...NO_COUNT],
    };
    const client = clientFor(server.origin);
    for (const [option, values] of Object.entries({ ...wrong, limit: [5], start: [0] })) {
      for (const value of values) {
        const error = await catchFailure(() => all(client.datasets.list({ [option]: value })));
        expect(error).toMatchObject({ name: 'InvalidInputError', field: option });
      }
    }
    expect(server.seen).toEqual([]);
  });
});

test('an option that goes with another one only is checked beside that one, too', async () => {
  const client = clientFor(server.origin);
  const cases: [name: string, beside: object, values: readonly unknown[]][] = [
    ['rowRules', { checkRows: 'all' }, INGEST.rowRules.slice(0, -1)],
    ['rowRules', { checkRows: 'sample' }, [{ strict: 'yes' }, { unknown: 'no' }]],
    [
      'csv',
      { format: 'csv' },
      [
        ...[{ delimiter: '\n' }, { quote: 'ab' }, { escape: 'ab' }, { charset: '' }],
        ...[{ header: 'yes' }, { nullMarker: 5 }, { delimiter: ';', quotes: '"' }],
      ],
    ],
    ['packBytes', { pack: true }, INGEST.packBytes.filter((value) => value !== 5)],
  ];
  for (const [name, beside, values] of cases) {
    for (const value of values) {
      const options = { datasetId: 'd', ...beside, [name]: value } as IngestOptions;
      const error = await catchFailure(() => client.ingest(file, options));
      expect([value, error]).toMatchObject([value, { name: 'InvalidInputError' }]);
      expect((error as { field: string }).field).toMatch(new RegExp(`^${name}`));
    }
  }
  expect(server.seen).toEqual([]);
});

test('the queries of schemas and descriptors', async () => {
  const wrong: [call: Call, table: Record<string, readonly unknown[]>][] = [
    [
      ({ schemas }, query) => schemas.get('_acme.schemas.a', query),
      { version: [0, 1.5, ...NO_NUMBER] } satisfies Wrong<SchemaQuery>,
    ],
    [
      ({ schemas }, query) => all(schemas.descriptors(query)),
      { property: NO_FILLED_TEXT } satisfies Wrong<DescriptorFilter>,
    ],
  ];
  const client = clientFor(server.origin);
  for (const [call, table] of wrong) {
    for (const [option, values] of Object.entries({ ...table, limit: [5], start: ['x'] })) {
      for (const value of values) {
        const error = await catchFailure(() => call(client, { [option]: value } as never));
        expect(error).toMatchObject({ name: 'InvalidInputError', field: option });
      }
    }
  }
  expect(server.seen).toEqual([]);
});

describe('what is no object of options is rejected, and nothing is sent', () => {
  const getter = Object.defineProperty({}, 'signal', {
    enumerable: true,
    get() {
      throw new Error('no');
    },
  });
  const trapped = new Proxy({}, { ownKeys: () => JSON.parse('{') });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const endless: object = new Proxy({}, { getPrototypeOf: (): object => endless });
  const VALUES = [
    ...[null, 5, 'x', true, [], new Map(), Promise.resolve({}), new AbortController().signal],
    ...[getter, trapped, revoked, endless, () => ({}), new Date(0), Symbol('x'), 5n],
  ];
  const names = every.filter(([name]) => name !== 'ingest' && name !== 'load');

  test.each(names)('%s', async (...[, call]) => {
    const client = clientFor(server.origin, { maxRetries: 0 });
    for (const value of VALUES) {
      const error = await catchFailure(() => call(client, value as never));
      expect(error).toMatchObject({ name: 'InvalidInputError' });
      expect((error as { field: string }).field).toMatch(/^(options|signal)$/);
    }
    expect(server.seen).toEqual([]);
  });

  test('ingest and createBatchClient', async () => {
    const client = clientFor(server.origin);
    for (const value of [undefined, ...VALUES]) {
      const calls = [
        () => client.ingest(file, value as never),
        () => createBatchClient(value as never),
      ];
      for (const call of calls) {
        expect(await catchFailure(call)).toMatchObject({ name: 'InvalidInputError' });
      }
    }
    expect(server.seen).toEqual([]);
  });
});

test('an unknown option is rejected with the nearest known one', async () => {
  const client = clientFor(server.origin);
  const cases: [options: object, near: string][] = [
    [{ timeout: 5 }, 'timeoutMs'],
    [{ timeoutMS: 5 }, 'timeoutMs'],
    [{ retries: 5 }, 'maxRetries'],
    [{ maxRetires: 5 }, 'maxRetries'],
    [{ sinal: 5 }, 'signal'],
  ];
  for (const [options, near] of cases) {
    const [name = ''] = Object.keys(options);
    for (const [label, call] of Object.entries(CALLS)) {
      const error = await catchFailure(() => call(client, options as never));
      expect([label, error]).toMatchObject([label, { name: 'InvalidInputError', field: name }]);
      expect(String(error)).toContain(`Unknown option ${name}. Did you mean ${near}?`);
    }
  }
  for (const name of ['parseAs', 'body', 'params', 'headers', 'baseUrl', 'pollIntervalMs']) {
    const error = await catchFailure(() => client.batches.get('b', { [name]: 'x' } as object));
    expect(error).toMatchObject({ name: 'InvalidInputError', field: name });
    expect(String(error)).toContain(
      'Expected one of signal, timeoutMs, maxRetries, onRetry, beforeSend.',
    );
  }
  expect(server.seen).toEqual([]);
});

test('options may be class instances with getters, and each option is read once', async () => {
  let reads = 0;
  class Options {
    get timeoutMs() {
      reads++;
      return 5000;
    }
    describe() {
      return 'not an option';
    }
  }
  server.play({ b: { status: 'success' } }, { b: { status: 'success' } });
  const client = clientFor(server.origin);
  await client.batches.get('b', new Options());
  await client.batches.get('b', Object.create({ maxRetries: 1 }));
  expect(reads).toBe(1);
  const error = await thrownBy(client.batches.get('b', Object.create({ maxRetires: 1 })));
  expect(error).toMatchObject({ name: 'InvalidInputError', field: 'maxRetires' });
});

describe('what a method takes beside options is rejected by its name, and nothing is sent', () => {
  const WRONG_ADDRESS = [undefined, null, 5, 'x', [], {}, { ...address, batchId: '' }];
  const cases: [what: string, field: RegExp, calls: (value: never) => Call[], values: unknown[]][] =
    [
      [
        'an id',
        /^(batchId|dataSetFileId)$/,
        (id) => [
          ({ batches }) => batches.get(id),
          ({ batches }) => batches.complete(id),
          ({ batches }) => batches.abort(id),
          ({ batches }) => batches.fail(id),
          ({ batches }) => batches.revert(id),
          ({ batches }) => batches.wait(id),
          ({ batches }) => all(batches.files(id)),
          ({ files }) => all(files.parts(id)),
          ({ files }) => files.head(id, 'a'),
          ({ files }) => files.download(id, 'a'),
          ({ diagnostics }) => all(diagnostics.rowErrors(id)),
          ({ diagnostics }) => all(diagnostics.inputFiles(id)),
          ({ diagnostics }) => all(diagnostics.failedFiles(id)),
          ({ diagnostics }) => diagnostics.downloadFailed(id, 'a'),
          ({ diagnostics }) => all(diagnostics.failedRows(id, 'a')),
          (client) => all(client.rejectedRows(id)),
        ],
        NO_ID,
      ],
      [
        'an address',
        /^(address|batchId|datasetId|path)$/,
        (where) => [
          ({ files }) => files.put(where, bytes),
          ({ files }) => files.initialize(where),
          ({ files }) => files.uploadPart(where, { start: 0 }, bytes),
          ({ files }) => files.receivedRanges(where),
          ({ files }) => files.complete(where),
          ({ files }) => files.upload(where, bytes),
          ({ batches }) => batches.preview(where, { format: 'json' }),
        ],
        WRONG_ADDRESS,
      ],
      [
        'a path in a batch',
        /^path$/,
        (path) => [
          ({ files }) => files.put({ ...address, path }, bytes),
          ({ files }) => files.upload({ ...address, path }, bytes),
        ],
        ['', '/a', 'a//b', 'a/', '.', 'a/../b', '\ud800', 5, null, undefined],
      ],
      [
        'bytes',
        /^(bytes|source)/,
        (content) => [
          ({ files }) => files.put(address, content),
          ({ files }) => files.uploadPart(address, { start: 0 }, content),
          ({ files }) => files.upload(address, content),
        ],
        [undefined, null, 5, {}, [1], { size: 3 }, { size: Number.NaN, pump() {}, slice() {} }],
      ],
      [
        'a part',
        /^part/,
        (part) => [({ files }) => files.uploadPart(address, part, bytes)],
        [
          undefined,
          null,
          5,
          {},
          { start: -1 },
          { start: '0' },
          { start: 0, total: 5 },
          { start: 0, totalBytes: 0 },
        ],
      ],
      [
        'a range',
        /^range/,
        (range) => [({ files }) => files.download('f', 'a', { range })],
        [null, 5, {}, { start: -1 }, { start: 5, end: 5 }, { start: 0, ends: 5 }, { start: 1.5 }],
      ],
      [
        'a request',
        /^(request|datasetId|datasetID|replay|tags|externalId)/,
        (request) => [({ batches }) => batches.create(request)],
        [
          ...[undefined, null, 5, 'd', [], {}, { datasetId: '' }, { datasetID: 'd' }],
          ...[
            { datasetId: 'd', replay: 'b' },
            { datasetId: 'd', tags: { a: 1n } },
          ],
        ],
      ],
      [
        'sources',
        /^sources/,
        (sources) => [(client) => all(client.rejectedRows('b', sources))],
        [
          null,
          5,
          'x',
          {},
          [null],
          [{}],
          [{ path: 5 }],
          [{ path: 'a', sizeBytes: '5' }],
          [{ path: 'a', localPath: 5 }],
          [{ path: 'a', packed: 5 }],
        ],
      ],
      [
        'a journal',
        /^journal$/,
        (journal) => [(client) => client.resume(journal)],
        [undefined, null, '', 5, {}, 'a\0b'],
      ],
      ['paths', /^paths/, (paths) => [() => checkFiles(paths)], [undefined, null, 5, '', [], [5]]],
      ['a path', /^path$/, (path) => [() => OpenFile.open(path)], [undefined, null, 5, '', 'a\0b']],
    ];
  test.each(cases)('%s', async (_what, field, calls, values) => {
    const client = clientFor(server.origin, { maxRetries: 0 });
    for (const value of values) {
      for (const call of calls(value as never)) {
        const error = await catchFailure(() => call(client, undefined as never));
        const shown = `${call} of ${String(error)}`;
        expect([shown, (error as Error | undefined)?.name]).toEqual([shown, 'InvalidInputError']);
        expect((error as { field: string }).field).toMatch(field);
      }
    }
    expect(server.seen).toEqual([]);
  });

  test('the bounds of a slice', async () => {
    const open = await OpenFile.open(file);
    for (const [start, end] of [
      [-1],
      ['0'],
      [Number.NaN],
      [0, 99],
      [5, 4],
      [0.5],
      [null],
      [0, null],
    ]) {
      expect(() => open.slice(start as number, end as number)).toThrow(
        expect.objectContaining({ name: 'InvalidInputError' }),
      );
    }
    await open.close();
  });
});
