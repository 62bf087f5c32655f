import { expect, test } from '@jest/globals';
import { createBatchClient, InvalidInputError } from '../src/index.js';
import { useServer } from './support/server.js';

const server = useServer();
const raw = () => {
  const options = { orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'k', credentials: 't' };
  return createBatchClient({ ...options, origin: server.origin, maxRetries: 0 }).raw;
};
const PATH = '/data/foundation/import/batches';
const body = { datasetId: 'd' };
const BATCH = { id: 'b1', status: 'loading' };

test.each(['middleware', 'fetch', 'querySerializer', 'bodySerializer', 'pathSerializer'])(
  'an option of openapi-fetch that is not taken per call is refused in words: %s',
  async (name) => {
    const call = raw().POST(PATH, { body, [name]: () => '' } as never);

    await expect(call).rejects.toThrow(`Unknown option ${name}. Expected one of signal`);
    await expect(call).rejects.toBeInstanceOf(InvalidInputError);
  },
);

test.each([new FormData(), new URLSearchParams('a=b'), new ReadableStream()])(
  'a body that cannot be sent is refused in words: %s',
  async (given) => {
    await expect(raw().POST(PATH, { body: given } as never)).rejects.toThrow(/^Invalid body: /);
    expect(server.seen).toEqual([]);
  },
);

test('a signal of null is none', async () => {
  server.play(BATCH);

  expect((await raw().POST(PATH, { body, signal: null } as never)).data).toEqual(BATCH);
});

test('a middleware may read the request as a Request, and return a clone with headers of its own', async () => {
  server.play(BATCH);
  const read: unknown[] = [];
  const client = raw();
  client.use({
    async onRequest({ request }) {
      read.push(request.method, await request.json(), await request.text());
      read.push((await request.arrayBuffer()).byteLength, request.signal.aborted);
      const copy = request.clone();
      copy.headers.set('x-own', 'yes');
      return copy;
    },
  });
  const { data } = await client.POST(PATH, { body });

  const text = JSON.stringify(body);
  expect([data, read]).toEqual([BATCH, ['POST', body, text, text.length, false]]);
  expect(server.requests[0]?.headers['x-own']).toBe('yes');
  expect(server.requests[0]?.body.toString()).toBe(text);
});
