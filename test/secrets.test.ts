import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { ClientOptions } from '../src/index.js';
import { API_KEY, CLIENT_SECRET, clientFor, TOKEN, testClock, thrownBy } from './support/client.js';
import { cut, hang, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const SECRETS = [TOKEN, CLIENT_SECRET];
const ECHO = `Bearer ${TOKEN}`;

/** All that a person or a log may get to see of a value. */
function shown(value: unknown): string {
  const parts = [
    inspect(value, { depth: 9, showHidden: true }),
    JSON.stringify(value),
    String(value),
  ];
  for (let error = value; error instanceof Error; error = error.cause) {
    parts.push(error.message, error.stack ?? '', inspect(error, { depth: 9, showHidden: true }));
  }
  return parts.join('\n');
}
const leaks = (value: unknown) => SECRETS.filter((secret) => shown(value).includes(secret));

const oauth = () => ({
  clientId: API_KEY,
  clientSecret: CLIENT_SECRET,
  scopes: 'openid',
  origin: server.origin,
});
const TOKEN_ANSWER = respondWith(200, {
  access_token: TOKEN,
  token_type: 'bearer',
  expires_in: 999,
});

/** One way to provoke each class of error, with a platform that echoes what it should not. */
const provocations: [name: string, plays: Play[], options: Partial<ClientOptions>][] = [
  ...[400, 401, 403, 404, 409, 413, 414, 415, 416, 418, 422, 428, 429, 500, 502, 503, 504].map(
    (status): [string, Play[], Partial<ClientOptions>] => [
      `${status}`,
      [respondWith(status, { title: ECHO, detail: ECHO }, { 'x-request-id': TOKEN })],
      {},
    ],
  ),
  ['a page of HTML', [respondWith(502, `<title>${ECHO}</title>`)], {}],
  ['a redirect', [respondWith(302, '', { location: `http://x/?t=${TOKEN}` })], {}],
  ['a body that is not JSON', [respondWith(200, ECHO)], {}],
  ['a body that is a string', [respondWith(200, JSON.stringify(ECHO))], {}],
  ['a cut connection', [cut], {}],
  ['a timeout', [hang], { timeoutMs: 30 }],
  [
    'a fetch that throws it',
    [],
    {
      fetch: async () => {
        throw new Error(ECHO, { cause: new Error(ECHO) });
      },
    },
  ],
  ...[
    new AggregateError([new Error('a'), new Error(ECHO)], 'all failed'),
    Object.assign(new Error('x'), { config: { headers: { deep: [{ deeper: ECHO }] } } }),
    Object.assign(new Error('x'), { inner: new Error(ECHO) }),
    Object.assign(new Error('x'), { map: new Map([['authorization', ECHO]]) }),
    Object.assign(new Error('x'), { [ECHO]: true }),
  ].map((thrown): [string, Play[], Partial<ClientOptions>] => [
    `a fetch that throws it inside ${Object.keys(thrown)[0]?.slice(0, 6) ?? 'one of many'}`,
    [],
    { fetch: () => Promise.reject(thrown) },
  ]),
  [
    'a function that throws it',
    [],
    { credentials: () => Promise.reject(new Error(`Bearer ${TOKEN}`)) },
  ],
  ['a token that cannot be sent', [], { credentials: () => `${TOKEN}\n` }],
];

describe('no error shows a secret', () => {
  test.each(provocations)('%s', async (_, plays, options) => {
    server.play(...plays);
    const client = clientFor(server.origin, { maxRetries: 0, clock: testClock(), ...options });
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toBeInstanceOf(Error);
    expect(leaks(error)).toEqual([]);
  });

  test.each([
    [
      'the token call is refused',
      [respondWith(400, { error: 'x', error_description: `${ECHO} ${CLIENT_SECRET}` })],
    ],
    ['the token call is cut', [cut]],
    ['a call is refused', [TOKEN_ANSWER, respondWith(403, { title: ECHO })]],
    [
      'a call is refused for its token',
      [TOKEN_ANSWER, respondWith(401, ECHO), TOKEN_ANSWER, respondWith(401, ECHO)],
    ],
  ] as [string, Play[]][])('with an OAuth credential, when %s', async (_, plays) => {
    server.play(...plays, ...plays, ...plays);
    const client = clientFor(server.origin, { credentials: oauth(), clock: testClock() });
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toBeInstanceOf(Error);
    expect(leaks(error)).toEqual([]);
  });
});

describe('neither does the error of a call that its signal ends with a reason that has one,', () => {
  type End = (abort: () => void) => [Play, Partial<ClientOptions>];
  test.each<[string, End]>([
    ['within an attempt', (abort) => [abort, {}]],
    ['between two attempts', (abort) => [503, { onRetry: abort }]],
  ])('%s', async (_, end) => {
    const ending = new AbortController();
    const [play, options] = end(() => ending.abort(new Error(ECHO)));
    server.play(play);
    const client = clientFor(server.origin, { clock: testClock(), ...options });
    const error = await thrownBy(client.batches.get('b1', { signal: ending.signal }));

    expect(error).toMatchObject({ name: 'AbortError', cause: expect.any(Error) });
    expect(leaks(error)).toEqual([]);
  });
});

describe('an error that cannot be written as JSON is reported all the same', () => {
  const circular = Object.assign(new Error('the vault is sealed'), { config: {} });
  Object.assign(circular.config, { self: circular.config });
  const itsOwnCause = new Error('the vault is sealed');
  itsOwnCause.cause = itsOwnCause;
  const thorny = Object.defineProperty(new Error('the vault is sealed'), 'response', {
    enumerable: true,
    get: () => {
      throw new Error('not to be looked at');
    },
  });

  test.each([
    ['one that holds itself', circular],
    ['one that is its own cause', itsOwnCause],
    ['one with a number of any size', Object.assign(new Error('the vault is sealed'), { n: 1n })],
  ])('%s', async (_, thrown) => {
    const call = (options: Partial<ClientOptions>) =>
      thrownBy(clientFor(server.origin, { maxRetries: 0, ...options }).batches.get('b1'));

    const byFunction = await call({ credentials: () => Promise.reject(thrown) });
    expect(byFunction).toMatchObject({ name: 'CredentialsError' });
    expect(String(byFunction)).toContain('the vault is sealed');
    const byFetch = await call({ fetch: () => Promise.reject(thrown) });
    expect(byFetch).toMatchObject({ name: 'ConnectionError' });
    expect(String(byFetch)).toContain('the vault is sealed');
  });

  test('and of one that throws when it is looked at, the message is kept', async () => {
    const client = clientFor(server.origin, { credentials: () => Promise.reject(thorny) });
    expect(await thrownBy(client.batches.get('b1'))).toMatchObject({
      name: 'CredentialsError',
      cause: { message: 'the vault is sealed' },
    });
  });
});

test('neither does the client, whichever part of it is looked at', () => {
  const client = clientFor(server.origin, { credentials: oauth() });
  for (const part of [client, client.batches, client.files, client.diagnostics, client.raw]) {
    expect(leaks(part)).toEqual([]);
  }
});

test('neither does the event of onRetry', async () => {
  const events: unknown[] = [];
  server.play(respondWith(503, ECHO), 503, 503);
  const client = clientFor(server.origin, {
    clock: testClock(),
    onRetry: (event) => void events.push(event),
  });
  await thrownBy(client.batches.get('b1'));

  expect(events).toHaveLength(2);
  expect(leaks(events)).toEqual([]);
});

test('the secret of a credential is in no URL and no header, and in no call but the one for a token', async () => {
  server.play(TOKEN_ANSWER, { b1: { status: 'success' } });
  await clientFor(server.origin, { credentials: oauth() }).batches.get('b1');

  const [, call] = server.requests;
  expect(server.seen.join()).not.toContain(CLIENT_SECRET);
  expect(JSON.stringify(server.requests.map(({ headers }) => headers))).not.toContain(
    CLIENT_SECRET,
  );
  expect(`${call?.body}`).not.toContain(CLIENT_SECRET);
});
