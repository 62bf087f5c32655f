import { describe, expect, jest, test } from '@jest/globals';
import { InvalidInputError, InvalidResponseError } from '../src/index.js';
import { all, clientFor, thrownBy } from './support/client.js';
import { expectJson, useDesk } from './support/command.js';
import { useServer } from './support/server.js';
import { stage } from './support/simulator.js';

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
