import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IdleSockets } from '../src/http/agents/idle-sockets.js';
import { isExcepted } from '../src/http/agents/no-proxy.js';
import { Proxies } from '../src/http/agents/proxies.js';
import { parseProxy } from '../src/http/agents/proxy-address.js';
import { Secrets } from '../src/http/redact.js';
import type { InvalidInputError } from '../src/shared/errors.js';

describe('the value of HTTPS_PROXY', () => {
  const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each([
    ['proxy:3128', { secure: false, host: 'proxy', port: 3128 }],
    ['proxy', { secure: false, host: 'proxy', port: 80 }],
    ['proxy:', { secure: false, host: 'proxy', port: 80 }],
    ['http://proxy', { secure: false, host: 'proxy', port: 80 }],
    ['https://proxy', { secure: true, host: 'proxy', port: 443 }],
    ['HTTPS://Proxy.Example:8443/', { secure: true, host: 'Proxy.Example', port: 8443 }],
    ['http://proxy:3128/some/path?and=query#end', { host: 'proxy', port: 3128 }],
    ['[::1]:3128', { host: '::1', port: 3128 }],
    ['http://[2001:db8::1]', { host: '2001:db8::1', port: 80 }],
    ['http://[fe80::1%25eth0]:3128', { host: 'fe80::1%eth0', port: 3128 }],
    ['http://プロキシ.example:1', { host: 'xn--nckua8gwd.example', port: 1 }],
    ['http://under_score:65535', { host: 'under_score', port: 65_535 }],
    ['http://proxy:3128', { authorization: undefined, secrets: [] }],
    ['http://@proxy:3128', { host: 'proxy', authorization: undefined }],
    ['user@proxy', { host: 'proxy', authorization: basic('user:') }],
    ['http://:pass@proxy', { authorization: basic(':pass') }],
    ['user:pass@proxy:3128', { host: 'proxy', port: 3128, authorization: basic('user:pass') }],
    ['http://us%3Aer:p%40ss@proxy', { authorization: basic('us:er:p@ss') }],
    ['http://user:a@b@c@proxy', { host: 'proxy', authorization: basic('user:a@b@c') }],
    [
      'http://user:a#b/c?d@proxy:1',
      { host: 'proxy', port: 1, authorization: basic('user:a#b/c?d') },
    ],
    ['http://user:%zz%4@proxy', { authorization: basic('user:%zz%4') }],
    ['http://user:a:b@proxy', { authorization: basic('user:a:b') }],
    ['http://user:ä€😀@proxy', { authorization: basic('user:ä€😀') }],
    ['http://user:%C3%A4@proxy', { authorization: basic('user:ä') }],
    ['http://user:%E4@proxy', { authorization: basic(Buffer.from('user:ä', 'latin1')) }],
    ['http://user:%0D%0Ax@proxy', { authorization: basic('user:\r\nx') }],
    ['http://user:http://@proxy', { host: 'proxy', authorization: basic('user:http://') }],
  ])('%s is understood', (value, expected) => {
    expect(parseProxy('HTTPS_PROXY', value)).toMatchObject(expected);
  });

  test.each([
    'socks://proxy',
    'socks5h://user:hunter22@proxy',
    'ftp://proxy',
    'wss://proxy',
    'unix:///hunter22',
    'proxy:0',
    'proxy:65536',
    'proxy:99999999999',
    'proxy:abc',
    'proxy:31 28',
    'proxy:-1',
    'proxy:1.5',
    'proxy:0x50',
    'user:hunter22',
    ':3128',
    'http://',
    'http://:3128',
    'http://user:hunter22@',
    '/',
    '.',
    'http://http://proxy:3128',
    'http://http://user:hunter22/',
    '::1',
    '::1:3128',
    '[::1',
    '[proxy]:3128',
    '[]:1',
    'pro xy',
    'proxy\r\nX: y',
    'pr%6Fxy',
    'user:hunter22@pro"xy',
    'a:b:c',
    '<proxy>',
    '[::1]x:3128',
  ])('%j is rejected, and no part of it but its scheme is quoted', (value) => {
    let thrown: InvalidInputError | undefined;
    try {
      parseProxy('HTTPS_PROXY', value);
    } catch (error) {
      thrown = error as InvalidInputError;
    }
    expect(thrown).toMatchObject({ name: 'InvalidInputError', field: 'HTTPS_PROXY' });
    expect(thrown?.message).toMatch(/^Invalid HTTPS_PROXY: expected .+, received .+\.$/);
    expect(inspect(thrown, { showHidden: true, depth: 9 })).not.toContain('hunter22');
  });
});

describe('NO_PROXY', () => {
  const LIST =
    'foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:443, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:80, [2001:db8::52:0:3]:443, 2002:db8:a::45/64';
  test.each([
    ['192.168.1.1', true],
    ['192.168.1.2', false],
    ['192.168.1.3', true],
    ['192.168.1.4', false],
    ['10.0.0.2', true],
    ['10.0.0.4', false],
    ['[2001:db8::52:0:1]', true],
    ['[2001:db8::52:0:2]', false],
    ['[2001:db8::52:0:3]', true],
    ['[2002:db8:a::123]', true],
    ['[2002:db8:b::123]', false],
    ['[fe80::424b:c8be:1643:a1b6]', false],
    ['barbaz.net', true], // here Go differs
    ['www.barbaz.net', true],
    ['foobar.com', true],
    ['www.foobar.com', true],
    ['WWW.FooBar.com', true],
    ['foobar.com.', true],
    ['foofoobar.com', false],
    ['baz.com', false],
    ['localhost.net', false],
    ['local.localhost', false],
    ['barbarbaz.net', false],
    ['wildcard.io', false],
    ['nested.wildcard.io', true],
    ['awildcard.io', false],
  ])('names %s: %s', (host, expected) => {
    expect(isExcepted(LIST, new URL(`https://${host}`))).toBe(expected);
  });

  test.each([
    ['*', 'a.example', true],
    ['b.example,*', 'a.example', true],
    ['', 'a.example', false],
    [' , ,', 'a.example', false],
    ['b.example c.example', 'c.example', false], // commas alone separate
    ['  A.EXAMPLE  ', 'a.example', true],
    ['a.example.', 'a.example', true],
    ['a.example:443', 'a.example', true],
    ['a.example:444', 'a.example', false],
    ['a.example:444', 'a.example:444', true],
    ['.example:443', 'a.example', true],
    ['a.example:', 'a.example', true],
    ['*example', 'a.example', false],
    ['example', 'a.example', true],
    ['.', 'a.example', false],
    ['*.', 'a.example', false],
    [':1', 'a.example', false],
    [':443', 'a.example', false],
    ['https://a.example', 'a.example', false],
    ['a.example/24', 'a.example', false],
    ['[2001:db8::1]', '[2001:db8::1]', true],
    ['2001:DB8:0::1', '[2001:db8::1]', true],
    ['[2001:db8::1]:444', '[2001:db8::1]', false],
    ['10.0.0.0/8', '[::ffff:10.1.2.3]', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::/0', '10.1.2.3', false],
    ['::/0', '[2001:db8::1]', true],
    ['0.0.0.0/0', '10.1.2.3', true],
    ['0.0.0.0/0', '[2001:db8::1]', false],
    ['10.0.0.0/33', '10.0.0.1', false],
    ['10.0.0/8', '10.0.0.1', false],
    ['10.0.0.0/', '10.0.0.0', false],
    ['10.0.0.0/8:443', '10.0.0.1', false],
    ['0.1', '10.0.0.1', false],
    ['fe80::1%eth0', '[fe80::1]', false],
    ['.示例.com', 'www.示例.com', true],
    ['xn--fsq092h.com', 'www.示例.com', true],
    ['示例.com', 'www.xn--fsq092h.com', true],
    ['[', 'a.example', false],
    ['a.example:443:443', 'a.example', false],
  ])('%j names %s: %s', (list, host, expected) => {
    expect(isExcepted(list, new URL(`https://${host}`))).toBe(expected);
  });
});

describe('an origin', () => {
  const NAMES = ['http', 'https', 'all', 'no'].flatMap((kind) => [
    `${kind}_proxy`,
    `${kind}_proxy`.toUpperCase(),
  ]);
  let before: NodeJS.ProcessEnv;
  let proxies: Proxies;
  beforeEach(() => {
    before = { ...process.env };
    for (const name of NAMES) delete process.env[name];
    proxies = new Proxies(new Secrets(), new IdleSockets([], 0));
  });
  afterEach(() => {
    proxies.destroy();
    for (const name of NAMES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  test.each([
    'https://localhost',
    'https://LOCALHOST',
    'https://localhost.',
    'https://127.0.0.1',
    'https://127.9.8.7:8443',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f01:203]',
    'https://2130706433',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]',
    'http://platform.invalid',
  ])('%s is never called through a proxy, whatever is set', (origin) => {
    for (const name of NAMES) process.env[name] = 'http://127.0.0.1:3128';
    delete process.env['no_proxy'];
    delete process.env['NO_PROXY'];
    expect(proxies.agentFor(origin)).toBeUndefined();
  });

  test.each([
    'https://platform.invalid',
    'https://a.localhost',
    'https://128.0.0.1',
    'https://[::2]',
  ])('%s is called through a proxy', (origin) => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:3128';
    expect(proxies.agentFor(origin)).toBeDefined();
  });

  test('is called directly where only HTTP_PROXY is set', () => {
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = 'http://127.0.0.1:3128';
    expect(proxies.agentFor('https://platform.invalid')).toBeUndefined();
  });

  test('has the proxy of the first variable with a value: those in lower case, then ALL_PROXY', () => {
    // Each has a scheme of its own, which the error names.
    const order = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
    for (const [at, name] of order.entries()) process.env[name] = `scheme${at}://x`;
    for (const [at, name] of order.entries()) {
      expect(() => proxies.agentFor('https://platform.invalid')).toThrow(
        new RegExp(`^Invalid ${name}: .* scheme${at}\\.`),
      );
      process.env[name] = ' ';
    }
    expect(proxies.agentFor('https://platform.invalid')).toBeUndefined();
  });

  test('that NO_PROXY names is called directly, even if the proxy could not be used', () => {
    process.env['HTTPS_PROXY'] = 'socks5://127.0.0.1';
    process.env['NO_PROXY'] = 'other.invalid, platform.invalid';
    expect(proxies.agentFor('https://platform.invalid')).toBeUndefined();
    process.env['no_proxy'] = 'other.invalid'; // goes first
    expect(() => proxies.agentFor('https://platform.invalid')).toThrow('socks5');
  });

  test('shares the agent of its proxy with other origins, and the agent shows no password', () => {
    process.env['HTTPS_PROXY'] = 'http://user:hunter22@127.0.0.1:3128';
    const agent = proxies.agentFor('https://platform.invalid');
    expect(proxies.agentFor('https://ims.invalid')).toBe(agent);
    const shown = inspect(agent, { depth: 9, showHidden: true, getters: true });
    expect(shown).not.toContain('hunter22');
    expect(shown).not.toContain(Buffer.from('user:hunter22').toString('base64'));
  });

  test('has the password of its proxy among the secrets, in all of its forms', () => {
    const secrets = new Secrets();
    process.env['HTTPS_PROXY'] = 'http://user:p%40ss%20wo/rd@127.0.0.1:3128';
    new Proxies(secrets, new IdleSockets([], 0)).agentFor('https://platform.invalid');
    const forms = ['p@ss wo/rd', 'p%40ss%20wo/rd', 'p%40ss%20wo%2Frd'];
    for (const form of [...forms, Buffer.from('user:p@ss wo/rd').toString('base64')]) {
      expect(secrets.redact(`see ${form} there`)).toBe('see [secret] there');
    }
  });
});
