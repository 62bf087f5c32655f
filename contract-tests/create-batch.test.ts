import { describe, expect, test } from '@jest/globals';
import { example } from '../spec-tools/bundled-document.js';
import { VERSION } from '../src/index.js';
import { createClient, IDENTITY } from './support/client.js';
import { usePrismProxy } from './support/prism-proxy.js';

const proxy = usePrismProxy();
const SEED_REQUEST = example<{ datasetId: string }>('create-batch-seed-request');
/** Headers that HTTP requires, the client's name, and the request id. */
const OTHER_HEADERS = ['host', 'connection', 'content-length', 'user-agent', 'x-request-id'];

describe('the request of the documentation', () => {
  test('is sent with the documented method, path and body', async () => {
    await createClient(proxy.origin).batches.create(SEED_REQUEST);

    const { method, target, body } = proxy.only;
    expect(`${method} ${target}`).toBe('POST /data/foundation/import/batches');
    expect(JSON.parse(`${body}`)).toEqual({ datasetId: '5c8c3c555033b814b69f947f' });
  });

  test('has exactly the six documented headers', async () => {
    await createClient(proxy.origin).batches.create(SEED_REQUEST);

    const sent = proxy.only.headers
      .map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => !OTHER_HEADERS.includes(name ?? ''));
    expect(sent.sort()).toEqual([
      ['accept', 'application/json'],
      ['authorization', `Bearer ${IDENTITY.credentials}`],
      ['content-type', 'application/json'],
      ['x-api-key', IDENTITY.apiKey],
      ['x-gw-ims-org-id', IDENTITY.orgId],
      ['x-sandbox-name', IDENTITY.sandbox],
    ]);
  });

  test('names the client and its version in the user-agent header', async () => {
    await createClient(proxy.origin).batches.create(SEED_REQUEST);

    const agent = proxy.only.headers.find(([name]) => name.toLowerCase() === 'user-agent');
    expect(agent?.[1]).toBe(`aep-batch/${VERSION} node/${process.versions.node}`);
  });

  test('returns the documented response', async () => {
    proxy.respondWith({ status: 201, example: 'created-batch-seed-response' });

    const batch = await createClient(proxy.origin).batches.create(SEED_REQUEST);

    expect(batch).toEqual(example('created-batch-seed-response'));
  });
});

test('every field of the document is sent unchanged', async () => {
  const request = example<typeof SEED_REQUEST>('create-batch-every-field');

  await createClient(proxy.origin).batches.create(request);

  expect(JSON.parse(`${proxy.only.body}`)).toEqual(request);
});

test('the sandbox is sent with every call, with the resources and with raw', async () => {
  const client = createClient(proxy.origin, { sandbox: 'dev-1' });
  await client.batches.create(SEED_REQUEST);
  await client.raw.POST('/data/foundation/import/batches', { body: SEED_REQUEST });

  const sandboxes = proxy.exchanges.map(
    ({ headers }) => Object.fromEntries(headers)['x-sandbox-name'],
  );
  expect(sandboxes).toEqual(['dev-1', 'dev-1']);
});

test('raw returns data and response, and throws for no status', async () => {
  const { raw } = createClient(proxy.origin);
  const created = await raw.POST('/data/foundation/import/batches', { body: SEED_REQUEST });
  expect(created.response.status).toBe(201);
  expect(created.data?.status).toBe('loading');
  proxy.check();

  proxy.respondWith({ status: 403, example: 'error-403-token-missing' });
  const rejected = await raw.POST('/data/foundation/import/batches', { body: SEED_REQUEST });
  expect(rejected.data).toBeUndefined();
  expect(rejected.error).toEqual(example('error-403-token-missing'));
  expect(rejected.response.status).toBe(403);
});

describe('a request without one of its credentials is rejected by Prism', () => {
  test.each(['authorization', 'x-api-key', 'x-gw-ims-org-id'])('without %s', async (missing) => {
    proxy.expectPrismProblem(401);
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      authorization: `Bearer ${IDENTITY.credentials}`,
      'x-api-key': IDENTITY.apiKey,
      'x-gw-ims-org-id': IDENTITY.orgId,
    };
    delete headers[missing];
    const body = JSON.stringify(SEED_REQUEST);
    await fetch(`${proxy.origin}/data/foundation/import/batches`, {
      method: 'POST',
      headers,
      body,
    });
  });
});
