import { describe, expect, test } from '@jest/globals';
import { type Batch, type BatchClient, ParseError } from '../src/index.js';
import { all, clientFor, thrownBy } from './support/client.js';
import { type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const elsewhere = useServer();
const client = (options = {}) => clientFor(server.origin, { maxRetries: 0, ...options });
/** What comes behind the last page of a list. */
const END = { data: [] };
const parseQuery = (call: string | undefined) =>
  Object.fromEntries(new URL(`http://x${call?.split(' ')[1]}`).searchParams);

describe('a batch', () => {
  test('is taken out of the map, with the key as its id', async () => {
    server.play({
      b1: { status: 'success', id: 'something else', metrics: { inputRecordCount: 5 } },
    });
    expect(await client().batches.get('b1')).toEqual({
      id: 'b1',
      status: 'success',
      metrics: { inputRecordCount: 5 },
    });
  });

  test('is found in a map of several, and under a placeholder, which is the id of no batch', async () => {
    server.play(
      { b0: { status: 'failed' }, b1: { status: 'success' } },
      { '{BATCH_ID}': { status: 'staging' } },
    );
    expect(await client().batches.get('b1')).toMatchObject({ id: 'b1', status: 'success' });
    expect(await client().batches.get('b1')).toMatchObject({ id: '{BATCH_ID}', status: 'staging' });
  });

  test.each([
    {},
    { b2: { status: 'failed' }, b3: { status: 'failed' } },
    { b2: { status: 'success' } },
    { B1: { status: 'success' } },
    { '{BATCH_ID}': { status: 'success' }, b3: { status: 'failed' } },
    { b1: null },
    { b1: 'x' },
    { b1: [] },
    { b2: {} },
    { b2: { status: 5 } },
    { error: { code: 'x', message: 'nope' } },
    { errors: { '404': [{ code: 'x' }] } },
    { errors: { status: 'failed' } },
  ])('that is missing from the response %j is an error that says so', async (map) => {
    server.play(map);
    const error = await thrownBy(client().batches.get('b1'));
    expect(error).toMatchObject({ name: 'InvalidResponseError' });
    expect(String(error)).toContain('no batch b1');
  });

  test('in a list and no map is an error that says so', async () => {
    server.play([{ status: 'success' }], []);
    for (const call of [client().batches.get('b1'), all(client().batches.list())]) {
      expect(String(await thrownBy(call))).toContain('not a map of batches');
    }
  });

  test.each([
    ['LOADING', 'loading'],
    ['Success', 'success'],
    ['Teleported', 'Teleported'],
    [' success', ' success'],
  ])('has a known status in lower case, and an unknown one as it is: %j', async (given, status) => {
    server.play({ b1: { status: given } }, { b1: { status: given } }, {});
    expect((await client().batches.get('b1')).status).toBe(status);
    const [first] = await all(client().batches.list());
    expect(first?.status).toBe(status);
  });

  test('may have a status and fields that nobody has heard of', async () => {
    server.play({
      b1: { status: 'teleported', novel: { deep: [1] }, metrics: { failureReason: 'x', m: -1 } },
    });
    const batch: Batch = await client().batches.get('b1');
    expect(batch).toMatchObject({ status: 'teleported', novel: { deep: [1] } });
  });

  test('has its looser values made good: a header as a word, no dates', async () => {
    server.play({
      b1: {
        status: 'success',
        inputFormat: { format: 'csv', header: 'true' },
        availableDates: null,
      },
    });
    expect(await client().batches.get('b1')).toEqual({
      id: 'b1',
      status: 'success',
      inputFormat: { format: 'csv', header: true },
    });
  });

  test.each(['{}', '[]', '"x"', '7', 'null', '{"id":5}', '{"id":""}', '{"error_code":"x"}'])(
    'that was created is never %s',
    async (body) => {
      server.play(respondWith(201, body));
      const error = await thrownBy(client().batches.create({ datasetId: 'd' }));
      expect(error).toMatchObject({ name: 'InvalidResponseError', stateUnknown: true });
    },
  );

  test('whose id no path can hold is rejected when it is created, and the message stays short', async () => {
    server.play(respondWith(201, { id: '/'.repeat(5000) }));
    const error = await thrownBy(client().batches.create({ datasetId: 'd1' }));

    expect(error).toMatchObject({ name: 'InvalidResponseError', stateUnknown: true });
    expect((error as Error).message.length).toBeLessThan(600);
  });

  test('may be described by more than a megabyte', async () => {
    const notes = ['x'.repeat(1_500_000)];
    server.play({ b1: { status: 'success', tags: { notes } } });
    expect((await client().batches.get('b1')).tags).toEqual({ notes });
  });

  test('is created with what JSON makes of the request, which is what is checked', async () => {
    const request = Object.create({ datasetId: 'inherited' });
    expect(await thrownBy(client().batches.create(request))).toMatchObject({ field: 'datasetId' });
    const both = { datasetId: 'd', partialIngestionPercentage: 5 };
    expect(await thrownBy(client().batches.create(both))).toMatchObject({
      field: 'partialIngestionPercentage',
    });
    expect(server.seen).toEqual([]);
  });
});

describe('a list of batches', () => {
  const page = (from: number, to: number) =>
    Object.fromEntries(
      Array.from({ length: to - from }, (_, n) => [`b${from + n}`, { status: 'success' }]),
    );

  test('goes over all pages, with the filter on each', async () => {
    server.play(page(0, 3), page(3, 6), page(6, 7), {});
    const ids = (await all(client().batches.list({ dataSet: 'd1', pageSize: 3 }))).map(
      ({ id }) => id,
    );

    expect(ids).toEqual(['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6']);
    expect(server.seen.map((call) => parseQuery(call))).toEqual(
      ['0', '3', '6', '7'].map((start) => ({
        dataSet: 'd1',
        orderBy: 'desc:created',
        limit: '3',
        start,
      })),
    );
  });

  test('asks for a page only when it is needed', async () => {
    server.play(page(0, 2));
    for await (const { id } of client().batches.list({ pageSize: 2 })) if (id === 'b1') break;
    expect(server.seen).toHaveLength(1);
  });

  test('gives a batch once, even if a new one moves it to the next page', async () => {
    server.play(page(0, 3), page(2, 4), {});
    expect(await all(client().batches.list({ pageSize: 3 }))).toHaveLength(4);
  });

  test('goes on behind a page of which a new batch moved entries that were read before', async () => {
    const entry = { status: 'success' };
    server.play({ b1: entry, b2: entry }, { b2: entry, b3: entry }, { b4: entry }, {});
    const ids = (await all(client().batches.list({ pageSize: 2 }))).map(({ id }) => id);

    expect(ids).toEqual(['b1', 'b2', 'b3', 'b4']);
    expect(server.seen.map((call) => /start=(\d+)/.exec(call)?.[1])).toEqual(['0', '2', '4', '5']);
  });

  test('counts what is no batch, since it takes up a place on its page', async () => {
    server.play({ b0: { status: 'success' }, b1: null }, { b2: null, b3: null }, page(4, 5), {});
    const ids = (await all(client().batches.list({ pageSize: 2 }))).map(({ id }) => id);
    expect(ids).toEqual(['b0', 'b4']);
  });

  test.each([1, 2, 50, 99])('goes on after pages of %d where 100 are asked for', async (size) => {
    const whole = page(0, 500);
    server.respond = (_, response, { call }) => {
      const start = Number(parseQuery(call)['start']);
      const entries = Object.entries(whole).slice(start, start + size);
      response.end(JSON.stringify(Object.fromEntries(entries)));
    };
    let count = 0;
    for await (const _ of client().batches.list()) if (++count === 120) break;
    expect(count).toBe(120);
    expect(server.seen).toHaveLength(Math.ceil(120 / size));
    if (size >= 50) expect(await all(client().batches.list())).toHaveLength(500);
  });

  test('remembers what many entries before has brought: no batch comes twice', async () => {
    server.play(page(0, 50), page(0, 60), page(55, 60), {});
    const ids = (await all(client().batches.list({ pageSize: 50 }))).map(({ id }) => id);

    expect(ids).toEqual(Object.keys(page(0, 60)));
  });

  test('ends after pages that alternate', async () => {
    server.respond = (_, response) =>
      void response.end(JSON.stringify(server.seen.length % 2 === 0 ? page(0, 2) : page(2, 4)));
    expect(await all(client().batches.list({ pageSize: 2 }))).toHaveLength(4);
    expect(server.seen).toHaveLength(3);
  });

  test.each([400, 404, 416])(
    'ends behind a short page where %i says that nothing is',
    async (status) => {
      server.play(page(0, 2), page(2, 3), status);
      expect(await all(client().batches.list({ pageSize: 2 }))).toHaveLength(3);

      server.play(page(0, 2), status);
      expect(await thrownBy(all(client().batches.list({ pageSize: 2 })))).toMatchObject({ status });
    },
  );

  test('is an error where the page behind a short one cannot be read', async () => {
    server.play(page(0, 1), 503);
    expect(await thrownBy(all(client().batches.list()))).toMatchObject({ status: 503 });
  });

  test('ends when a page brings nothing new, if the platform ignores `start`', async () => {
    server.play(page(0, 2), page(0, 2));
    expect(await all(client().batches.list({ pageSize: 2 }))).toHaveLength(2);
  });

  test.each([
    [{ pageSize: 101 }, 'pageSize'],
    [{ pageSize: 0 }, 'pageSize'],
    [{ createdAfter: 1.5 }, 'createdAfter'],
    [{ createdAfter: Number.NaN }, 'createdAfter'],
    [{ dataset: 'd1' }, 'dataset'],
  ])('with the filter %j is rejected, and nothing is sent', async (filter, field) => {
    const error = await thrownBy(all(client().batches.list(filter as object)));
    expect(error).toMatchObject({ name: 'InvalidInputError', field });
    expect(server.seen).toEqual([]);
  });
});

describe('the files of a batch', () => {
  const file = (id: string) => ({
    dataSetFileId: id,
    created: '1521053793635',
    updated: 'xxxx',
    isValid: false,
    _links: { self: { href: `${elsewhere.origin}/data/foundation/export/files/${id}` } },
  });

  test('have numbers where the wire has digits, and nothing where it has neither', async () => {
    server.play(
      { data: [{ ...file('f1'), size: '12', records: '3' }], _page: { limit: 100, count: 1 } },
      END,
    );
    expect(await all(client().batches.files('b1'))).toEqual([
      {
        id: 'f1',
        created: 1521053793635,
        updated: undefined,
        records: 3,
        sizeBytes: 12,
        isValid: false,
      },
    ]);
  });

  test('are followed by their links, on the configured origin only', async () => {
    const next = { href: `${elsewhere.origin}:443/x?start=1&limit=1` };
    server.play(
      { data: [file('f1')], _page: { limit: 1, count: 1 }, _links: { next } },
      { data: [file('f2')], _page: { limit: 100, count: 1 } },
    );
    expect((await all(client().batches.files('b1'))).map(({ id }) => id)).toEqual(['f1', 'f2']);
    expect(parseQuery(server.seen[1])).toEqual({ start: '1', limit: '100' });
    expect(elsewhere.seen).toEqual([]);
  });

  test('go on after a full page without a link, and end in a circle of links', async () => {
    const full = Array.from({ length: 100 }, (_, n) => file(`f${n}`));
    const next = { href: '/x?start=0' };
    server.play(
      { data: full, _page: { limit: 100, count: 100 } },
      { data: [file('last')], _page: { limit: 100, count: 1 }, _links: { next } },
    );
    expect(await all(client().batches.files('b1'))).toHaveLength(101);
  });
});

describe('the parts of a file', () => {
  const part = (name: string) => ({ name, length: '7', _links: { self: { href: 'x' } } });

  test('come in a page, or as a bare list with numbers', async () => {
    server.play({ data: [part('a')], _page: { limit: 100, count: 1 } }, END, [
      { ...part('b'), length: 2576 },
    ]);
    expect(await all(client().files.parts('f1'))).toEqual([
      { name: 'a', sizeBytes: 7, dataSetFileId: 'f1' },
    ]);
    expect(await all(client().files.parts('f1'))).toEqual([
      { name: 'b', sizeBytes: 2576, dataSetFileId: 'f1' },
    ]);
  });

  test('of a folder are those of its files, each once', async () => {
    const entry = (id: string) => ({ dataSetFileId: id, _links: { self: { href: 'x' } } });
    server.play(
      { data: [entry('f2'), entry('f3'), entry('f1')], _page: { limit: 100, count: 3 } },
      END,
      [part('a')],
      [part('b')],
    );
    const parts = await all(client().files.parts('f1'));
    expect(parts.map(({ name, dataSetFileId }) => `${dataSetFileId}/${name}`)).toEqual([
      'f2/a',
      'f3/b',
    ]);
  });

  test('go on with the start that their link names, a file name too', async () => {
    const next = { href: 'https://platform.adobe.io:443/x?start=b.csv&limit=1' };
    server.play(
      { data: [part('a.csv')], _page: { limit: 1, count: 1 }, _links: { next } },
      { data: [part('b.csv')], _page: { limit: 1, count: 1 } },
    );
    expect(await all(client().files.parts('f1'))).toHaveLength(2);
    expect(parseQuery(server.seen[1])['start']).toBe('b.csv');
  });
});

describe.each([
  ['batches.files', ({ batches }: BatchClient) => batches.files('b1')],
  ['diagnostics.failedFiles', ({ diagnostics }: BatchClient) => diagnostics.failedFiles('b1')],
  ['files.parts', ({ files }: BatchClient) => files.parts('f1')],
] as const)('the pages of %s', (list, open) => {
  const entries = () => all<object>(open(client()));
  const entry = (name: string) => ({
    ...(list === 'batches.files' ? { dataSetFileId: name } : { name, length: '1' }),
    _links: { self: { href: `x?path=${name}` } },
  });
  const page = (names: string[], limit = 100, next?: string) => ({
    data: names.map(entry),
    _page: { limit, count: names.length },
    ...(next === undefined ? {} : { _links: { next: { href: `x:443/y?start=${next}&limit=1` } } }),
  });
  const starts = () => server.seen.slice(1).map((call) => parseQuery(call)['start']);

  test('follow a link to a number and to a name, as it is', async () => {
    server.play(page(['a'], 1, '1'), page(['b c+d'], 1, 'b%20c+d'), page(['e']));
    expect(await entries()).toHaveLength(3);
    expect(server.seen[2]).toContain(`start=${encodeURIComponent('b c+d')}`);
    expect(starts()).toEqual(['1', 'b c+d']);
  });

  test('end when a link leads back to where it was: a, b, a', async () => {
    server.play(page(['p'], 1, 'a'), page(['q'], 1, 'b'), page(['r'], 1, 'a'));
    expect(await entries()).toHaveLength(3);
  });

  test('go on after pages that hold less than was asked for', async () => {
    server.play(page(['a', 'b']), page(['c']), page(['d', 'e', 'f']), END);
    expect(await entries()).toHaveLength(6);
    expect(starts()).toEqual(['2', '3', '6']);
  });

  test('end when they alternate', async () => {
    server.play(page(['a', 'b'], 2), page(['c', 'd'], 2), page(['a', 'b'], 2));
    expect(await entries()).toHaveLength(4);
  });

  test.each([400, 404, 416])(
    'end behind a short one where %i says that nothing is',
    async (status) => {
      server.play(page(['a']), status);
      expect(await entries()).toHaveLength(1);
    },
  );

  test('end when one comes twice, if the platform ignores `start`', async () => {
    server.play(page(['p'], 1), page(['p'], 1));
    expect(await entries()).toHaveLength(1);
  });

  test('are full by the limit that the platform keeps to', async () => {
    server.play(page(['a', 'b'], 2), page(['c', 'd'], 2), page(['e'], 2), END);
    expect(await entries()).toHaveLength(5);
    expect(starts()).toEqual(['2', '4', '5']);
  });

  test('go on after a full one without a link, whatever limit it reports', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `f${n}`);
    server.play(page(names, 1000), page(['last'], 0), END);
    expect(await entries()).toHaveLength(101);
    expect(starts()).toEqual(['100', '101']);
  });

  test.each([{ message: 'no page' }, { data: {} }, { data: [7] }, { data: [{ length: '1' }] }])(
    'that are none, as %j, are an error that says so',
    async (responses) => {
      server.play(responses);
      const error = await thrownBy(entries());
      expect(error).toMatchObject({ name: 'InvalidResponseError', status: 200 });
      expect(String(error)).toMatch(/not a list of files|without a name/);
    },
  );

  test.each(['a/b', '..', ''])(
    'of a folder with the id %j, which no path can hold, are an error',
    async (id) => {
      server.play({ data: [{ dataSetFileId: id }] });
      const error = await thrownBy(all(client().files.parts('f1')));

      expect(error).toMatchObject({ name: 'InvalidResponseError' });
      expect(server.seen).toHaveLength(1);
    },
  );

  test('may have entries without links', async () => {
    server.play({ data: [{ ...entry('a'), _links: undefined }] }, END);
    expect(await entries()).toHaveLength(1);
  });
});

describe('a download', () => {
  test('asks for bytes by its own accept, and says what comes', async () => {
    server.play(
      respondWith(200, 'abc', { 'content-length': '3', 'content-type': 'application/parquet' }),
    );
    const { body, ...rest } = await client().files.download('f1', 'a b.parquet');

    expect(await new Response(body).text()).toBe('abc');
    expect(rest).toEqual({
      isProven: true,
      sizeBytes: 3,
      totalBytes: 3,
      range: undefined,
      contentType: 'application/parquet',
    });
    expect(server.requests[0]?.headers.accept).toMatch(/^application\/octet-stream/);
    expect(parseQuery(server.seen[0])).toEqual({ path: 'a b.parquet' });
  });

  test.each([
    ['bytes', true],
    ['Bytes', true],
    ['none', false],
    [undefined, false],
  ])('may be of a range where accept-ranges is %s: %s', async (acceptRanges, acceptsRanges) => {
    const header = acceptRanges === undefined ? {} : { 'accept-ranges': acceptRanges };
    server.play(respondWith(200, '', { 'content-length': '12', ...header }));

    expect(await client().files.head('f1', 'a')).toEqual({
      sizeBytes: 12,
      contentType: undefined,
      acceptsRanges,
    });
  });

  test('of a range asks for it with an inclusive end, and says what came', async () => {
    const headers = { 'content-range': 'bytes 10-19/100', 'content-length': '10' };
    server.play(respondWith(206, '0123456789', headers));
    const { body, range, totalBytes } = await client().files.download('f1', 'a', {
      range: { start: 10, end: 20 },
    });

    expect(server.requests[0]?.headers.range).toBe('bytes=10-19');
    expect([range, totalBytes]).toEqual([{ start: 10, end: 20 }, 100]);
    await body.cancel();
  });

  test('without an end asks for all that follows', async () => {
    server.play(respondWith(206, 'x', { 'content-range': 'bytes 10-10/11' }));
    const { body } = await client().files.download('f1', 'a', { range: { start: 10 } });
    expect(server.requests[0]?.headers.range).toBe('bytes=10-');
    await body.cancel();
  });

  test.each([{ start: -1 }, { start: 5, end: 5 }, { start: 1.5 }])(
    'of the range %j is rejected',
    async (range) => {
      expect(await thrownBy(client().files.download('f1', 'a', { range }))).toMatchObject({
        name: 'InvalidInputError',
      });
      expect(server.seen).toEqual([]);
    },
  );

  test('that is cancelled lets its connection go', async () => {
    const closed = new Promise((resolve) => {
      server.play((request, response) => {
        request.socket.once('close', resolve);
        response.writeHead(200).write('abc');
      });
    });
    const { body } = await client().files.download('f1', 'a');
    await body.cancel();
    await closed;
  });

  test.each(['with a length of 0', 'without a length'])(
    'of an empty file %s is a stream without bytes',
    async (kind) => {
      const headers: Record<string, string> = kind.startsWith('with a')
        ? { 'content-length': '0' }
        : {};
      const empty = respondWith(200, '', headers);
      const list = {
        data: [
          { name: 'a.json', length: '0', _links: { self: { href: 'x?path=row_errors%2Fa.json' } } },
        ],
        _page: { limit: 100, count: 1 },
      };
      server.play(empty, empty, empty, list, empty, END);
      const { files, diagnostics } = client();

      for (const ask of [files.download('f1', '_SUCCESS'), diagnostics.downloadFailed('b1', 'a')]) {
        const { body, sizeBytes } = await ask;
        expect(await new Response(body).text()).toBe('');
        expect(sizeBytes).toBe(headers['content-length'] === undefined ? undefined : 0);
      }
      expect(await all(diagnostics.failedRows('b1', 'a'))).toEqual([]);
      expect(await all(diagnostics.rowErrors('b1'))).toEqual([]);
    },
  );

  test('that breaks off throws while it is read', async () => {
    server.play((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('abc');
      setTimeout(() => response.socket?.resetAndDestroy(), 10);
    });
    const { body } = await client().files.download('f1', 'a');
    expect(await thrownBy(new Response(body).text())).toMatchObject({ name: 'ConnectionError' });
  });
});

/** Ends with the connection: whether it is complete cannot be known. */
const unproven =
  (text: string): Play =>
  (_, response) =>
    void response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-type: x/y\r\n\r\n${text}`);

describe('rejected rows', () => {
  const files = (...names: string[]) => ({
    data: names.map((name) => ({
      name,
      length: '153',
      _links: { self: { href: `https://platform.adobe.io:443/x/meta?path=row_errors%2F${name}` } },
    })),
    _page: { limit: 100, count: names.length },
  });
  const row = (n: number) => ({
    _corrupt_record: `{"n":${n}`,
    _errors: [{ code: '1401', message: 'corrupt' }],
  });

  test('of a file whose response may have ended early are reported with its name', async () => {
    const unproved: string[] = [];
    const options = { onUnproven: (file: string) => void unproved.push(file) };
    const line = `${JSON.stringify(row(1))}\n`;
    server.play(files('a.json', 'b.json'), respondWith(200, line), unproven(line), END);
    expect(await all(client().diagnostics.rowErrors('b1', options))).toHaveLength(2);
    expect(unproved).toEqual(['b.json']);

    server.play(unproven(line), respondWith(200, line));
    expect(await all(client().diagnostics.failedRows('b1', 'c.json', options))).toHaveLength(1);
    expect(await all(client().diagnostics.failedRows('b1', 'd.json', options))).toHaveLength(1);
    expect(unproved).toEqual(['b.json', 'c.json']);
  });

  test('come from every file of the report, asked for by the path of its link', async () => {
    const lines = (...rows: object[]) =>
      respondWith(200, rows.map((one) => JSON.stringify(one)).join('\n'));
    server.play(files('a.json', 'b.json'), lines(row(1), row(2)), lines(row(3)), END);
    const rows = await all(client().diagnostics.rowErrors('b1'));

    expect(
      rows.map(({ _corrupt_record, diagnosticFile }) => [_corrupt_record, diagnosticFile]),
    ).toEqual([
      ['{"n":1', 'a.json'],
      ['{"n":2', 'a.json'],
      ['{"n":3', 'b.json'],
    ]);
    expect(server.seen.map((call) => parseQuery(call)['path'])).toEqual([
      'row_errors',
      'row_errors/a.json',
      'row_errors/b.json',
      'row_errors',
    ]);
  });

  test.each([
    ['row_errors/a+b.json', 'row_errors/a+b.json'],
    ['row_errors%2Fa%2Bb.json', 'row_errors/a+b.json'],
    ['row_errors/a%20b.json', 'row_errors/a b.json'],
    ['row_errors/100%.json', 'row_errors/100%.json'],
    ['row_errors/a=b.json#top', 'row_errors/a=b.json'],
    ['', 'x.json'],
  ])('are asked for by the path of a link as it is: ?path=%s', async (path, asked) => {
    const link = { self: { href: `https://platform.adobe.io:443/x/meta?path=${path}` } };
    server.play(
      { data: [{ name: 'x.json', length: '1', _links: link }] },
      respondWith(200, '{}'),
      END,
    );
    await all(client().diagnostics.rowErrors('b1'));
    expect(parseQuery(server.seen[1])).toEqual({ path: asked });
  });

  test('are read as they come: the first is there before the last was sent', async () => {
    let finish = () => {};
    server.play(
      files('a.json'),
      (_, response) => {
        response
          .writeHead(200)
          .write(`${JSON.stringify(row(1))}\n${JSON.stringify(row(2)).slice(0, 5)}`);
        finish = () => response.end(JSON.stringify(row(2)).slice(5));
      },
      END,
    );
    const rows = client().diagnostics.rowErrors('b1');
    expect((await rows.next()).value).toMatchObject({ _corrupt_record: '{"n":1' });
    finish();
    expect((await rows.next()).value).toMatchObject({ _corrupt_record: '{"n":2' });
    expect((await rows.next()).done).toBe(true);
  });

  test('are cut at line ends, wherever the chunks end: \\r\\n, empty lines, half characters', async () => {
    const text = Buffer.from(`{"_errors":[],"a":"é日"}\r\n\n{"_errors":[],"b":"🙂"}`);
    server.play(
      files('a.json'),
      (_, response) => {
        response.writeHead(200);
        for (const byte of text) response.write(Buffer.from([byte]));
        response.end();
      },
      END,
    );
    const rows = await all(client().diagnostics.rowErrors('b1'));
    expect(rows).toMatchObject([{ a: 'é日' }, { b: '🙂' }]);
  });

  test('a line that is not JSON is an error with its file and number', async () => {
    server.play(files('a.json'), respondWith(200, `${JSON.stringify(row(1))}\nnot json\n`), END);
    const error = await thrownBy(all(client().diagnostics.rowErrors('b1')));
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ file: 'a.json', line: 2 });
  });

  test('in a response that is not a list are an error that says so', async () => {
    server.play(row(1));
    const error = await thrownBy(all(client().diagnostics.rowErrors('b1')));
    expect(String(error)).toContain('not a list of files');
  });

  test('of a batch without any are none', async () => {
    server.play(files());
    expect(await all(client().diagnostics.rowErrors('b1'))).toEqual([]);
  });
});

test('input files are the paths in the lines of their files', async () => {
  const page = {
    data: [
      { name: 'i.json', length: '9', _links: { self: { href: 'x?path=input_files%2Fi.json' } } },
    ],
  };
  server.play(
    { ...page, _page: { limit: 100, count: 1 } },
    respondWith(200, '{"path":"a.json"}\n{"path":"b.json"}\n{"x":1}\nnull\n7'),
    END,
  );
  expect(await all(client().diagnostics.inputFiles('b1'))).toEqual(['a.json', 'b.json']);
});

test('the files of a failed batch are listed, and read line by line', async () => {
  const href = 'https://platform.adobe.io:443/x/failed?path=part-0.json';
  server.play(
    {
      data: [{ name: 'part-0.json', length: '1800', _links: { self: { href } } }],
      _page: { limit: 100, count: 1 },
    },
    END,
    respondWith(200, '{"_validationErrors":[{"message":"no"}],"a":1}\n'),
  );
  const { diagnostics } = client();
  const [file] = await all(diagnostics.failedFiles('b1'));
  expect(file).toEqual({ name: 'part-0.json', sizeBytes: 1800 });
  expect(await all(diagnostics.failedRows('b1', file?.name ?? ''))).toMatchObject([{ a: 1 }]);
});

describe('the ranges that have arrived', () => {
  const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a' };
  test.each([
    ['bytes=0-99', [[0, 100]]],
    ['bytes 0-99', [[0, 100]]],
    ['bytes=0-99/1000', [[0, 100]]],
    [
      'bytes=200-299, 0-99',
      [
        [0, 100],
        [200, 300],
      ],
    ],
    ['bytes=0-0', [[0, 1]]],
  ])('%s', async (range, expected) => {
    server.play(respondWith(200, '', { range }));
    expect(await client().files.receivedRanges(FILE)).toEqual(
      expected.map(([start, end]) => ({ start, end })),
    );
  });

  test.each([undefined, '', 'lines=1-2', 'bytes=a-b', 'bytes=0-9,x'])(
    'are not known from %j',
    async (range) => {
      server.play(respondWith(200, '', range === undefined ? {} : { range }));
      expect(await client().files.receivedRanges(FILE)).toBeUndefined();
    },
  );
});

test('a completed file is returned with what the platform reports, in every published form', async () => {
  const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a' };
  server.play(
    respondWith(201),
    respondWith(200, { name: 'a', sizeInBytes: 5 }),
    respondWith(200, { sizeInBytes: '5' }),
    respondWith(200, { name: '', sizeInBytes: 5 }),
    respondWith(200, { name: 7, sizeInBytes: 5 }),
    respondWith(200, { name: 'a', sizeInBytes: -5 }),
    respondWith(200, 'OK'),
    respondWith(200, '{"x":1}'),
  );
  const { files } = client();
  const completed = [];
  for (let call = 0; call < 8; call++) completed.push(await files.complete(FILE));
  const reported = { name: 'a', sizeBytes: 5 };
  const [first, ...others] = completed;
  expect(first).toBeUndefined();
  expect(others).toEqual([...Array(4).fill(reported), undefined, undefined, undefined]);
});

test('each call of a file that the platform rejects is an error with its status', async () => {
  const address = { batchId: 'b1', datasetId: 'd1', path: 'a' };
  const bytes = Buffer.from('x');
  const { files } = client();
  const calls = {
    put: () => files.put(address, bytes),
    initialize: () => files.initialize(address),
    uploadPart: () => files.uploadPart(address, { start: 0 }, bytes),
    receivedRanges: () => files.receivedRanges(address),
    complete: () => files.complete(address),
  };
  for (const [name, call] of Object.entries(calls)) {
    server.play(403);
    expect([name, await thrownBy(call())]).toMatchObject([name, { status: 403 }]);
  }
});

test('an action succeeds with any success status, whatever the body', async () => {
  server.play(respondWith(200, { b1: { status: 'x' } }), respondWith(200, 'OK'), respondWith(204));
  for (let call = 0; call < 3; call++) await client().batches.complete('b1');
});

test.each([
  ['no id', {}],
  ['an id that cannot be used (a/b)', { id: 'a/b' }],
])(
  'a creation whose response has %s is an error that says that the batch may be there',
  async (what, batch) => {
    server.play(respondWith(201, batch));
    const error = await thrownBy(client().batches.create({ datasetId: 'd1' }));

    expect(error).toMatchObject({ name: 'InvalidResponseError', stateUnknown: true });
    expect(String(error)).toContain(`201 with a batch that has ${what}`);
    expect(String(error)).toContain('Whether it took effect is not known.');
  },
);
