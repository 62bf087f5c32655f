import { describe, expect, test } from '@jest/globals';
import { type BatchFilter, NotFoundError, UnprocessableContentError } from '../../src/index.js';
import { all, thrownBy } from '../support/client.js';
import { completed, type Stage, stage, statuses } from '../support/simulator.js';

const LIST = '/data/foundation/catalog/batches';

describe('externalId', () => {
  test('an externalId is unique in the organisation and found by the filter', async () => {
    const here = await stage();
    const { batches } = here.client;
    const { id } = await batches.create({ datasetId: 'a', externalId: 'mine' });
    const other = here.clientWith({ sandbox: 'other', maxRetries: 0 });

    const twice = [batches, other.batches].map((one) =>
      thrownBy(one.create({ datasetId: 'b', externalId: 'mine' })),
    );
    for (const error of await Promise.all(twice)) {
      expect(error).toBeInstanceOf(UnprocessableContentError);
    }
    expect((await all(batches.list({ externalId: 'mine' }))).map((one) => one.id)).toEqual([id]);
  });

  test.each([400, 409, 422] as const)(
    'a second batch with the same externalId is rejected with %i',
    async (status) => {
      const here = await stage({ quirks: { duplicateStatus: status } });
      const create = () => here.client.batches.create({ datasetId: 'a', externalId: 'mine' });
      await create();

      expect(await thrownBy(create())).toMatchObject({ status });
    },
  );

  test('a second batch with the same externalId is created where the quirk says 201', async () => {
    const here = await stage({ quirks: { duplicateStatus: 201 } });
    const create = () => here.client.batches.create({ datasetId: 'a', externalId: 'mine' });
    const ids = [(await create()).id, (await create()).id];

    const found = await all(here.client.batches.list({ externalId: 'mine' }));
    expect(found.map(({ id }) => id)).toEqual(ids.reverse());
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('a batch that was created without an externalId has its id as externalId', async () => {
    const here = await stage();
    const { id, externalId } = await here.client.batches.create({ datasetId: 'a' });
    expect(externalId).toBe(id);
  });

  test('a new batch is not found by its externalId while the Catalog lags', async () => {
    const here = await stage({ quirks: { catalogLagReads: 2 } });
    await here.client.batches.create({ datasetId: 'a', externalId: 'mine' });
    const found = async () => (await all(here.client.batches.list({ externalId: 'mine' }))).length;

    expect([await found(), await found(), await found()]).toEqual([0, 0, 1]);
  });
});

describe('listing batches', () => {
  let now = 0;
  /** Batches `a`, `b` and `c`, a second apart, in this order. */
  const three = async () => {
    now = 1000;
    const here = await stage({ now: () => now });
    const create = async (
      externalId: string,
      datasetId: string,
      tags: Record<string, string[]>,
    ) => {
      await completed(here, '{"a":1}\n', { externalId, datasetId, tags });
      now += 1000;
    };
    await create('a', 'one', { team: ['red'] });
    await create('b', 'two', { team: ['blue', 'green'] });
    await create('c', 'two', {});
    const [a] = await all(here.client.batches.list({ externalId: 'a' }));
    await statuses(here, a?.id ?? '', 2);
    return { here, id: a?.id ?? '' };
  };
  const names = async (here: Stage, filter: BatchFilter) =>
    (await all(here.client.batches.list(filter))).map(({ externalId }) => externalId).join('');

  const FILTERS: [BatchFilter, string][] = [
    [{}, 'cba'],
    [{ orderBy: 'created' }, 'abc'],
    [{ orderBy: 'desc:status,externalId' }, 'abc'],
    [{ dataSet: 'two' }, 'cb'],
    [{ status: 'success' }, 'a'],
    [{ status: '!success' }, 'cb'],
    [{ status: 'staging,success', orderBy: 'externalId' }, 'abc'],
    [{ createdAfter: 1000 }, 'cb'],
    [{ createdBefore: 2000 }, 'a'],
    [{ createdClient: 'simulator-client-id' }, 'cba'],
    [{ createdClient: 'another' }, ''],
    [{ createdUser: 'simulator-client-id@techacct.adobe.com' }, 'cba'],
    [{ updatedUser: 'nobody' }, ''],
    [{ tags: 'team:red' }, 'a'],
    [{ tags: 'team:gr*' }, 'b'],
    [{ tags: 'team:red,team:blue' }, ''],
    [{ version: '1.0.1' }, 'cb'],
    [{ property: 'externalId~^[ab]' }, 'ba'],
    [{ property: 'externalId==c' }, 'c'],
    [{ property: 'metrics.inputRecordCount>0' }, 'a'],
    [{ property: 'completed' }, 'a'],
  ];

  test.each(FILTERS)('the query %j lists the batches %s', async (filter, expected) => {
    const { here } = await three();
    // Reading advances the batches, so only the first list shows them as they were.
    expect(await names(here, filter)).toBe(expected);
  });

  test('the filter batch lists the batch with that id', async () => {
    const { here, id } = await three();
    expect(await names(here, { batch: id })).toBe('a');
  });

  test('a list is read page by page, 20 at a time unless the query sets a limit', async () => {
    const here = await stage();
    for (let at = 0; at < 45; at++) await here.client.batches.create({ datasetId: 'a' });
    const page = async (query: object) => {
      const { data } = await here.client.raw.GET(LIST, { params: { query } });
      return Object.keys(data ?? {}).length;
    };

    expect(await page({})).toBe(20);
    expect(await page({ start: 40 })).toBe(5);
    expect(await page({ start: 40, limit: 3 })).toBe(3);
    expect(await page({ limit: 100 })).toBe(45);
    expect(
      new Set((await all(here.client.batches.list({ pageSize: 7 }))).map(({ id }) => id)).size,
    ).toBe(45);
  });

  test('a list has the fields that properties names', async () => {
    const { here, id } = await three();
    const get = async (properties: string) => {
      const { data } = await here.client.raw.GET(LIST, {
        params: { query: { properties, batch: id } },
      });
      return data;
    };

    expect(await get('status,externalId')).toEqual({
      [id]: { status: 'success', externalId: 'a' },
    });
    expect(await get('externalId')).toEqual({ [id]: { externalId: 'a' } });
  });

  test.each([
    { limit: 0 },
    { limit: 101 },
    { start: -1 },
    { status: 'nowhere' },
    { property: '(' },
  ])('the query %j is rejected with 400', async (query) => {
    const here = await stage();
    const { response } = await here.client.raw.GET(LIST, { params: { query } });
    expect(response.status).toBe(400);
  });
});

test('a batch is known in its own sandbox only', async () => {
  const here = await stage();
  const { id } = await here.client.batches.create({ datasetId: 'a' });
  const other = here.clientWith({ sandbox: 'other' });

  expect(await thrownBy(other.batches.get(id))).toBeInstanceOf(NotFoundError);
  expect(await all(other.batches.list())).toEqual([]);
  expect(await thrownBy(other.batches.complete(id))).toBeInstanceOf(NotFoundError);
  expect(await thrownBy(here.client.batches.get('none'))).toBeInstanceOf(NotFoundError);
});

test('a batch for a dataset that is not in the option datasets is rejected', async () => {
  const here = await stage({ datasets: { known: {} } });
  await here.client.batches.create({ datasetId: 'known' });

  expect(await thrownBy(here.client.batches.create({ datasetId: 'toString' }))).toBeInstanceOf(
    UnprocessableContentError,
  );
});

describe('a request that the OpenAPI document does not allow', () => {
  const send = async (here: Stage, body: string, type = 'application/json') => {
    const { env, origin } = here.simulator;
    const response = await fetch(`${origin}/data/foundation/import/batches`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer given',
        'x-api-key': env['AEP_CLIENT_ID'] ?? '',
        'x-gw-ims-org-id': env['AEP_ORG_ID'] ?? '',
        'content-type': type,
      },
      body,
    });
    const { detail: text } = (await response.json()) as { detail: string };
    return { status: response.status, detail: text };
  };

  test.each([
    ['{}', 'application/json', 400, "required property 'datasetId'"],
    ['{"datasetId":"a","dataset":"b"}', 'application/json', 400, 'additional properties'],
    ['{"datasetId":"a","partialIngestionPercent":101}', 'application/json', 400, '<= 100'],
    ['{"datasetId":', 'application/json', 400, 'not valid JSON'],
    ['datasetId=a', 'text/plain', 415, 'application/json'],
  ])('the body %j as %s is rejected with %i', async (body, type, status, detail) => {
    const here = await stage({ accessTokens: ['given'] });
    const response = await send(here, body, type);

    expect(response.status).toBe(status);
    expect(response.detail).toContain(detail);
  });

  test('a URL of more than 2000 characters is rejected with 414', async () => {
    const { simulator } = await stage(); // the client sends none
    const path = `/data/foundation/import/batches/${'b'.repeat(2000)}?action=COMPLETE`;
    expect((await fetch(simulator.origin + path, { method: 'POST' })).status).toBe(414);
  });
});
