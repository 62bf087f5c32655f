import { inspect } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secrets } from '../src/http/redact.js';
import type { ApiError, BatchClient } from '../src/index.js';
import { API_KEY, CLIENT_SECRET, clientFor, testClock, thrownBy } from './support/client.js';
import { chooseCount } from './support/scale.js';
import { type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
/** With characters that JSON, URLs, forms and base64 write in several ways. */
const TOKEN = 'planted/token+with%odd=signs"and\\more-0123456789';

const call = (play: Play, options: Parameters<typeof clientFor>[1] = {}) => {
  server.play(play);
  const client = clientFor(server.origin, { credentials: TOKEN, maxRetries: 0, ...options });
  return thrownBy(client.batches.get('b1'));
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hexEscaped = (text: string) =>
  [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const percent = (text: string) =>
  [...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');

const lowerHex = (text: string) => text.replace(/%../g, (hex) => hex.toLowerCase());

const FORMS: [name: string, write: (secret: string) => string][] = [
  ['as it is', (s) => s],
  ['as JSON', (s) => JSON.stringify(s).slice(1, -1)],
  ['as JSON with escaped slashes', (s) => JSON.stringify(s).slice(1, -1).replaceAll('/', '\\/')],
  ['as JSON in JSON', (s) => JSON.stringify(JSON.stringify(s))],
  ['with every character escaped', hexEscaped],
  ['with some characters escaped', (s) => s.slice(0, 3) + hexEscaped(s.slice(3, 9)) + s.slice(9)],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded in lower case', (s) => lowerHex(encodeURIComponent(s))],
  ['percent-encoded as a whole', percent],
  ['percent-encoded in part', (s) => s.slice(0, 4) + percent(s.slice(4, 8)) + s.slice(8)],
  ['percent-encoded twice', (s) => encodeURIComponent(encodeURIComponent(s))],
  ['as a form', (s) => new URLSearchParams({ s }).toString().slice(2)],
  ['as base64', base64],
  ['as base64url', (s) => Buffer.from(s).toString('base64url')],
  ['as base64 behind a user', (s) => base64(`user:${s}`)],
  ['as base64 behind another user', (s) => base64(`someone:${s}`)],
  ['as base64url within more', (s) => Buffer.from(`ab:${s}:cd`).toString('base64url')],
  ['as base64 in a URL', (s) => encodeURIComponent(base64(`u1:${s}`))],
];

/** Whether enough of a text is left to read a secret from. */
const shows = (text: string, secret: string, write: (secret: string) => string) =>
  text.includes(secret) || text.includes(write(secret).slice(6, -6));

describe('a secret is masked however it is written', () => {
  test.each(FORMS)('%s', (_, write) => {
    for (const secret of [
      TOKEN,
      'eyJhbGciOiJSUzI1NiJ9.eyJpZCI6IjEifQ.c2ln',
      'pässword with spaces',
    ]) {
      const secrets = new Secrets();
      secrets.add(secret);
      if (secret === 'pässword with spaces' && write === percent) continue; // no UTF-8
      const text = `before ${write(secret)} after`;
      const clean = secrets.redact(text);

      expect(shows(clean, secret, write) ? `${secret} in ${clean}` : '').toBe('');
      expect(clean).toMatch(/^before .*\[secret\].* after$/);
    }
  });

  test('for any secret, written in any of the ways, within any text', () => {
    const character = fc.constantFrom(...'abcXYZ019-._~+/=%\\"\'&?#:@ $!u25'.split(''));
    const secret = fc.string({ unit: character, minLength: 10, maxLength: 40 });
    const around = fc.string({ unit: character, maxLength: 10 });
    const form = fc.constantFrom(...FORMS.slice(0, 12));
    fc.assert(
      fc.property(secret, around, around, form, (value, before, after, [, write]) => {
        const secrets = new Secrets();
        secrets.add(value);
        const clean = secrets.redact(`${before} ${write(value)}\n${after}`);
        expect(clean).not.toContain(value);
        expect(clean).toContain('[secret]');
      }),
      { numRuns: chooseCount({ quick: 100, deep: 500 }) },
    );
  });

  test('and other text stays as it is', () => {
    const secrets = new Secrets();
    secrets.add(TOKEN);
    const text = 'a 100 % \\u0041 %41 + %zz \\ %25 “quoted” 🙂 \ud800 end %';
    expect(secrets.redact(text)).toBe(text);
  });
});

test.each([
  ['loading', 'load', 'loading'],
  ['createdClient: clientid', 'client', 'createdClient: clientid'],
  ['"createdClient":"client"', 'client', '"createdClient":"[secret]"'],
  ['user:dev1@host, a_dev1-b', 'dev1', 'user:[secret]@host, a_[secret]-b'],
  ['"a\\ndev1\\n"', 'dev1', '"a\\n[secret]\\n"'],
  ['a%20dev1%0Ab', 'dev1', 'a%20[secret]%0Ab'],
  ['a\\u0020dev1\\u0020b', 'dev1', 'a\\u0020[secret]\\u0020b'],
  ['a&quot;dev1&quot;b', 'dev1', 'a&quot;[secret]&quot;b'],
  ['\\x1bdev1', 'dev1', '\\x1b[secret]'],
  ['x!dev1 y', '!dev1', 'x[secret] y'],
  ['xlongsecrety', 'longsecret', 'x[secret]y'],
])(
  'in %j the secret %s is masked as a word, if it is short, and anywhere else if not: %j',
  (text, secret, expected) => {
    const secrets = new Secrets();
    secrets.add(secret);
    expect(secrets.redact(text)).toBe(expected);
  },
);

test('a message about another origin names its URL without the secrets in it', async () => {
  const { raw } = clientFor(server.origin, { credentials: TOKEN });
  const baseUrl = `https://other.invalid/${encodeURIComponent(TOKEN)}`;
  const init = { baseUrl, params: { path: { batchId: 'b1' } } };
  const error = await thrownBy(raw.GET('/data/foundation/catalog/batches/{batchId}', init));

  expect(String(error)).toContain('received https://other.invalid/[secret]/data/foundation/');
  expect(server.seen).toEqual([]);
});

test('a text of 200 kB is read in a moment, with many tokens and whatever it holds', () => {
  const secrets = new Secrets();
  for (let n = 0; n < 1000; n++) secrets.addToken(`eyJhbGciOiJSUzI1NiJ9.${n}.${'x'.repeat(1000)}`);
  // Work that grew with the square of the length would exceed the time limit of a test.
  for (const piece of ['a', '\\', '%', '%25', 'eyJhbGciOiJSUzI1NiJ9.', 'Bearer ', ' ', '\\u0041'])
    secrets.redact(piece.repeat(200_000 / piece.length));
  expect(secrets.redact('a')).toBe('a');
});

test('a token that the response writes with escapes stands nowhere in the error', async () => {
  const escaped = `"${hexEscaped(TOKEN)}"`;
  const body = `{"title":${escaped},"detail":${escaped},${escaped}:1,"deep":[{"a":${escaped}}]}`;
  const error = (await call(respondWith(400, body))) as ApiError;

  const shown = [error.message, error.detail, inspect(error, { depth: 9 }), JSON.stringify(error)];
  for (const text of shown) expect(text).not.toContain(TOKEN);
  expect(JSON.stringify(error.body)).not.toContain(JSON.stringify(TOKEN).slice(1, -1));
  expect(error.detail).toBe('[secret]');
  expect(error.body).toMatchObject({ '[secret]': 1, deep: [{ a: '[secret]' }] });
});

test('a token at the place where a long text is cut is masked as well', async () => {
  for (const length of [4096, 65_536]) {
    for (const offset of [1, 10, 40]) {
      const error = (await call(
        respondWith(400, `${'x'.repeat(length - offset)}${TOKEN}`),
      )) as ApiError;
      expect(`${error.body}`).not.toContain(TOKEN.slice(0, 8));
      expect(`${error.detail}`).not.toContain(TOKEN.slice(0, 8));
    }
  }
});

test.each(['json', 'status', 'batch', 'true', 'title', 'failed', 'GET'])(
  'an API key that is a common word (%s) masks nothing: it is no secret',
  async (apiKey) => {
    const play = respondWith(400, { title: 'a batch failed', status: 400, json: true });
    const error = (await call(play, { apiKey })) as ApiError;

    expect(inspect(error, { depth: 9 })).not.toContain('[secret]');
    expect(error.body).toEqual({ title: 'a batch failed', status: 400, json: true });
  },
);

test('a result shows who created a batch, which is the API key of the client', async () => {
  server.play({ b1: { status: 'success', createdClient: API_KEY } });
  const batch = await clientFor(server.origin).batches.get('b1');
  expect(batch.createdClient).toBe(API_KEY);
});

test('a secret whose base64 has signs that a URL writes otherwise is masked as base64 of URLs', () => {
  const secrets = new Secrets();
  const secret = '>>>???>>>???~~~';
  secrets.add(secret);
  const written = Buffer.from(secret).toString('base64url');
  expect(written).toMatch(/-.*_/);
  expect(secrets.redact(`a ${written} b`)).toBe('a [secret] b');
});

test('a cause far down in an error is left out of its copy, with the secret that it may show', () => {
  const secrets = new Secrets();
  secrets.add(CLIENT_SECRET);
  let thrown = new Error(CLIENT_SECRET);
  for (let level = 0; level < 10; level++) thrown = new Error(`level ${level}`, { cause: thrown });
  let at = secrets.clean(thrown);
  for (; at instanceof Error; at = at.cause) expect(at.message).not.toContain(CLIENT_SECRET);
  expect(at).toBeUndefined();
});

test('of very many tokens the newest are masked', () => {
  const secrets = new Secrets();
  const tokens = Array.from({ length: 300 }, (_, n) => `token-${n}-0123456789`);
  for (const token of tokens) secrets.addToken(token);
  for (const token of tokens.slice(-150)) expect(secrets.redact(token)).toBe('[secret]');
});

test('an error that is copied without its secrets keeps its name and its number', () => {
  const secrets = new Secrets();
  secrets.add(CLIENT_SECRET);
  const thrown = Object.assign(new RangeError(`a ${CLIENT_SECRET} b`), { code: 7 });
  expect(secrets.clean(thrown)).toMatchObject({
    name: 'RangeError',
    message: 'a [secret] b',
    code: 7,
  });
});

describe('a foreign error shows no secret, wherever it holds it', () => {
  const secret = CLIENT_SECRET;
  const hidden = (name: PropertyKey, value: unknown, enumerable = false) =>
    Object.defineProperty(new Error('x'), name, { value, enumerable });
  const realm = createContext({ secret });
  const cases: [name: string, thrown: unknown][] = [
    ['a symbol key', hidden(Symbol('s'), secret)],
    ['the name of a symbol', hidden(Symbol(secret), 1)],
    ['its name', Object.assign(new Error('x'), { name: secret })],
    ['its code', Object.assign(new Error('x'), { code: secret })],
    ['a property that is not enumerable', hidden('request', { headers: { a: secret } })],
    ['a member', new AggregateError([hidden('request', secret)], 'all')],
    ['a member that is a string', new AggregateError([secret], 'all')],
    ['a cause that is an object', new Error('x', { cause: { token: secret } })],
    ['a cause of a cause', new Error('x', { cause: new Error('y', { cause: secret }) })],
    ['a getter', Object.defineProperty(new Error('x'), 'a', { get: () => secret })],
    ['a DOMException', new DOMException(secret, 'TimeoutError')],
    ["a DOMException's name", new DOMException('x', secret)],
    ['a message on its prototype', Object.create({ name: 'Error', message: secret })],
    ['an error of another realm', runInContext('new Error(secret)', realm)],
    ['an object of another realm', runInContext('({ a: { b: secret } })', realm)],
    ['an object', { message: secret, config: { headers: [secret] } }],
    ['an object key', { [secret]: 1 }],
    ['a string', secret],
    ['a symbol', Symbol(secret)],
    ['a Map', new Map([[secret, secret]])],
    ['a Buffer', Buffer.from(secret)],
    ['a function', Object.assign(() => secret, { secret })],
    ['a Proxy', new Proxy(new Error(secret), {})],
    ['escapes', new Error(encodeURIComponent(secret).replace('p', '%70'))],
    ['base64', new Error(base64(`user:${secret}`))],
  ];
  test.each(cases)('%s', async (_, thrown) => {
    const client = clientFor(server.origin, {
      credentials: { clientId: 'a', clientSecret: secret, scopes: 's', origin: server.origin },
      fetch: () => Promise.reject(thrown),
      maxRetries: 0,
    });
    const error = await thrownBy(client.batches.get('b1'));
    const look = { depth: 12, showHidden: true, getters: true };
    const parts = [inspect(error, look), JSON.stringify(error), String(error)];
    for (let one = error; one instanceof Error; one = one.cause) {
      parts.push(one.message, one.stack ?? '', inspect(one, look));
    }
    const text = parts.join('\n');

    expect(text).not.toContain(secret);
    expect(text).not.toContain(base64(`user:${secret}`).slice(10, -6));
    expect(text).not.toContain('failed: undefined');
    expect((error as Error).cause).toBeDefined();
  });
});

test('all tokens of a client that renews them are masked, the earlier ones too', async () => {
  let count = 0;
  const tokens: string[] = [];
  const client: BatchClient = clientFor(server.origin, {
    credentials: () => {
      tokens.push(`token-number-${++count}-0123456789`);
      return tokens.at(-1) ?? '';
    },
    clock: testClock(),
  });
  const echo = () => respondWith(401, { title: tokens.join(' ') });
  server.play(
    (...all) => (echo() as (...args: typeof all) => void)(...all),
    (...all) => (echo() as (...args: typeof all) => void)(...all),
  );
  const error = await thrownBy(client.batches.get('b1'));

  expect(tokens.length).toBeGreaterThan(1);
  for (const token of tokens) expect(inspect(error, { depth: 9 })).not.toContain(token);
});

test.each<[string, (token: string) => string]>([
  ['as HTML', (token) => token.replaceAll('"', '&quot;').replaceAll('=', '&#61;')],
  ['as HTML in HTML', (token) => token.replaceAll('"', '&amp;quot;')],
  [
    'in numbers of HTML',
    (token) => token.replace(/./g, (c) => `&#x${c.charCodeAt(0).toString(16)};`),
  ],
  ['without its end', (token) => token.slice(0, -1)],
  ['with its first 12 characters', (token) => token.slice(0, 12)],
  ['with characters without width', (token) => [...token].join('\u200b')],
  ['with NULs', (token) => [...token].join('\0')],
])('a token that the response writes %s is masked', async (_, write) => {
  const error = (await call(respondWith(400, { detail: `a ${write(TOKEN)} b` }))) as ApiError;
  expect(error.detail).toBe('a [secret] b');
});
