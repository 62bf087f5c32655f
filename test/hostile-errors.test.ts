import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import {
  AepBatchError,
  ApiError,
  type ClientOptions,
  ConnectionError,
  CredentialsError,
  SourceError,
} from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { cut, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const call = (play: Play, options: Partial<ClientOptions> = {}) => {
  server.play(play);
  return thrownBy(clientFor(server.origin, { maxRetries: 0, ...options }).batches.get('b1'));
};

describe('an error response is read in a moment, whatever its body is made of', () => {
  const LENGTH = 300_000;
  test.each([
    ...[
      '<',
      '>',
      '<title',
      '<title>',
      '</title>',
      '<title <',
      ' ',
      '\n',
      '\t \n',
      '&',
      '"',
      '\\',
      '%',
    ],
    ...[
      '[',
      '{"a":',
      '[[],',
      '{"errors":',
      '/errors/',
      '/errors/a',
      'Bearer ',
      'Bearer  ',
      '\u202e',
    ],
    ...['\u2028', 'a. ', '.', '\\u0041', '%25', '\u0000', '{"type":"/errors/'],
  ])('%j', async (piece) => {
    const body = piece.repeat(LENGTH / piece.length);
    for (const text of [body, JSON.stringify({ title: body, code: body, type: body })]) {
      const error = await call(respondWith(400, text));

      expect(error).toBeInstanceOf(ApiError);
      expect((error as Error).message.length).toBeLessThan(5000);
      expect(JSON.stringify(error).length).toBeLessThan(1_000_000);
    }
  });

  test.each([
    ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists within `errors`', `{"errors":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('100,000 nested %s', async (_, body) => {
    for (const status of [400, 401, 404, 429, 500, 200]) {
      const error = await call(respondWith(status, body));
      // Of this status: anything else would be a failure of ours to read it.
      expect(error).toMatchObject({ status });
      expect(JSON.stringify(error).length).toBeLessThan(100_000);
    }
  });

  test('of a page the first 4096 characters are looked at for words', async () => {
    for (const end of ['late words', '<title>late</title>']) {
      const error = (await call(respondWith(400, `<p>${' '.repeat(4096)}${end}`))) as ApiError;
      expect(error.message).not.toContain('late');
    }
  });

  test('of a large body the first 64 kB are kept', async () => {
    const text = (await call(respondWith(400, 'x'.repeat(10_000_000)))) as ApiError;
    expect(`${text.body}`).toHaveLength(64 * 1024 + 1);
    const rows = JSON.stringify({ title: 'too many', rows: Array(100_000).fill({ a: 'b' }) });
    const json = (await call(respondWith(400, rows))) as ApiError;
    expect(json.detail).toBe('too many');
    expect(JSON.stringify(json.body).length).toBeLessThan(1_000_000);
  });

  test('a field named __proto__ is a field like any other', async () => {
    const error = (await call(
      respondWith(400, '{"__proto__":{"polluted":1},"title":"t"}'),
    )) as ApiError;
    expect(Object.keys(error.body as object)).toEqual(['__proto__', 'title']);
    expect(Object.getPrototypeOf(error.body)).toBe(Object.prototype);
  });
});

describe('whatever is thrown becomes the cause of one of our errors', () => {
  const revoked = Proxy.revocable(new Error('x'), {});
  revoked.revoke();
  const thorny = new Proxy(new Error('x'), {
    get: () => {
      throw new Error('not to be looked at');
    },
    getPrototypeOf: () => {
      throw new Error('not to be looked at');
    },
  });
  const frozen = Object.freeze(new Error('frozen'));
  const cases: [name: string, thrown: unknown, says: string][] = [
    ['a DOMException', new DOMException('The operation timed out', 'TimeoutError'), 'timed out'],
    ['an error of another realm', runInNewContext('new TypeError("over there")'), 'over there'],
    [
      'a cause in another realm',
      new Error('x', { cause: runInNewContext('new Error("deep")') }),
      'deep',
    ],
    ['a string', 'just words', 'just words'],
    ['an empty string', '', 'without a reason'],
    ['undefined', undefined, 'without a reason'],
    ['null', null, 'without a reason'],
    ['a number', 42, '42'],
    ['a symbol', Symbol('sign'), 'sign'],
    ['an object with a message', { message: 'in an object' }, 'in an object'],
    ['an object with nothing', Object.create(null), 'not an error'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['a Proxy that cannot be looked at', thorny, 'not an error'],
    ['a revoked Proxy', revoked.proxy, 'cannot be read'],
    ['a frozen error', frozen, 'frozen'],
    ['many errors', new AggregateError([new Error('one'), new Error('two')]), 'one; two'],
  ];

  test.each(cases)('%s, by fetch and by the function for the token', async (_, thrown, says) => {
    const get = (options: Partial<ClientOptions>) =>
      thrownBy(clientFor(server.origin, { maxRetries: 0, ...options }).batches.get('b1'));
    const byFetch = await get({ fetch: () => Promise.reject(thrown) });
    const byCredentials = await get({ credentials: () => Promise.reject(thrown) });

    expect(byFetch).toBeInstanceOf(ConnectionError);
    expect(byCredentials).toBeInstanceOf(CredentialsError);
    for (const error of [byFetch, byCredentials] as Error[]) {
      expect(error.message).toContain(says);
      expect(error.message).not.toMatch(/failed: (undefined|null|:)/);
      expect('cause' in error).toBe(true);
      expect(() => JSON.stringify(error)).not.toThrow();
    }
  });

  test('the error that was thrown is the cause itself where it shows no secret', async () => {
    for (const thrown of [new DOMException('late', 'TimeoutError'), new TypeError('t'), frozen]) {
      const fetch = () => Promise.reject(thrown);
      const client = clientFor(server.origin, { maxRetries: 0, fetch });
      expect(((await thrownBy(client.batches.get('b1'))) as Error).cause).toBe(thrown);
    }
  });

  test('so does the reason of a signal', async () => {
    const reason = new DOMException('too late', 'TimeoutError');
    const signal = AbortSignal.abort(reason);
    expect(await thrownBy(clientFor(server.origin).batches.get('b1', { signal }))).toMatchObject({
      name: 'AbortError',
      cause: reason,
    });
  });
});

describe('JSON.stringify() of an error shows what it says', () => {
  test('its name, message, own fields and causes', async () => {
    server.play(cut);
    const client = clientFor(server.origin, { maxRetries: 0 });
    const error = await thrownBy(client.batches.get('b1'));
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'ConnectionError',
      message: (error as Error).message,
      code: 'ECONNRESET',
      operation: 'getBatch',
      stateUnknown: false,
      cause: { name: 'Error', message: expect.stringContaining('ECONNRESET') },
    });
  });

  test('with a chain of causes that ends', () => {
    const loop = new Error('round');
    loop.cause = loop;
    const shown = JSON.stringify(new AepBatchError('all', { cause: loop }));
    expect(shown.match(/round/g)).toHaveLength(5);
  });

  test('and of an error response the body, once it was parsed', async () => {
    const error = await call(respondWith(422, { title: 'no', detail: 'such dataset' }));
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'UnprocessableContentError',
      status: 422,
      detail: 'such dataset',
      body: { title: 'no' },
    });
  });
});

describe('a message shows no character that hides others or turns them round', () => {
  const HIDDEN = [0x202e, 0x2066, 0x200b, 0x200f, 0xfeff, 0x85, 0x9b, 0x2028, 0x2029, 0xad, 0x61c];
  test.each([...HIDDEN, 0x180e, 0x3164, 0x034f, 0xe0041, 0x1b, 0x7f, 0x0])('U+%s', async (code) => {
    const hidden = String.fromCodePoint(code);
    const detail = `ab${hidden}cd`;
    const error = (await call(respondWith(400, { detail }))) as ApiError;

    expect(error.detail).toBe(detail); // the value is kept, and shown with care
    expect(error.message).not.toContain(hidden);
    expect(error.message).toContain('ab');
    expect(error.message).toContain('cd');
    expect(String(error.stack)).not.toContain(hidden);
    expect(new SourceError('p', `p${hidden}q cannot be read.`).message).not.toContain(hidden);
  });

  test('and says which one it was', async () => {
    const error = (await call(respondWith(400, { detail: 'invoice\u202efdp.exe' }))) as ApiError;
    expect(error.message).toContain('invoice\\u202efdp.exe');
  });

  test('a name with a line break stays on its line', () => {
    expect(new SourceError('a\nb', 'a\nb cannot be read.').message).toBe(
      'a\\u000ab cannot be read.',
    );
  });
});

test('retries after a hostile error response stay bounded', async () => {
  server.play(...Array.from({ length: 3 }, () => respondWith(503, '<'.repeat(1_000_000))));
  const client = clientFor(server.origin, { clock: testClock() });
  expect(await thrownBy(client.batches.get('b1'))).toMatchObject({ name: 'ServerError' });
});
