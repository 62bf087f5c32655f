import { describe, expect, test } from '@jest/globals';
import {
  AepBatchError,
  type BatchClient,
  type ClientOptions,
  checkFiles,
  createBatchClient,
  InvalidInputError,
  OpenFile,
} from '../src/index.js';
import { all, thrownBy } from './support/client.js';
import { useServer } from './support/server.js';

const server = useServer();
const GOOD: ClientOptions = {
  orgId: 'ORG@AdobeOrg',
  sandbox: 'prod',
  apiKey: 'the-api-key',
  credentials: 'the-access-token',
};

/** What a caller without types may pass. */
const make = (options: Record<string, unknown>) =>
  createBatchClient({ ...GOOD, ...options } as ClientOptions);

const thrownIn = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('an option that is missing or cannot be used is rejected by name', () => {
  test.each<[why: string, option: string, value: unknown, says: string]>([
    ['no organisation', 'orgId', undefined, 'expected the organisation id'],
    ['an empty organisation', 'orgId', '', 'received an empty string'],
    ['an organisation that is no string', 'orgId', 7, 'received 7'],
    ['an organisation with a line break', 'orgId', 'ORG@AdobeOrg\r\nx-evil: 1', 'line break'],
    ['no sandbox', 'sandbox', undefined, 'received undefined'],
    ['a sandbox in upper case', 'sandbox', 'Prod', 'Try "prod"'],
    ['a sandbox with a control character', 'sandbox', 'pr\u0000od', 'control character'],
    ['no API key', 'apiKey', undefined, 'expected the client id'],
    ['an API key with a line end, as read from a file', 'apiKey', 'key\n', 'newline'],
    ['an API key outside ASCII', 'apiKey', 'schlüssel', 'outside ASCII'],
    ['no credentials', 'credentials', undefined, 'expected an access token'],
    ['a token with a line break', 'credentials', 'abc\ndef', 'line break'],
    ['a token with its scheme', 'credentials', 'Bearer abcdefgh', 'the access token alone'],
    ['an origin that is none', 'origin', 'platform.adobe.io', 'expected an origin'],
    ['an origin of another scheme', 'origin', 'ftp://platform.adobe.io', 'expected an origin'],
    ['an http origin off loopback', 'origin', 'http://platform.adobe.io', 'Plain http'],
    [
      'an http origin that looks like loopback',
      'origin',
      'http://127.0.0.1.evil.example',
      'Plain http',
    ],
    ['an origin with a path', 'origin', 'https://platform.adobe.io/data', 'path'],
    ['an origin with a password', 'origin', 'https://me:secret@platform.adobe.io', 'password'],
    ['a timeout of nothing', 'timeoutMs', 0, 'received 0'],
    ['a timeout that setTimeout would take as 1 ms', 'timeoutMs', 2 ** 31, 'to 2147483647'],
    ['a timeout that is no number', 'timeoutMs', Number.NaN, 'received NaN'],
  ])('%s', (_, option, value, says) => {
    const error = thrownIn(() => make({ [option]: value }));

    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ name: 'InvalidInputError', field: option });
    expect((error as Error).message).toContain(says);
  });
});

test('the message about a secret that cannot be used does not quote it', () => {
  const error = thrownIn(() => make({ credentials: 'tops3cret\nvalue' }));
  expect(String(error)).not.toContain('tops3cret');
});

test.each(['http://127.0.0.1:4010', 'http://localhost:4010', 'http://[::1]:4010'])(
  'plain http is taken on loopback: %s',
  (origin) => {
    expect(make({ origin })).toBeDefined();
  },
);

describe('a dataset id that would change the path is rejected and nothing is sent', () => {
  test.each(['a/b', '..', 'a..b', 'a?b', 'a#b', 'a%2Fb', 'a b', 'a\nb', '\\', '.'])(
    '%j',
    async (id) => {
      const client = make({ origin: server.origin });
      const error = await client.batches
        .create({ datasetId: id })
        .catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ name: 'InvalidInputError', field: 'datasetId' });
      expect(server.seen).toEqual([]);
    },
  );
});

describe('a token function that returns what cannot be sent is rejected and nothing is sent', () => {
  test.each([undefined, '', 'abc\r\nx: 1', 7])('%j', async (token) => {
    const client = make({ origin: server.origin, credentials: () => token });
    const error = await client.batches
      .create({ datasetId: 'a' })
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'credentials' });
    expect(server.seen).toEqual([]);
  });
});

test('a header of raw with a line break is rejected and nothing is sent', async () => {
  const call = make({ origin: server.origin }).raw.POST('/data/foundation/import/batches', {
    body: { datasetId: 'a' },
    headers: { 'x-note': 'a\r\nauthorization: Bearer other' },
  });

  await expect(call).rejects.toMatchObject({ name: 'InvalidInputError', field: 'headers.x-note' });
  expect(server.seen).toEqual([]);
});

test('raw sends credentials to no other origin, even where openapi-fetch would', async () => {
  const init = { body: { datasetId: 'a' }, baseUrl: 'https://evil.example' };
  const call = make({ origin: server.origin }).raw.POST('/data/foundation/import/batches', init);

  await expect(call).rejects.toMatchObject({ name: 'InvalidInputError', field: 'origin' });
  expect(server.seen).toEqual([]);
});

describe('what callers without types pass is rejected by its name, and nothing is sent', () => {
  const address = { batchId: 'b', datasetId: 'd', path: 'p' };
  const none = undefined as never;
  const bytes = Buffer.from('x');
  const calls: [what: string, field: string, call: (client: BatchClient) => Promise<unknown>][] = [
    ['no address', 'address', ({ files }) => files.put(none, bytes)],
    ['null for an address', 'address', ({ files }) => files.complete(null as never)],
    ['no part', 'part', ({ files }) => files.uploadPart(address, none, bytes)],
    [
      'a file of no bytes',
      'part.totalBytes',
      ({ files }) => files.uploadPart(address, { start: 0, totalBytes: 0 }, bytes),
    ],
    ['no preview', 'preview', ({ batches }) => batches.preview(address, none)],
    ['no address of a preview', 'address', ({ batches }) => batches.preview(none, none)],
    ['null for a filter', 'filter', ({ batches }) => all(batches.list(null as never))],
    ['no request', 'request', ({ batches }) => batches.create(none)],
    ['an empty name', 'path', ({ files }) => files.download('f', '')],
    ['an empty name of a HEAD', 'path', ({ files }) => files.head('f', '')],
    ['no name of a HEAD', 'path', ({ files }) => files.head('f', none)],
    ['an empty name', 'path', ({ diagnostics }) => diagnostics.downloadFailed('b', '')],
    ['an empty name', 'path', ({ diagnostics }) => all(diagnostics.failedRows('b', ''))],
    ['a name that is none', 'path', ({ files }) => files.download('f', 7 as never)],
    [
      'a range that is none',
      'range',
      ({ files }) => files.download('f', 'a', { range: null as never }),
    ],
    ['another option', 'timeout', ({ batches }) => batches.complete('b', { timeout: 5 } as object)],
    [
      'another option',
      'retries',
      ({ batches }) => batches.create({ datasetId: 'd' }, { retries: 1 } as object),
    ],
    [
      'another option',
      'retry',
      ({ raw }) => raw.GET('/data/foundation/catalog/batches', { retry: 1 } as object),
    ],
  ];
  test.each(calls)('%s: %s', async (_, field, call) => {
    const error = await thrownBy(call(make({ origin: server.origin, maxRetries: 0 })));
    expect(error).toMatchObject({ name: 'InvalidInputError', field });
    expect(server.seen).toEqual([]);
  });
});

describe('an argument whose reading fails is rejected with an own error', () => {
  const fail = () => {
    throw new Error('a trap');
  };
  const traps = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail };
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const address = { batchId: 'b', datasetId: 'd', path: 'p' };
  const client = make({ origin: 'http://127.0.0.1:9', maxRetries: 0 });
  const call: [string, (given: never) => Promise<unknown>][] = [
    ['batches.create()', (given) => client.batches.create(given)],
    ['batches.preview()', (given) => client.batches.preview(address, given)],
    ['files.put()', (given) => client.files.put(address, given)],
    ['files.upload()', (given) => client.files.upload(address, given)],
    ['checkFiles()', (given) => checkFiles(given)],
    ['OpenFile.open()', (given) => OpenFile.open(given)],
  ];
  const values: [string, unknown][] = [
    ['a Proxy whose traps throw', new Proxy({}, traps)],
    ['a Proxy of a function', new Proxy(fail, traps)],
    ['a revoked Proxy', revoked()],
    ['a getter that throws', Object.defineProperty({}, 'size', { get: fail, enumerable: true })],
  ];
  test.each(
    call.flatMap(([name, act]) => values.map(([what, value]) => [name, what, act, value] as const)),
  )('%s with %s', async (_name, _what, act, value) => {
    const error = await thrownBy((async () => act(value as never))());
    expect(error).toBeInstanceOf(AepBatchError);
  });
});
