import { describe, expect, test } from '@jest/globals';
import { type BatchFilter, NotFoundError, UnprocessableContentError } from '../../src/index.js';
import { all, completed, errorOf, type Stage, stage, statuses } from '../support/simulator.js';

const LIST = '/data/foundation/catalog/batches';

describe('an externalId', () => {
  test('is unique in the organisation and found by the filter', async () => {
    const here = await stage();
    const { batches } = here.client;
    const { id } = await batches.create({ datasetId: 'a', externalId: 'mine' });
    const other = here.clientWith({ sandbox: 'other', maxRetries: 0 });

    const twice = [batches, other.batches].map((one) =>
      errorOf(one.create({ datasetId: 'b', externalId: 'mine' })),
    );
    for (const error of await Promise.all(twice)) {
      expect(error).toBeInstanceOf(UnprocessableContentError);
    }
    expect((await all(batches.list({ externalId: 'mine' }))).map((one) => one.id)).toEqual([id]);
  });

  test.each([400, 409, 422] as const)('is refused the second time with %i', async (status) => {
    const here = await stage({ quirks: { duplicateStatus: status } });
    const create = () => here.client.batches.create({ datasetId: 'a', externalId: 'mine' });
    await create();

    expect(await errorOf(create())).toMatchObject({ status });
  });

  test('is the id of the batch where none was given', async () => {
    const here = await stage();
    const { id, externalId } = await here.client.batches.create({ datasetId: 'a' });
    expect(externalId).toBe(id);
  });

  test('of a new batch is not found while the Catalog lags', async () => {
    const here = await stage({ quirks: { catalogLagReads: 2 } });
    await here.client.batches.create({ datasetId: 'a', externalId: 'mine' });
    const found = async () => (await all(here.client.batches.list({ externalId: 'mine' }))).length;

    expect([await found(), await found(), await found()]).toEqual([0, 0, 1]);
  });
});

describe('a list', () => {
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

  test.each(FILTERS)('with %j', async (filter, expected) => {
    const { here } = await three();
    // Reading lets batches go on, so the first read of a list is the one that counts.
    expect(await names(here, filter)).toBe(expected);
  });

  test('with the id of a batch has that batch', async () => {
    const { here, id } = await three();
    expect(await names(here, { batch: id })).toBe('a');
  });

  test('is read page by page, 20 at a time unless the query says otherwise', async () => {
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

  test('has of each batch what properties name', async () => {
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
  ])('with %j is refused', async (query) => {
    const here = await stage();
    const { response } = await here.client.raw.GET(LIST, { params: { query } });
    expect(response.status).toBe(400);
  });
});

test('a batch is known in its own sandbox only', async () => {
  const here = await stage();
  const { id } = await here.client.batches.create({ datasetId: 'a' });
  const other = here.clientWith({ sandbox: 'other' });

  expect(await errorOf(other.batches.get(id))).toBeInstanceOf(NotFoundError);
  expect(await all(other.batches.list())).toEqual([]);
  expect(await errorOf(other.batches.complete(id))).toBeInstanceOf(NotFoundError);
  expect(await errorOf(here.client.batches.get('none'))).toBeInstanceOf(NotFoundError);
});

test('a dataset that is not among the given ones is refused', async () => {
  const here = await stage({ datasets: { known: {} } });
  await here.client.batches.create({ datasetId: 'known' });

  expect(await errorOf(here.client.batches.create({ datasetId: 'toString' }))).toBeInstanceOf(
    UnprocessableContentError,
  );
});

describe('a request that the document does not allow', () => {
  const send = async (here: Stage, body: string, type = 'application/json') => {
    const { env, origin } = here.simulator;
    const answer = await fetch(`${origin}/data/foundation/import/batches`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer given',
        'x-api-key': env['AEP_CLIENT_ID'] ?? '',
        'x-gw-ims-org-id': env['AEP_ORG_ID'] ?? '',
        'content-type': type,
      },
      body,
    });
    return { status: answer.status, detail: ((await answer.json()) as { detail: string }).detail };
  };

  test.each([
    ['{}', 'application/json', 400, "required property 'datasetId'"],
    ['{"datasetId":"a","dataset":"b"}', 'application/json', 400, 'additional properties'],
    ['{"datasetId":"a","partialIngestionPercent":101}', 'application/json', 400, '<= 100'],
    ['{"datasetId":', 'application/json', 400, 'not valid JSON'],
    ['datasetId=a', 'text/plain', 415, 'application/json'],
  ])('%j as %s is answered with %i', async (body, type, status, detail) => {
    const here = await stage({ accessTokens: ['given'] });
    const answer = await send(here, body, type);

    expect(answer.status).toBe(status);
    expect(answer.detail).toContain(detail);
  });

  test('an address of more than 2000 characters is answered with 414', async () => {
    const { simulator } = await stage(); // the client sends none
    const path = `/data/foundation/import/batches/${'b'.repeat(2000)}?action=COMPLETE`;
    expect((await fetch(simulator.origin + path, { method: 'POST' })).status).toBe(414);
  });
});
