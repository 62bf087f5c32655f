import { describe, expect, test } from '@jest/globals';
import { createBatchClient } from '../src/index.js';
import { OPERATIONS } from './facts/operations.js';
import { type Call, calls } from './support/calls.js';
import { createClient, IDENTITY, OAUTH } from './support/client.js';
import { usePrismProxy } from './support/prism-proxy.js';

const proxy = usePrismProxy();

/** The URLs that a call asks for by default. Nothing is sent. */
async function listUrls({ operation, run }: Call): Promise<string[]> {
  const urls: string[] = [];
  const client = createBatchClient({
    ...IDENTITY,
    ...(operation === 'getToken' ? { credentials: OAUTH } : {}),
    maxRetries: 0,
    fetch: async (input) => {
      urls.push(String(input));
      return new Response('{}', { status: 400 });
    },
  });
  await run(client).catch(() => undefined);
  await client.close();
  return urls;
}

describe('a client without an origin calls the servers of the sources', () => {
  test.each(Object.entries(OPERATIONS))('%s', async (id, { origin }) => {
    const own = calls.filter(({ operation }) => operation === id);
    const urls = (await Promise.all(own.map(listUrls))).flat();

    expect(urls.length).toBeGreaterThanOrEqual(own.length);
    expect([...new Set(urls.map((url) => new URL(url).origin))]).toEqual([origin]);
  });
});

type Encoded = readonly (readonly [text: string, encoded: string])[];
/** Ids as text, and as they have to stand in a URL; written by hand, not encoded by code. */
const IDS: Encoded = [
  ['é', '%C3%A9'],
  ['日本', '%E6%97%A5%E6%9C%AC'],
  ['a+b', 'a%2Bb'],
  ['a&b=c', 'a%26b%3Dc'],
  ['a;b,c:d@e', 'a%3Bb%2Cc%3Ad%40e'],
];
/** Texts that a name of a file or a value of the query may have, and an id may not. */
const TEXTS: Encoded = [
  ...IDS,
  ['two words', 'two%20words'],
  ['100%', '100%25'],
  ['a?b#c', 'a%3Fb%23c'],
];

describe('an id is percent-encoded in the path, whatever characters it has', () => {
  test.each(IDS)('%s', async (id, encoded) => {
    const client = createClient(proxy.origin, { maxRetries: 0 });
    const missing = { status: 404, example: 'error-404-batch' };
    proxy.respondWith({ status: 200 }, missing, missing);
    await client.batches.complete(id);
    await expect(client.batches.get(id)).rejects.toMatchObject({ status: 404 });
    await expect(client.datasets.get(id)).rejects.toMatchObject({ status: 404 });

    expect(proxy.exchanges.map(({ target }) => target)).toEqual([
      `/data/foundation/import/batches/${encoded}?action=COMPLETE`,
      `/data/foundation/catalog/batches/${encoded}`,
      `/data/foundation/catalog/dataSets/${encoded}`,
    ]);
  });

  test.each(['a/b', 'two words', '100%', 'a?b', 'a#b', '..', ''])(
    'and rejected without a request if it is "%s"',
    async (id) => {
      const { batches } = createClient(proxy.origin);
      await expect(batches.complete(id)).rejects.toMatchObject({ field: 'batchId' });
      expect(proxy.exchanges).toEqual([]);
    },
  );
});

describe('a path of a file keeps its slashes, and each of its names is percent-encoded', () => {
  test.each(TEXTS)('%s', async (name, encoded) => {
    proxy.respondWith({ status: 200 });
    const place = { batchId: 'b', datasetId: 'd', path: `${name}/${name}` };
    await createClient(proxy.origin).files.put(place, new Uint8Array(1));

    expect(proxy.only.target).toBe(
      `/data/foundation/import/batches/b/datasets/d/files/${encoded}/${encoded}`,
    );
  });
});

describe('a value of the query is percent-encoded, whatever characters it has', () => {
  test.each(TEXTS)('%s', async (id, encoded) => {
    proxy.respondWith({ status: 200, example: 'catalog-batches-none' });
    const found = createClient(proxy.origin).batches.list({ externalId: id });
    for await (const batch of found) throw new Error(`unexpected batch ${batch.id}`);

    expect(proxy.only.target).toContain(`externalId=${encoded}&`);
  });
});
