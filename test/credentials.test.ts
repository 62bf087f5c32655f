import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { AuthenticationError, type ClientOptions, CredentialsError } from '../src/index.js';
import { CLIENT_SECRET, clientFor, testClock, thrownBy } from './support/client.js';
import { hang, respondWith, useServer } from './support/server.js';

const server = useServer();
const BATCH = { b1: { status: 'success' } };
const TOKEN_CALL = 'POST /ims/token/v3';
const STATUS_CALL = 'GET /data/foundation/catalog/batches/b1';
const DAY_SECONDS = 86_399;

const oauth = (options: Partial<ClientOptions> = {}) => {
  const clock = testClock();
  const { apiKey: _, ...rest } = options;
  const credentials = {
    clientId: 'the-client-id',
    clientSecret: CLIENT_SECRET,
    scopes: ['openid', 'AdobeID'],
    origin: server.origin,
  };
  return { clock, client: clientFor(server.origin, { clock, credentials, ...rest }) };
};
const token = (name: string, expires_in = DAY_SECONDS) =>
  respondWith(200, { access_token: `token-${name}`, token_type: 'bearer', expires_in });
const tokensSent = () =>
  server.requests.flatMap(({ call, headers }) =>
    call === TOKEN_CALL ? [] : [headers.authorization],
  );

/** Answers token calls with tokens 1, 2, …, and refuses calls that have another one than `good`. */
function platform(good: () => string, expires_in = DAY_SECONDS) {
  let issued = 0;
  server.respond = (request, response) => {
    const body =
      request.url === '/ims/token/v3'
        ? { access_token: `token-${++issued}`, token_type: 'bearer', expires_in }
        : BATCH;
    const right =
      request.url === '/ims/token/v3' || request.headers.authorization === `Bearer ${good()}`;
    response.writeHead(right ? 200 : 401).end(right ? JSON.stringify(body) : '{}');
  };
}

describe('an OAuth credential', () => {
  test('asks for a token in a form, with the secret in the body and in no URL', async () => {
    const { client } = oauth();
    server.play(token('a'), BATCH);
    await client.batches.get('b1');

    const [call] = server.requests;
    expect(call?.call).toBe(TOKEN_CALL);
    expect(call?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(call?.headers.authorization).toBeUndefined();
    expect(call?.headers['user-agent']).toMatch(/^aep-batch/);
    expect(call?.headers['x-request-id']).toMatch(/\S/);
    expect(Object.fromEntries(new URLSearchParams(`${call?.body}`))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'the-client-id',
      client_secret: CLIENT_SECRET,
      scope: 'openid,AdobeID',
    });
  });

  test('has tokens that no error shows', async () => {
    const { client } = oauth({ maxRetries: 0 });
    server.play(token('planted'), respondWith(403, { message: 'token-planted has no access' }));
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toMatchObject({ status: 403 });
    expect(inspect(error, { depth: 9 })).not.toContain('token-planted');
  });

  test('is asked once by 50 concurrent calls', async () => {
    const { client } = oauth();
    platform(() => 'token-1');
    await Promise.all(Array.from({ length: 50 }, () => client.batches.get('b1')));

    expect(server.seen.filter((call) => call === TOKEN_CALL)).toHaveLength(1);
    expect(server.seen).toHaveLength(51);
  });

  test('is asked once by 50 concurrent calls whose token has just been rejected', async () => {
    const { client } = oauth();
    let good = 'token-1';
    platform(() => good);
    await client.batches.get('b1');
    good = 'token-2';
    await Promise.all(Array.from({ length: 50 }, () => client.batches.get('b1')));

    expect(server.seen.filter((call) => call === TOKEN_CALL)).toHaveLength(2);
  });

  test('keeps its token for as long as it is good', async () => {
    const { client, clock } = oauth();
    server.play(token('a'), BATCH, BATCH);
    await client.batches.get('b1');
    clock.nowMs += (DAY_SECONDS - 3600) * 1000;
    await client.batches.get('b1');

    expect(tokensSent()).toEqual(['Bearer token-a', 'Bearer token-a']);
  });

  test('gets a new token before the old one runs out, while calls go on with the old one', async () => {
    const { client, clock } = oauth();
    platform(() => 'token-1');
    await client.batches.get('b1');
    clock.nowMs += (DAY_SECONDS - 60) * 1000;
    await client.batches.get('b1'); // does not wait for the new one
    while (server.seen.filter((call) => call === TOKEN_CALL).length < 2)
      await new Promise(setImmediate);

    expect(tokensSent()).toEqual(['Bearer token-1', 'Bearer token-1']);
  });

  test('waits for a new token when the old one has run out', async () => {
    const { client, clock } = oauth();
    server.play(token('a'), BATCH, token('b'), BATCH);
    await client.batches.get('b1');
    clock.nowMs += DAY_SECONDS * 1000;
    await client.batches.get('b1');

    expect(tokensSent()).toEqual(['Bearer token-a', 'Bearer token-b']);
  });

  test('understands a life in milliseconds, as an older flow says it', async () => {
    const { client, clock } = oauth();
    server.play(token('a', 86_399_992), BATCH, token('b'), BATCH);
    await client.batches.get('b1');
    clock.nowMs += 86_400_000;
    await client.batches.get('b1');

    expect(tokensSent()).toEqual(['Bearer token-a', 'Bearer token-b']);
  });

  test.each([
    { access_token: 'token-a', token_type: 'bearer' },
    { access_token: 'token-a', token_type: 'bearer', expires_in: 'soon' },
    { access_token: 'token-a', token_type: 'bearer', expires_in: null },
    { access_token: 'token-a', token_type: 'bearer', expires_in: 0 },
    { access_token: '', token_type: 'bearer', expires_in: 999 },
    { token_type: 'bearer', expires_in: 999 },
  ])('cannot use the response %j, and says so', async (body) => {
    const { client } = oauth();
    server.play(respondWith(200, body));
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toMatchObject({
      name: 'InvalidResponseError',
      operation: 'getToken',
      status: 200,
    });
    expect(String(error)).toContain('expires_in');
  });

  test('takes digits in a string for a life', async () => {
    const { client, clock } = oauth();
    const issued = { access_token: 'token-a', token_type: 'bearer', expires_in: '600' };
    server.play(respondWith(200, issued), BATCH, token('b'), BATCH);
    await client.batches.get('b1');
    clock.nowMs += 600_000;
    await client.batches.get('b1');

    expect(tokensSent()).toEqual(['Bearer token-a', 'Bearer token-b']);
  });

  test('tries again after 503, like any other call', async () => {
    const { client } = oauth();
    server.play(503, token('a'), BATCH);
    await client.batches.get('b1');
    expect(server.seen).toEqual([TOKEN_CALL, TOKEN_CALL, STATUS_CALL]);
  });

  test.each([400, 401, 403])(
    'that is rejected with %i is an authentication error',
    async (status) => {
      const { client } = oauth();
      server.play(
        respondWith(status, { error: 'invalid_client', error_description: 'wrong secret' }),
      );
      const error = await thrownBy(client.batches.get('b1'));

      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({
        status,
        code: 'invalid_client',
        detail: 'wrong secret',
        operation: 'getToken',
      });
      expect(server.seen).toEqual([TOKEN_CALL]);
    },
  );

  test('is the API key, too, unless another one is given', async () => {
    const { clock: _, client } = oauth();
    server.play(token('a'), BATCH);
    await client.batches.get('b1');
    expect(server.requests.at(-1)?.headers['x-api-key']).toBe('planted-api-key-0123456789');
  });

  test("lets a caller's signal end the waiting, and not the others' request", async () => {
    const { client } = oauth();
    const abort = new AbortController();
    server.play((_, response) => {
      abort.abort(new Error('enough'));
      setImmediate(() =>
        response.end('{"access_token":"token-a","token_type":"bearer","expires_in":999}'),
      );
    }, BATCH);
    const impatient = thrownBy(client.batches.get('b1', { signal: abort.signal }));
    const patient = client.batches.get('b1');

    expect(await impatient).toMatchObject({ name: 'AbortError' });
    expect(await patient).toMatchObject({ id: 'b1' });
    expect(server.seen).toEqual([TOKEN_CALL, STATUS_CALL]);
  });
});

describe('a token that is rejected', () => {
  test('is renewed once, and the call repeated once', async () => {
    const { client } = oauth();
    let good = 'token-1';
    platform(() => good);
    await client.batches.get('b1');
    good = 'token-2';
    await client.batches.get('b1');

    expect(tokensSent()).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test('uses up no retry when it is renewed', async () => {
    let asked = 0;
    server.play(401, 503, BATCH);
    const credentials = async () => `the-token-${asked++}`;
    const options = { credentials, maxRetries: 1, clock: testClock() };
    expect(await clientFor(server.origin, options).batches.get('b1')).toMatchObject({ id: 'b1' });
  });

  test('for ever is an authentication error after two calls', async () => {
    const { client } = oauth();
    platform(() => 'none');
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toBeInstanceOf(AuthenticationError);
    expect(server.seen).toEqual([TOKEN_CALL, STATUS_CALL, TOKEN_CALL, STATUS_CALL]);
  });

  test('is not sent again when it is fixed', async () => {
    server.play(401);
    expect(await thrownBy(clientFor(server.origin).batches.get('b1'))).toBeInstanceOf(
      AuthenticationError,
    );
  });

  test('has a function asked once more, and is not sent again if that gives the same', async () => {
    const given = ['old', 'new'];
    const first = clientFor(server.origin, { credentials: async () => given.shift() ?? 'new' });
    server.play(401, BATCH);
    expect(await first.batches.get('b1')).toMatchObject({ id: 'b1' });
    expect(tokensSent()).toEqual(['Bearer old', 'Bearer new']);

    server.play(401);
    const second = clientFor(server.origin, { credentials: () => 'same' });
    expect(await thrownBy(second.batches.get('b1'))).toBeInstanceOf(AuthenticationError);
  });
});

describe('a function for the token', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('vault is sealed');
      },
    ],
    ['rejects', () => Promise.reject(new Error('vault is sealed'))],
  ])('that %s: nothing is sent, and the error says why', async (_, credentials) => {
    const error = await thrownBy(clientFor(server.origin, { credentials }).batches.get('b1'));

    expect(error).toBeInstanceOf(CredentialsError);
    expect(String(error)).toMatch(/vault is sealed.*Nothing was sent/);
  });

  test('that never returns ends with the time of the attempt', async () => {
    const credentials = () => new Promise<string>(() => undefined);
    const client = clientFor(server.origin, { credentials, maxRetries: 0 });
    const error = await thrownBy(client.batches.get('b1', { timeoutMs: 30 }));

    expect(error).toMatchObject({ name: 'TimeoutError', stateUnknown: false });
    expect(server.seen).toEqual([]);
  });

  test('that ends the signal itself: nothing is sent', async () => {
    const abort = new AbortController();
    const credentials = async () => {
      abort.abort();
      return 'a-token';
    };
    const create = clientFor(server.origin, { credentials }).batches.create(
      { datasetId: 'd' },
      { signal: abort.signal },
    );

    expect(await thrownBy(create)).toMatchObject({ name: 'AbortError', stateUnknown: false });
    expect(server.seen).toEqual([]);
  });
});

test.each([
  ['no client id', { clientId: '' }, 'credentials.clientId'],
  ['a secret with a line end', { clientSecret: 'secret\n' }, 'credentials.clientSecret'],
  ['no scopes', { scopes: [] }, 'credentials.scopes'],
  ['a plain http origin', { origin: 'http://ims.example' }, 'credentials.origin'],
])('a credential with %s is rejected by name', (_, wrong, field) => {
  const credentials = { clientId: 'id', clientSecret: CLIENT_SECRET, scopes: 'openid', ...wrong };
  expect(() => clientFor(server.origin, { credentials })).toThrow(
    expect.objectContaining({ name: 'InvalidInputError', field }),
  );
});

test('a token call that hangs ends with the time of its attempt', async () => {
  const { client } = oauth({ timeoutMs: 30, maxRetries: 0 });
  server.play(hang);
  expect(await thrownBy(client.batches.get('b1'))).toMatchObject({ name: 'TimeoutError' });
});
