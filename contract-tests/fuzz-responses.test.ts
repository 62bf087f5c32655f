/**
 * Responses generated from the document, through every public method. A failure names its seed, the smallest
 * example and the command that repeats it.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BatchClient } from '../src/index.js';
import { fuzz } from './fuzz/fuzz.js';
import { judgeResponse, type Outcome } from './fuzz/judge-response.js';
import { ResponseServer } from './fuzz/response-server.js';
import { invalidResponses, type ResponseCase, validResponses } from './fuzz/responses.js';
import { targets } from './fuzz/targets.js';
import { createClient, OAUTH } from './support/client.js';

const server = new ResponseServer();
let client: BatchClient;
beforeAll(async () => {
  await server.open();
  client = createClient(server.origin, { maxRetries: 0 });
});
afterAll(async () => {
  await client.close();
  server.close();
});

async function run(given: ResponseCase): Promise<void> {
  const target = targets.find(({ title }) => title === given.title);
  if (target === undefined) throw new Error(`no method ${given.title}`);
  server.respondWith(target.operation, given);
  const credentials = { ...OAUTH, origin: server.origin };
  const isToken = target.operation === 'getToken';
  const own = isToken ? createClient(server.origin, { maxRetries: 0, credentials }) : client;
  const outcome: Outcome = await target.run(own).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (isToken) await own.close();
  const fault = judgeResponse(target, given, outcome);
  if (fault !== undefined) throw new Error(`${given.title}: ${fault}`);
}

test('a response that the document allows becomes its result, and an error response the error of its status', async () => {
  await fuzz('valid responses', validResponses, run);
});

test('a response with one violation is used unchanged, without the wrong member, or is an AepBatchError', async () => {
  await fuzz('invalid responses', invalidResponses, run);
});

test('every public method that sends a request is fuzzed', () => {
  const titles = new Set(targets.map(({ title }) => title));
  const methods = (['batches', 'files', 'datasets', 'schemas', 'diagnostics'] as const).flatMap(
    (name) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(client[name]))
        .filter((method) => method !== 'constructor')
        .map((method) => `${name}.${method}`),
  );
  // It is made of the other methods of files.
  const composed = ['files.upload'];
  expect(methods.filter((method) => !titles.has(method))).toEqual(composed);
});
