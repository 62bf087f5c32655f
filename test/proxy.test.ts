import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { respondAsPlatform, useChild, usePlatform, useProxy } from './support/proxies.js';

const platform = usePlatform();
const onwardPort = () => platform.port;
const proxy = useProxy({ onwardPort });
const secureProxy = useProxy({ onwardPort, certificate: 'proxy' });
const untrustedProxy = useProxy({ onwardPort, certificate: 'untrusted' });
const { run, stderr } = useChild();
const url = (userInfo = '') => `http://${userInfo}127.0.0.1:${proxy.port}`;
const BATCH = { id: 'b1', status: 'success' };

/** The password in each of the forms that could be printed. */
const PASSWORD = 'pl@nted/p#ss%zzwörd?';
const FORMS = [
  PASSWORD,
  encodeURIComponent(PASSWORD),
  'pl@nted%2Fp%23ss%25zzw%C3%B6rd%3F',
  Buffer.from(`user:${PASSWORD}`).toString('base64'),
  'pl@nted',
  'wörd',
];
const withoutPassword = (text: string) => {
  for (const form of FORMS) expect(text).not.toContain(form);
};

afterEach(() => withoutPassword(stderr()));

describe('a tunnel', () => {
  test.each(['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])(
    'is opened through the proxy that %s names, and the name of the origin is not resolved',
    async (variable) => {
      expect(await run('get', { [variable]: url() })).toMatchObject({ value: BATCH });
      expect(proxy.heads).toEqual([
        'CONNECT platform.invalid:443 HTTP/1.1\r\nHost: platform.invalid:443\r\n\r\n',
      ]);
    },
  );

  test.each([
    ['127.0.0.1:PORT'],
    ['http://127.0.0.1:PORT/'],
    ['HTTP://localhost:PORT'],
    ['  127.0.0.1:PORT\n'],
  ])('is opened through %j', async (value) => {
    const env = { HTTPS_PROXY: value.replace('PORT', `${proxy.port}`) };
    expect(await run('get', env)).toMatchObject({ value: BATCH });
  });

  test('is used again for the next call, and closed with the client', async () => {
    const env = { HTTPS_PROXY: url() };
    await run('get', env, {}, 'kept');
    await run('get', env, {}, 'kept');
    expect(proxy.heads).toHaveLength(1);
    expect(platform.requests[0]?.socket).toBe(platform.requests[1]?.socket);
    expect(proxy.open.size).toBe(1);

    await run('close', env, {}, 'kept');
    await proxy.allClosed();
  });

  test('that is idle is dropped before the platform drops it, like any connection', async () => {
    platform.respond = (_, response) => {
      response.setHeader('keep-alive', 'timeout=1, max=100');
      response.end('{"b1":{"status":"success"}}');
    };
    // The tunnel takes longer to open than the look for idle connections lasts.
    const tunnel = proxy.behave;
    proxy.behave = (socket, head) => void sleep(600).then(() => tunnel(socket, head));
    await run('get', { HTTPS_PROXY: url() });

    await proxy.allClosed();
  });

  test('is opened for each of several calls at a time', async () => {
    const outcome = await run('getThrice', { HTTPS_PROXY: url() });
    expect(outcome).toMatchObject({ value: BATCH });
    expect(proxy.heads).toHaveLength(2);
  });

  test('is opened through a proxy that is itself reached by TLS', async () => {
    const env = { HTTPS_PROXY: `https://localhost:${secureProxy.port}` };
    expect(await run('get', env, {}, 'in TLS')).toMatchObject({ value: BATCH });
    expect(secureProxy.heads).toHaveLength(1);
    await run('close', env, {}, 'in TLS');
    await secureProxy.allClosed();
  });

  test('that breaks when the request has gone out leaves open whether it took effect', async () => {
    platform.respond = (request) => request.socket.destroy();
    const { error } = await run('create', { HTTPS_PROXY: url() });
    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: true, attempts: 1 });
    expect(platform.requests).toHaveLength(1);
  });

  test('that breaks at once with all others is opened again for the next attempt', async () => {
    const env = { HTTPS_PROXY: url() };
    await run('getThrice', env, {}, 'broken');
    expect(proxy.open.size).toBe(2);
    platform.respond = (request) => {
      platform.respond = respondAsPlatform;
      request.socket.destroy();
    };
    expect(await run('get', env, {}, 'broken')).toMatchObject({ value: BATCH });
    expect(proxy.heads).toHaveLength(3);
  });

  test('is opened to where tokens come from as well, each origin by its own rules', async () => {
    const credentials = {
      clientId: 'the-client-id',
      clientSecret: 'the-client-secret',
      scopes: ['a'],
      origin: 'https://ims.invalid',
    };
    expect(await run('get', { HTTPS_PROXY: url() }, { credentials })).toMatchObject({
      value: BATCH,
    });
    expect(proxy.heads.map((head) => head.split(' ')[1])).toEqual([
      'ims.invalid:443',
      'platform.invalid:443',
    ]);
  });

  test('carries the credentials as Basic, whatever characters they hold', async () => {
    await run('get', { HTTPS_PROXY: url(`user:${PASSWORD}@`) });
    const [, sent = ''] = /Proxy-Authorization: Basic (\S+)\r\n/.exec(proxy.heads[0] ?? '') ?? [];
    expect(Buffer.from(sent, 'base64').toString()).toBe(`user:${PASSWORD}`);
    expect(platform.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('is rejected where the origin has a certificate that is not trusted, with nothing sent', async () => {
    const wrong = { HTTPS_PROXY: url() };
    const outcome = await run('create', wrong, { origin: 'https://other.invalid' });
    expect(outcome.error).toMatchObject({
      name: 'ConnectionError',
      attempts: 1,
      stateUnknown: false,
    });
    expect(outcome.error?.message).toContain(`through the proxy 127.0.0.1:${proxy.port}`);
    expect(platform.requests).toEqual([]);
    await proxy.allClosed();
  });
});

test('an origin on loopback is called directly, even with TLS and whatever is set', async () => {
  const seen: string[] = [];
  secureProxy.behave = (socket, head) => {
    seen.push(head.split(' ')[0] ?? '');
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{"b1":{"status":"success"}}');
  };
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY'];
  const env = Object.fromEntries(names.map((name) => [name, url()]));
  for (const host of ['localhost', '127.0.0.1']) {
    const origin = `https://${host}:${secureProxy.port}`;
    expect(await run('get', env, { origin })).toMatchObject({ value: BATCH });
  }

  expect(seen).toEqual(['GET', 'GET']);
  expect(proxy.heads).toEqual([]);
});

describe('a response to CONNECT other than 200', () => {
  const REFUSALS = [
    [101, 1],
    [201, 1],
    [202, 1],
    [204, 1],
    [299, 1],
    [301, 1],
    [302, 1],
    [304, 1],
    [400, 1],
    [401, 1],
    [403, 1],
    [404, 1],
    [405, 1],
    [407, 1],
    [408, 3],
    [429, 3],
    [500, 3],
    [502, 3],
    [503, 3],
    [504, 3],
    [599, 3],
  ] as const;
  test.each(REFUSALS)('%i opens no tunnel, and is tried %i times', async (status, attempts) => {
    proxy.behave = (socket) => {
      socket.write(`HTTP/1.1 ${status} Some Reason\r\ncontent-length: 16\r\n\r\n{"id":"made-up"}`);
    };
    const { error } = await run('create', { HTTPS_PROXY: url() });

    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: false, attempts });
    expect(error?.message).toContain(`127.0.0.1:${proxy.port}`);
    expect(error?.message).toContain(`${status} Some Reason`);
    expect(error?.shown).not.toContain('made-up');
    expect(platform.requests).toEqual([]);
    expect(proxy.heads).toHaveLength(attempts);
    await proxy.allClosed();
  });

  test('is the end at once where there are to be no retries', async () => {
    proxy.behave = (socket) => socket.write('HTTP/1.1 503 Busy\r\n\r\n');
    const { error } = await run('get', { HTTPS_PROXY: url() }, { maxRetries: 0 });
    expect(error).toMatchObject({ attempts: 1 });
  });

  test('is waited out where it is transient', async () => {
    const tunnel = proxy.behave;
    proxy.behave = (socket) => {
      socket.end('HTTP/1.0 503\r\n\r\n');
      proxy.behave = tunnel;
    };
    expect(await run('create', { HTTPS_PROXY: url() })).toMatchObject({ value: { id: 'b1' } });
    expect(platform.requests).toHaveLength(1);
  });

  test.each([
    ['', 'Give its credentials: HTTPS_PROXY=http://user:password@'],
    ['user:the-wrong-one@', 'does not accept the credentials in HTTPS_PROXY'],
  ])('says how to give credentials if it is 407 (given: %j)', async (userInfo, hint) => {
    proxy.behave = (socket) => socket.end(`HTTP/1.1 407 ${'No '.repeat(500)}the-wrong-one\r\n\r\n`);
    const { error } = await run('get', { HTTPS_PROXY: url(userInfo) });
    expect(error?.message).toContain(hint);
    expect(error?.message).toContain(`HTTPS_PROXY=http://user:password@127.0.0.1:${proxy.port}`);
    expect(error?.shown).not.toContain('the-wrong-one');
  });

  test.each([401, 407])('renews no access token if it is %i', async (status) => {
    proxy.behave = (socket, head) => {
      if (head.includes('platform')) socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      else tunnel(socket, head);
    };
    const credentials = {
      clientId: 'the-client-id',
      clientSecret: 'the-client-secret',
      scopes: ['a'],
      origin: 'https://ims.invalid',
    };
    const { error } = await run('get', { HTTPS_PROXY: url() }, { credentials });
    expect(error).toMatchObject({ name: 'ConnectionError', operation: 'getBatch', attempts: 1 });
    expect(platform.requests.map((request) => request.url)).toEqual(['/ims/token/v3']);
  });
  const tunnel = proxy.behave;

  test('shows no password that the proxy sends back', async () => {
    const basic = Buffer.from(`user:${PASSWORD}`).toString('base64');
    proxy.behave = (socket) =>
      socket.end(Buffer.from(`HTTP/1.1 403 ${basic} ${encodeURIComponent(PASSWORD)}\r\n\r\n`));
    const outcome = await run('get', { HTTPS_PROXY: url(`user:${PASSWORD}@`) });
    expect(outcome.error).toMatchObject({ name: 'ConnectionError' });
    withoutPassword(JSON.stringify(outcome));
  });

  test.each([
    ['with bytes after its head', 'HTTP/1.1 200 OK\r\n\r\n<html>'],
    ['that is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['of HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['that breaks off', 'HTTP/1.1 200 OK\r\nvia: x'],
    ['that is empty', ''],
    ['whose head has no end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(17_000)}`],
    ['whose head is too long', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`],
  ])('%s opens no tunnel', async (_, response) => {
    proxy.behave = (socket) => socket.end(response);
    const { error } = await run('create', { HTTPS_PROXY: url() }, { maxRetries: 1 });
    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: false });
    expect(error?.message).toContain(`the proxy 127.0.0.1:${proxy.port}`);
    expect(error?.shown).not.toMatch(/html|OpenSSH|yyy/);
    await proxy.allClosed();
  });

  test.each([
    ['in packets of their own', false],
    ['in one packet', true],
  ])('may follow interim responses, %s', async (_, isOnePacket) => {
    const tunnel = proxy.behave;
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nx: y\r\n\r\n';
    proxy.behave = (socket, head) => {
      socket.write(interim);
      if (isOnePacket) tunnel(socket, head);
      else void sleep(50).then(() => tunnel(socket, head));
    };
    expect(await run('get', { HTTPS_PROXY: url() })).toMatchObject({ value: BATCH });
  });

  test('is not waited for after more interim responses than any proxy sends', async () => {
    proxy.behave = (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(9));
    const { error } = await run('get', { HTTPS_PROXY: url() }, { maxRetries: 0 });
    expect(error?.message).toContain(
      'rejected the tunnel to platform.invalid:443 with 100 Continue',
    );
  });

  test('that is 200 opens no tunnel if a body comes with it, and is tried once', async () => {
    proxy.behave = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>');
    const { error } = await run('create', { HTTPS_PROXY: url() });
    expect(error).toMatchObject({ code: 'ERR_PROXY_REFUSED', stateUnknown: false, attempts: 1 });
    expect(error?.message).toContain('with 200 and a body instead of a tunnel');
  });

  test('may be followed by clear text, which the error says', async () => {
    proxy.behave = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n');
      void sleep(50).then(() => socket.write('{"id":"x","more":12}'));
    };
    const { error } = await run('get', { HTTPS_PROXY: url() }, { maxRetries: 0 });
    expect(error?.message).toContain('clear text came from the proxy in place of TLS');
  });

  test('may come in single bytes', async () => {
    proxy.behave = (socket, head) => {
      let isFirst = true;
      const write = socket.write.bind(socket);
      const writeSlowly = (data: string | Buffer) => {
        if (!isFirst) return write(data);
        isFirst = false;
        for (const [at, byte] of [...data.toString()].entries()) setTimeout(write, at, byte);
        return true;
      };
      tunnel(Object.assign(socket, { write: writeSlowly }), head);
    };
    expect(await run('get', { HTTPS_PROXY: url() })).toMatchObject({ value: BATCH });
  });
});

describe('a proxy that stays silent', () => {
  test.each([
    ['after CONNECT', () => undefined],
    [
      'after its response',
      (socket: { write(text: string): unknown }) => void socket.write('HTTP/1.1 200 OK\r\n\r\n'),
    ],
    [
      'after half of its response',
      (socket: { write(text: string): unknown }) => void socket.write('HTTP/1.1 2'),
    ],
  ])('%s loses its connection when the attempt times out', async (_, behave) => {
    proxy.behave = behave;
    const options = { timeoutMs: 150, maxRetries: 1 };
    const { error } = await run('create', { HTTPS_PROXY: url() }, options);
    expect(error).toMatchObject({ name: 'TimeoutError', stateUnknown: false, attempts: 2 });
    expect(error?.message).toContain(`no connection through the proxy 127.0.0.1:${proxy.port}`);
    expect(proxy.heads).toHaveLength(2);
    await proxy.allClosed();
  });

  test.each(['', 'HTTP/1.1 200 OK\r\n\r\n'])(
    'and is itself reached by TLS loses its connection as well (after %j)',
    async (response) => {
      secureProxy.behave = (socket) => socket.write(response);
      const env = { HTTPS_PROXY: `https://localhost:${secureProxy.port}` };
      const { error } = await run('create', env, { timeoutMs: 150, maxRetries: 0 });
      expect(error).toMatchObject({ name: 'TimeoutError', stateUnknown: false });
      expect(error?.message).toContain(`through the proxy https://localhost:${secureProxy.port}`);
      await secureProxy.allClosed();
    },
  );

  test('loses its connection when the call is aborted', async () => {
    proxy.behave = () => undefined;
    const { error } = await run('abort', { HTTPS_PROXY: url() });
    expect(error).toMatchObject({ name: 'AbortError', stateUnknown: false });
    await proxy.allClosed();
  });

  test('loses its connection when the client is closed', async () => {
    proxy.behave = () => undefined;
    const env = { HTTPS_PROXY: url() };
    const call = run('get', env, {}, 'closed');
    while (proxy.heads.length === 0) await sleep(5);
    await run('close', env, {}, 'closed');
    expect((await call).error).toMatchObject({ name: 'AbortError' });
    await proxy.allClosed();
  });

  test('in TLS loses its connection as well', async () => {
    // A plain proxy, called as one behind TLS, waits for the end of the request for ever.
    const env = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` };
    const { error } = await run('get', env, { timeoutMs: 150, maxRetries: 0 });
    expect(error).toMatchObject({ name: 'TimeoutError' });
    await proxy.allClosed();
  });

  test('and sends a head for ever costs no memory', async () => {
    proxy.behave = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const lines = Buffer.alloc(1 << 20, 'x: y\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(lines));
      };
      socket.on('drain', more);
      more();
    };
    const before = await run('close', {}, {}, 'other');
    const { error, memoryBytes } = await run('get', { HTTPS_PROXY: url() });
    expect(error).toMatchObject({ name: 'ConnectionError' });
    expect(memoryBytes - before.memoryBytes).toBeLessThan(64 * 2 ** 20);
    await proxy.allClosed();
  });
});

describe('a proxy that cannot be reached', () => {
  test('is named by the error, and nothing was sent', async () => {
    const { error } = await run('create', { HTTPS_PROXY: 'user:hunter22@127.0.0.1:1' });
    expect(error).toMatchObject({ code: 'ECONNREFUSED', stateUnknown: false, attempts: 3 });
    expect(error?.message).toContain('cannot connect to the proxy 127.0.0.1:1');
    expect(error?.shown).not.toContain('hunter22');
  });

  test('because its certificate is not trusted is named by the error, and tried once', async () => {
    const env = { HTTPS_PROXY: `https://user:hunter22@127.0.0.1:${untrustedProxy.port}` };
    const { error } = await run('create', env);
    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: false, attempts: 1 });
    expect(error?.message).toContain(`the proxy https://127.0.0.1:${untrustedProxy.port}`);
    expect(untrustedProxy.heads).toEqual([]);
  });

  test('because it speaks no TLS is named by the error', async () => {
    const env = { HTTPS_PROXY: `https://127.0.0.1:${platform.port}` };
    const { error } = await run('create', env); // its certificate has another name
    expect(error?.message).toContain(`the proxy https://127.0.0.1:${platform.port}`);
  });
});

describe('a value that names no usable proxy', () => {
  test.each([
    ['socks5://user:hunter22@127.0.0.1:1080', 'socks5'],
    ['SOCKS4A://127.0.0.1:1080', 'socks4a'],
    ['ftp://user:hunter22@127.0.0.1', 'ftp'],
    ['file:///hunter22', 'file'],
    ['http://user:hunter22@127.0.0.1:0', 'port'],
    ['http://user:hunter22@127.0.0.1:70000', 'port'],
    ['http://user:hunter22@127.0.0.1:abc', 'port'],
    ['http://user:hunter22', 'port'],
    ['http://user:hunter22@', 'host'],
    ['http://user:hunter22@:3128', 'host'],
    ['user:hunter22@[::zz]:3128', 'host'],
    ['http://', 'host'],
  ])('is rejected before anything is sent: %s', async (value, named) => {
    const { error, events } = await run('create', { ALL_PROXY: value });
    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'ALL_PROXY' });
    expect(error?.message).toMatch(/^Invalid ALL_PROXY: expected .*http:\/\/.*, received /);
    expect(error?.message).toContain(named);
    expect(`${error?.shown}${events}`).not.toContain('hunter22');
  });

  test('does not matter where no call goes through a proxy', async () => {
    const outcome = await run('get', { HTTPS_PROXY: url(), ALL_PROXY: 'socks5://127.0.0.1' });
    expect(outcome).toMatchObject({ value: BATCH });
  });
});

test('a proxy that resets every connection is tried again, named by the error, and keeps none', async () => {
  proxy.behave = (socket) => socket.resetAndDestroy();
  const { error } = await run('create', { HTTPS_PROXY: url() });
  expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: false, attempts: 3 });
  expect(error?.message).toContain('sent no response to CONNECT');
  await proxy.allClosed();
});

test('no open connection is left when all has ended', async () => {
  await run('getThrice', { HTTPS_PROXY: url() }, {}, 'last');
  await run('close', {}, {}, 'last');
  await Promise.all([proxy.allClosed(), secureProxy.allClosed(), untrustedProxy.allClosed()]);
});
