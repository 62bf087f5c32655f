import { expect, test } from '@jest/globals';
import { example } from './support/bundled.js';
import { clientFor } from './support/client.js';
import { useWire } from './support/prism-proxy.js';

// The guard of every other contract test: it must be able to fail them.
const wire = useWire();
const create = (body: unknown, options = {}) =>
  clientFor(wire.origin, options).raw.POST('/data/foundation/import/batches', {
    body: body as { datasetId: string },
  });

test('a violation of the request fails the test, even if the client says nothing of it', async () => {
  await create({ datasetId: 7 });
  expect(() => wire.check()).toThrow('Prism spoke for itself');
});

test('a status that was not asked for fails the test', async () => {
  wire.answerWith({ status: 429, example: 'error-429-too-many-requests' });
  const { raw } = clientFor(wire.origin, { maxRetries: 0 });
  await raw.POST('/data/foundation/import/batches', { body: example('create-batch-seed-request') });
  const [exchange] = wire.exchanges;
  if (exchange) exchange.wanted = { status: 201 };
  expect(() => wire.check()).toThrow('429 came where 201 was asked for');
});

test('a refusal that nobody asked for fails the test', async () => {
  wire.answerWith({ status: 400, example: 'error-400-header-missing' });
  await create(example('create-batch-seed-request'));
  const [exchange] = wire.exchanges;
  if (exchange) exchange.wanted = undefined;
  expect(() => wire.check()).toThrow('400 came where 2xx was asked for');
});

test('a status that the document does not have fails the test', async () => {
  wire.answerWith({ status: 418 });
  await create(example('create-batch-seed-request'));
  expect(() => wire.check()).toThrow('Prism spoke for itself');
});

test('an example that the document does not have fails the test', async () => {
  wire.answerWith({ status: 201, example: 'no-such-example' });
  await create(example('create-batch-seed-request'));
  expect(() => wire.check()).toThrow('Prism spoke for itself');
});

test("a body that Prism's reader cannot read fails the test", async () => {
  await fetch(`${wire.origin}/data/foundation/import/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"datasetId":',
  });
  expect(() => wire.check()).toThrow('Prism spoke for itself');
});

test('a verdict that a test asked for and did not get fails it', async () => {
  wire.expectVerdict(422);
  await create(example('create-batch-seed-request'));
  expect(() => wire.check()).toThrow('Prism had nothing to say');
});
