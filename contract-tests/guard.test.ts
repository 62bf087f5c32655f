import { expect, test } from '@jest/globals';
import { example } from '../spec-tools/bundled-document.js';
import { createClient } from './support/client.js';
import { usePrismProxy } from './support/prism-proxy.js';

// The proxy guards every other contract test: it must be able to fail them.
const proxy = usePrismProxy();
const create = (body: unknown, options = {}) =>
  createClient(proxy.origin, options).raw.POST('/data/foundation/import/batches', {
    body: body as { datasetId: string },
  });

test('a violation of the request fails the test, even if the client ignores it', async () => {
  await create({ datasetId: 7 });
  expect(() => proxy.check()).toThrow('Prism reported a problem');
});

test('a status other than the selected one fails the test', async () => {
  proxy.respondWith({ status: 429, example: 'error-429-too-many-requests' });
  const { raw } = createClient(proxy.origin, { maxRetries: 0 });
  await raw.POST('/data/foundation/import/batches', { body: example('create-batch-seed-request') });
  const [exchange] = proxy.exchanges;
  if (exchange) exchange.selected = { status: 201 };
  expect(() => proxy.check()).toThrow('expected 201, received 429');
});

test('an error response that no test selected fails the test', async () => {
  proxy.respondWith({ status: 400, example: 'error-400-header-missing' });
  await create(example('create-batch-seed-request'));
  const [exchange] = proxy.exchanges;
  if (exchange) exchange.selected = undefined;
  expect(() => proxy.check()).toThrow('expected 2xx, received 400');
});

test('a status that the document does not have fails the test', async () => {
  proxy.respondWith({ status: 418 });
  await create(example('create-batch-seed-request'));
  expect(() => proxy.check()).toThrow('Prism reported a problem');
});

test('an example that the document does not have fails the test', async () => {
  proxy.respondWith({ status: 201, example: 'no-such-example' });
  await create(example('create-batch-seed-request'));
  expect(() => proxy.check()).toThrow('Prism reported a problem');
});

test('a body that Prism cannot parse fails the test', async () => {
  await fetch(`${proxy.origin}/data/foundation/import/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"datasetId":',
  });
  expect(() => proxy.check()).toThrow('Prism reported a problem');
});

test('a problem that a test expects and Prism does not report fails the test', async () => {
  proxy.expectPrismProblem(422);
  await create(example('create-batch-seed-request'));
  expect(() => proxy.check()).toThrow('Prism reported no problem');
});

test('a request that violates the document although Prism accepts it fails the test', async () => {
  await createClient(proxy.origin).raw.GET('/data/foundation/catalog/batches', {
    params: { query: { externalId: '' } },
  });
  expect(() => proxy.check()).toThrow(/externalId=: Invalid request: .*minLength rejected/);
});

test('a response that a test makes up and that violates the document fails the test', async () => {
  proxy.respondWith({ status: 201, example: 'created-batch-seed-response', body: { id: 7 } });
  await create(example('create-batch-seed-request'));
  expect(() => proxy.check()).toThrow(/Invalid response: .*id\/type rejected/);
});

test('a violation that a test expects and the document allows fails the test', async () => {
  proxy.expectViolation('response');
  await create(example('create-batch-seed-request'));
  expect(() => proxy.check()).toThrow('expected response to violate, received nothing');
});

test('a query parameter that the document does not declare fails the test, though Prism accepts it', async () => {
  const list = `${proxy.origin}/data/foundation/catalog/batches?dataset=d`;
  const credentials = {
    authorization: 'Bearer a-token',
    'x-api-key': 'a-key',
    'x-gw-ims-org-id': 'an-organization',
  };
  await fetch(list, { headers: credentials });
  expect(() => proxy.check()).toThrow('the document does not declare query dataset');
});

test('a header that the document does not declare fails the test, though Prism accepts it', async () => {
  await createClient(proxy.origin).raw.POST('/data/foundation/import/batches', {
    body: example<{ datasetId: string }>('create-batch-seed-request'),
    headers: { 'x-surplus': '1' },
  });
  expect(() => proxy.check()).toThrow('the document does not declare header x-surplus');
});
