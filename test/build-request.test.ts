import { expect, jest, test } from '@jest/globals';
import { createBatchClient } from '../src/index.js';
import { useServer } from './support/server.js';

const server = useServer();
const OPTIONS = { orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'k', credentials: 't' };
const raw = (options = {}) =>
  createBatchClient({ ...OPTIONS, origin: server.origin, maxRetries: 0, ...options }).raw;
const PATH = '/data/foundation/import/batches';
const body = { datasetId: 'd' };
const BATCH = { id: 'b1', status: 'loading' };

test('calls accept JSON, unless their own headers say what they accept', async () => {
  server.play({}, {});
  const path = '/data/foundation/catalog/batches';
  await raw().GET(path);
  await raw().GET(path, { headers: { accept: 'application/vnd.adobe.x+json' } });

  expect(server.requests.map(({ headers }) => headers.accept)).toEqual([
    'application/json',
    'application/vnd.adobe.x+json',
  ]);
});

test('JSON with characters of several bytes arrives whole, with its length in bytes', async () => {
  server.play(BATCH);
  const sent = { datasetId: 'größe-日本' };
  await raw().POST(PATH, { body: sent });

  const text = JSON.stringify(sent);
  expect(`${server.requests[0]?.body}`).toBe(text);
  expect(server.requests[0]?.headers['content-length']).toBe(`${Buffer.byteLength(text)}`);
});

test.each(['0', '@elsewhere.invalid', '.elsewhere.invalid'])(
  'a baseUrl that only begins as the origin, and goes on with %s, is another origin',
  async (more) => {
    const fetch = jest.fn(async () => Response.json(BATCH));
    const origin = 'https://platform.invalid:444';
    const call = raw({ origin, fetch }).POST(PATH, {
      body,
      baseUrl: `${origin}${more}`,
    } as never);

    await expect(call).rejects.toMatchObject({ name: 'InvalidInputError', field: 'origin' });
    expect(fetch).not.toHaveBeenCalled();
  },
);

test('each character of an id that has a meaning in a URL is sent percent-encoded', async () => {
  server.play(BATCH);
  const path = { batchId: 'é+&=;,日' };
  await raw().GET('/data/foundation/catalog/batches/{batchId}', { params: { path } });

  expect(server.seen).toEqual([
    'GET /data/foundation/catalog/batches/%C3%A9%2B%26%3D%3B%2C%E6%97%A5',
  ]);
});

test('a URL may have 2000 characters, and with one more it is rejected before anything is sent', async () => {
  server.play({});
  const path = '/data/foundation/catalog/batches/{batchId}';
  const others = `${server.origin}${path}`.replace('{batchId}', '').length;
  const get = (length: number) =>
    raw().GET(path, { params: { path: { batchId: 'b'.repeat(length - others) } } });

  expect((await get(2000)).response.status).toBe(200);
  await expect(get(2001)).rejects.toMatchObject({ name: 'InvalidInputError', field: 'path' });
  expect(server.seen).toHaveLength(1);
});
