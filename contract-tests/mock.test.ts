import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startMock } from '../spec-tools/mock.js';
import type { Prism } from '../spec-tools/prism.js';
import { ADDRESS } from './support/calls.js';
import { createClient } from './support/client.js';

let mock: Prism;
beforeAll(async () => {
  const origin = process.env['PRISM_ORIGIN'] ?? '';
  mock = await startMock({ origin, close: async () => undefined });
});
afterAll(() => mock.close());

const create = async (body: object) => {
  const client = createClient(mock.origin);
  const { error, response } = await client.raw.POST('/data/foundation/import/batches', {
    body: body as { datasetId: string },
  });
  await client.close();
  return { status: response.status, detail: (error as { detail?: string } | undefined)?.detail };
};

test('the mock names each violation of a request, instead of the example of an unrelated error', async () => {
  expect(await create({ datasetID: 'd' })).toEqual({
    status: 422,
    detail: expect.stringMatching(/required property 'datasetId'.*found 'datasetID'/),
  });
});

test('the mock goes on after a field whose name no header can hold', async () => {
  expect(await create({ datasetId: 'd', 日本: 1 })).toMatchObject({ status: 422 });
  expect(await create({ datasetId: 'd' })).toMatchObject({ status: 201 });
});

test('the mock accepts paths with slashes, and uploads above the 10 MiB that Prism reads', async () => {
  await using client = createClient(mock.origin);
  await client.files.put(ADDRESS, new Uint8Array(11 * 1024 * 1024));
  await client.files.initialize(ADDRESS);
  await client.files.uploadPart(ADDRESS, { start: 0 }, new Uint8Array(11 * 1024 * 1024));
  await client.files.complete(ADDRESS);
});
