import { describe, expect, jest, test } from '@jest/globals';
import { InvalidInputError, InvalidResponseError, NotFoundError } from '../src/index.js';
import { all, clientFor, thrownBy } from './support/client.js';
import { expectJson, useDesk } from './support/command.js';
import { useServer } from './support/server.js';
import { completed, stage, statuses } from './support/simulator.js';

jest.setTimeout(20_000); // a machine that may be busy

describe('datasets.list', () => {
  const server = useServer();
  const client = () => clientFor(server.origin, { maxRetries: 0 });

  test('reads all pages, each dataset once', async () => {
    const names = Array.from({ length: 7 }, (_, at) => `d${at}`);
    const datasets = Object.fromEntries(names.map((id) => [id, { name: `Name ${id}` }]));
    const { client: simulated, simulator } = await stage({ datasets });
    const found = await all(simulated.datasets.list({ pageSize: 3 }));

    expect(found.map(({ id }) => id)).toEqual(names);
    expect(found[0]).toMatchObject({ id: 'd0', name: 'Name d0' });
    expect(simulator.log.filter(({ operation }) => operation === 'listDatasets')).toHaveLength(4);
  });

  test('filters and sorts as the Catalog does', async () => {
    const datasets = { a: { name: 'Loyalty' }, b: { name: 'Web' }, c: { name: 'Loyal' } };
    const { client: simulated } = await stage({ datasets });
    const ids = async (...filter: Parameters<typeof simulated.datasets.list>) =>
      (await all(simulated.datasets.list(...filter))).map(({ id }) => id);

    expect(await ids({ name: 'Loyal' })).toEqual(['c']);
    expect(await ids({ property: 'name~^Loyal', orderBy: 'desc:name' })).toEqual(['a', 'c']);
    expect(await ids({ tags: 'unifiedProfile:*' })).toEqual([]);
    const [first] = await all(simulated.datasets.list({ properties: 'version' }));
    expect(first).toEqual({ id: 'a', version: '1.0.0' });
  });

  test('takes a name that is an empty object, and other odd values, for missing ones', async () => {
    const odd = { name: {}, created: 'soon', tags: { one: 'x' }, schemaRef: { id: 5 }, version: 2 };
    server.play({ a: odd, b: null, c: { created: '1541534444286', schemaRef: [] } }, {});

    expect(await all(client().datasets.list())).toEqual([
      { id: 'a', tags: { one: ['x'] }, schemaRef: {}, version: '2' },
      { id: 'c', created: 1541534444286 },
    ]);
  });

  test('rejects a list and a filter that cannot be sent', async () => {
    server.play([]);
    const error = await thrownBy(all(client().datasets.list()));
    const limit = await thrownBy(all(client().datasets.list({ pageSize: 101 })));
    const name = await thrownBy(all(client().datasets.list({ name: '' })));

    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(String(error)).toContain('not a map of datasets');
    expect(limit).toBeInstanceOf(InvalidInputError);
    expect(name).toMatchObject({ field: 'name' });
  });
});

const SCHEMA_REF = {
  id: 'https://ns.adobe.com/acme/schemas/1',
  contentType: 'application/vnd.adobe.xed+json;version=1',
};

describe('datasets.get', () => {
  const server = useServer();
  const client = () => clientFor(server.origin, { maxRetries: 0 });

  test('gives the schema, the labels, the format and the last batches of a dataset', async () => {
    const fileDescription = { format: 'parquet', header: true, delimiters: [';'] };
    const tags = { unifiedProfile: ['enabled:true'] };
    const dataset = { name: 'Loyalty', schemaRef: SCHEMA_REF, tags, fileDescription };
    const at = await stage({ datasets: { a: { ...dataset, description: 'Members' } } });
    const good = await completed(at, '{"id":1}\n', { datasetId: 'a' });
    await at.client.batches.get(good);
    const bad = await completed(at, 'no row\n', { datasetId: 'a' });
    await statuses(at, bad, 2);
    const lastBatches = { lastBatchId: bad, lastBatchStatus: 'failed', lastFailedBatch: bad };

    expect(await at.client.datasets.get('a')).toMatchObject({
      ...dataset,
      ...lastBatches,
      id: 'a',
      description: 'Members',
    });
    expect(await at.client.datasets.get('a', { properties: 'name,schemaRef' })).toEqual({
      id: 'a',
      name: 'Loyalty',
      schemaRef: SCHEMA_REF,
    });
  });

  test('of another sandbox, or an unknown one, fails with 404', async () => {
    const at = await stage({ datasets: { a: { sandbox: 'prod' } } });
    for (const id of ['a', 'b']) {
      const error = await thrownBy(at.client.datasets.get(id));
      expect(error).toBeInstanceOf(NotFoundError);
      expect(String(error)).toContain(`There is no dataset ${id}`);
    }
    const prod = at.clientWith({ sandbox: 'prod' });
    expect((await prod.datasets.get('a')).id).toBe('a');
    expect(await all(at.client.datasets.list())).toEqual([]);
    expect(await all(prod.datasets.list())).toHaveLength(1);
  });

  test('never takes another dataset, a list or a text for the one that was asked for', async () => {
    for (const body of [{ b: { name: 'B' } }, { name: 'A' }, {}, { a: [] }, { a: null }, []]) {
      server.play(body);
      expect(await thrownBy(client().datasets.get('a'))).toBeInstanceOf(InvalidResponseError);
    }
    server.play({ '{DATASET_ID}': { name: 'A' } });
    expect(await client().datasets.get('a')).toEqual({ id: '{DATASET_ID}', name: 'A' });
  });

  test('leaves out what is not what its type says, or reads what can only mean one thing', async () => {
    const fileDescription = { format: 7, header: 'true', delimiters: ',', persisted: 'yes' };
    const classification = { dataBehavior: 'record', managedBy: 1 };
    const odd = { fileDescription, classification, observableSchema: [], extensions: 'x' };
    const more = { enableErrorDiagnostics: 'false', dataSourceId: 'x', lastBatchStatus: 'SUCCESS' };
    server.play({ a: { ...odd, ...more, tags: [], schema: {}, unknown: [1] } });

    expect(await client().datasets.get('a')).toEqual({
      id: 'a',
      fileDescription: { header: true, delimiters: [','] },
      classification: { dataBehavior: 'record' },
      enableErrorDiagnostics: false,
      lastBatchStatus: 'success',
      unknown: [1],
    });
  });

  test('rejects arguments that cannot be sent', async () => {
    for (const id of ['', 'a/b', '../a', 7, undefined, null]) {
      expect(await thrownBy(client().datasets.get(id as never))).toMatchObject({
        name: 'InvalidInputError',
        field: 'datasetId',
      });
    }
    const query = { properties: 5 } as never;
    expect(await thrownBy(client().datasets.get('a', query))).toBeInstanceOf(InvalidInputError);
    expect(server.requests).toEqual([]);
  });
});

describe('datasets.lastBatches', () => {
  const server = useServer();
  const client = () => clientFor(server.origin, { maxRetries: 0 });

  test('gives the newest batch of each dataset that has one', async () => {
    const at = await stage();
    const id = await completed(at, '{"id":1}\n', { datasetId: 'a' });
    await statuses(at, id, 2);
    const open = await at.client.batches.create({ datasetId: 'a' });

    expect(await at.client.datasets.lastBatches(['a', 'b', 'a'])).toEqual([
      {
        datasetId: 'a',
        lastBatchId: open.id,
        lastBatchStatus: 'loading',
        lastSuccessfulBatchId: id,
      },
    ]);
  });

  test('reads short pages to their end, and takes nothing that was not asked for', async () => {
    server.play(
      { a: { lastBatchStatus: 'FAILED', created: 'x' }, z: {} },
      { b: { lastBatchId: 5 } },
    );

    expect(await client().datasets.lastBatches(['a', 'b'])).toEqual([
      { datasetId: 'a', lastBatchStatus: 'failed' },
      { datasetId: 'b', lastBatchId: '5' },
    ]);
  });

  test('asks for a dataset once, however often it is named', async () => {
    server.play({ a: {}, b: {} });
    await client().datasets.lastBatches(['a', 'b', 'a']);

    expect(server.seen).toEqual([expect.stringContaining('dataSetId=a%2Cb&')]);
  });

  test('asks for at most 100 datasets at a time, as many as a page of the Catalog has', async () => {
    const at = await stage();
    const ids = Array.from({ length: 101 }, (_, index) => `d${index}`);
    await at.client.datasets.lastBatches(ids);
    const sent = at.simulator.log.filter(({ operation }) => operation === 'listLastBatches');
    expect(sent.map(({ path }) => path.match(/\bd\d+|(?<=%2C)d\d+/g)?.length)).toEqual([100, 1]);
  });

  test('splits many ids, so that no URL has more than 2000 characters', async () => {
    const at = await stage();
    const ids = Array.from({ length: 150 }, (_, index) => `${index}`.padStart(24, '0'));
    expect(await at.client.datasets.lastBatches(ids)).toEqual([]);
    const sent = at.simulator.log.filter(({ operation }) => operation === 'listLastBatches');
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map(({ path }) => path.length))).toBeLessThan(1900);
    const asked = sent.flatMap(({ path }) => path.match(/\d{24}/g) ?? []);
    expect(asked).toEqual(ids);
  });

  test('rejects ids that cannot be sent', async () => {
    for (const ids of [[], 'a', undefined, ['a', 'b,c'], [''], new Array(1001).fill('a')]) {
      const error = await thrownBy(client().datasets.lastBatches(ids as never));
      expect(error).toBeInstanceOf(InvalidInputError);
    }
    expect(server.requests).toEqual([]);
  });
});

describe('the command datasets', () => {
  const DATASETS = { a1: { name: 'Web events' }, b2: { name: 'Loyalty' }, c3: { name: 'loyal 2' } };
  const desk = useDesk({ datasets: DATASETS });

  test('lists all datasets by name', async () => {
    const { stdout, code } = await desk.run(['datasets']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^DATASET +NAME .*\nc3 +loyal 2\nb2 +Loyalty\na1 +Web events\n$/);
  });

  test('a name with a line break or an escape stays in its row', async () => {
    await desk.restart({ datasets: { a1: { name: 'one\nb2  two\u001b[31m' } } });
    const { stdout } = await desk.run(['datasets']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^DATASET/),
      expect.stringMatching(/^a1 +one b2 +two\\u001b\[31m$/),
    ]);
  });

  test('--name finds part of a name, in upper or lower case', async () => {
    const ended = await desk.run(['datasets', '--name', 'LOYAL', '--json']);
    expect(expectJson(ended, 'datasets')['datasets']).toMatchObject([{ id: 'c3' }, { id: 'b2' }]);
    expect((await desk.run(['datasets', '--name', 'x$'])).stdout).toContain('No dataset has "x$"');
  });
});
