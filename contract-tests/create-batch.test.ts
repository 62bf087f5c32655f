import { describe, expect, test } from '@jest/globals';
import { VERSION } from '../src/index.js';
import { example } from './support/bundled.js';
import { clientFor, IDENTITY } from './support/client.js';
import { useWire } from './support/prism-proxy.js';

const wire = useWire();
const SEED_REQUEST = example<{ datasetId: string }>('create-batch-seed-request');
/** What HTTP itself needs, our name, and the id that a request is found again by. */
const OF_HTTP = ['host', 'connection', 'content-length', 'user-agent', 'x-request-id'];

describe("the seed's call", () => {
  test('is sent as the page shows it: method, path and body', async () => {
    await clientFor(wire.origin).batches.create(SEED_REQUEST);

    const { method, target, body } = wire.only;
    expect(`${method} ${target}`).toBe('POST /data/foundation/import/batches');
    expect(JSON.parse(`${body}`)).toEqual({ datasetId: '5c8c3c555033b814b69f947f' });
  });

  test('carries exactly the six headers of the page', async () => {
    await clientFor(wire.origin).batches.create(SEED_REQUEST);

    const sent = wire.only.headers
      .map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => !OF_HTTP.includes(name ?? ''));
    expect(sent.sort()).toEqual([
      ['accept', 'application/json'],
      ['authorization', `Bearer ${IDENTITY.credentials}`],
      ['content-type', 'application/json'],
      ['x-api-key', IDENTITY.apiKey],
      ['x-gw-ims-org-id', IDENTITY.orgId],
      ['x-sandbox-name', IDENTITY.sandbox],
    ]);
  });

  test('says who is calling in its user-agent', async () => {
    await clientFor(wire.origin).batches.create(SEED_REQUEST);

    const agent = wire.only.headers.find(([name]) => name.toLowerCase() === 'user-agent');
    expect(agent?.[1]).toBe(`aep-batch/${VERSION} node/${process.versions.node}`);
  });

  test('is answered with what the page shows', async () => {
    wire.answerWith({ status: 201, example: 'created-batch-seed-answer' });

    const batch = await clientFor(wire.origin).batches.create(SEED_REQUEST);

    expect(batch).toEqual(example('created-batch-seed-answer'));
  });
});

test('every field that the document has reaches the wire unchanged', async () => {
  const request = example<typeof SEED_REQUEST>('create-batch-every-field');

  await clientFor(wire.origin).batches.create(request);

  expect(JSON.parse(`${wire.only.body}`)).toEqual(request);
});

test('the sandbox is sent with every call, with the resources and with raw', async () => {
  const client = clientFor(wire.origin, { sandbox: 'dev-1' });
  await client.batches.create(SEED_REQUEST);
  await client.raw.POST('/data/foundation/import/batches', { body: SEED_REQUEST });

  const sandboxes = wire.exchanges.map(
    ({ headers }) => Object.fromEntries(headers)['x-sandbox-name'],
  );
  expect(sandboxes).toEqual(['dev-1', 'dev-1']);
});

test('raw gives data and response, and throws for no status', async () => {
  const { raw } = clientFor(wire.origin);
  const created = await raw.POST('/data/foundation/import/batches', { body: SEED_REQUEST });
  expect(created.response.status).toBe(201);
  expect(created.data?.status).toBe('loading');
  wire.check();

  wire.answerWith({ status: 403, example: 'error-403-token-missing' });
  const refused = await raw.POST('/data/foundation/import/batches', { body: SEED_REQUEST });
  expect(refused.data).toBeUndefined();
  expect(refused.error).toEqual(example('error-403-token-missing'));
  expect(refused.response.status).toBe(403);
});

describe('a call that does not say who is calling is refused by Prism', () => {
  test.each(['authorization', 'x-api-key', 'x-gw-ims-org-id'])('without %s', async (missing) => {
    wire.expectVerdict(401);
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      authorization: `Bearer ${IDENTITY.credentials}`,
      'x-api-key': IDENTITY.apiKey,
      'x-gw-ims-org-id': IDENTITY.orgId,
    };
    delete headers[missing];
    const body = JSON.stringify(SEED_REQUEST);
    await fetch(`${wire.origin}/data/foundation/import/batches`, { method: 'POST', headers, body });
  });
});
