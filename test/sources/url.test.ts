import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { walk } from '../../src/ingest/walk.js';
import { parseAddress, withoutQuery } from '../../src/sources/url/address.js';
import { resolveRedirect } from '../../src/sources/url/request.js';
import { openUrl, probeUrl } from '../../src/sources/url/url-file.js';
import { thrownBy } from '../support/client.js';
import { expectJson, useDesk } from '../support/command.js';
import { sendRange, useUrlServer } from '../support/url-server.js';

const TEXT = Array.from({ length: 300 }, (_, at) => `{"_id":"${at}","text":"row ${at}"}\n`).join(
  '',
);
const SHA256 = createHash('sha256').update(TEXT).digest('hex');
const server = useUrlServer(Buffer.from(TEXT));
const desk = useDesk();

const QUERY = 'X-Signature=planted-signature-0123456789&X-Expires=60';
const url = (name = 'rows.jsonl', query = QUERY) => `${server.origin}/exports/${name}?${query}`;
const POLL = ['--poll-interval-ms', '1'];
const FLAGS = ['--dataset', 'd1', ...POLL, '--json'];
const IN_PARTS = ['--large-file-threshold-bytes', '0', '--part-size-bytes', '1000'];
const { signal } = new AbortController();
/** No wait between retries. */
const FAST = { pauseMs: 1, timeoutMs: 1000 };

const address = () => parseAddress('source', url());
const probe = () => probeUrl(address(), FAST, signal);
async function readAll(): Promise<string> {
  const opened = openUrl(address(), await probe(), FAST);
  const chunks: Uint8Array[] = [];
  try {
    await opened.pump(async (chunk) => void chunks.push(chunk));
    return Buffer.concat(chunks).toString();
  } finally {
    await opened.close();
  }
}

describe('a URL that serves ranges', () => {
  test.each([
    ['whole', [], 0],
    ['in parts', IN_PARTS, Math.ceil(TEXT.length / 1000)],
  ])('is loaded %s, with its size and sha256', async (_, flags, parts) => {
    const ended = await desk.run(['ingest', url(), ...flags, ...FLAGS]);
    const { batchId, files } = expectJson(ended, 'ingest') as {
      batchId: string;
      files: { parts?: unknown[] }[];
    };

    expect(files).toMatchObject([{ path: 'rows.jsonl', sizeBytes: TEXT.length, sha256: SHA256 }]);
    expect(files[0]?.parts?.length ?? 0).toBe(parts);
    const [stored] = desk.simulator.files(batchId);
    expect(await stored?.sha256()).toBe(SHA256);
  });

  test('gets nothing of the platform, and each range of it the version that was planned', async () => {
    await desk.run(['ingest', url(), ...IN_PARTS, ...FLAGS]);
    const names = new Set(server.seen.flatMap(({ headers }) => Object.keys(headers)));
    const [first, ...others] = server.seen;

    expect([...names].sort()).toEqual([
      ...['accept-encoding', 'connection', 'host', 'if-match', 'range'],
    ]);
    expect(first?.headers).toMatchObject({ range: 'bytes=0-0', 'accept-encoding': 'identity' });
    expect(others.every(({ headers }) => headers['if-match'] === '"v1"')).toBe(true);
  });

  test('is decompressed while it is read', async () => {
    server.bytes = gzipSync(TEXT);
    const ended = await desk.run(['ingest', url('rows.jsonl.gz'), ...FLAGS]);

    expect(ended.json()).toMatchObject({ files: [{ path: 'rows.jsonl', sha256: SHA256 }] });
  });

  test('is never shown with its query, nor kept outside of the journal', async () => {
    server.intercept = (_, response, nth) => {
      if (nth > 6) response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return nth > 6;
    };
    const journal = 'a.journal';
    const flags = [...IN_PARTS, '--journal', journal, '--verbose', '--concurrency', '1', ...FLAGS];
    const ended = await desk.run(['ingest', url(), ...flags]);
    const planned = await desk.run(['ingest', url(), '--dataset', 'd1', '--dry-run']);
    const state = await readdir(join(desk.folder, 'state'), { recursive: true });

    for (const text of [ended.stdout, ended.stderr, planned.stdout, planned.stderr]) {
      expect(text).not.toContain('planted-signature');
    }
    expect((await stat(join(desk.folder, journal))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(desk.folder, journal), 'utf8')).toContain('planted-signature');
    for (const name of state.filter((one) => one.endsWith('.json'))) {
      const record = await readFile(join(desk.folder, 'state', name), 'utf8');
      expect(record).not.toContain('planted-signature');
    }
  });

  test('that has expired exits with 7 and a journal, and is resumed with a new one', async () => {
    let isExpired = true;
    server.intercept = (request, response, nth) => {
      const mayRead = nth <= 8 || request.url?.includes('fresh') === true;
      if (!isExpired || mayRead) return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    };
    const journal = 'a.journal';
    const flags = [...IN_PARTS, '--journal', journal, '--concurrency', '1', ...FLAGS];
    const ended = await desk.run(['ingest', url(), ...flags]);
    const again = await desk.run(['resume', journal, ...POLL, '--json']);
    await writeFile(join(desk.folder, 'other.txt'), url('other.jsonl'));
    const other = await desk.run([
      'resume',
      journal,
      '--files-from',
      'other.txt',
      ...POLL,
      '--json',
    ]);
    await writeFile(join(desk.folder, 'urls.txt'), `${url('rows.jsonl', 'sig=fresh-signature')}\n`);
    const from = desk.simulator.log.length;
    const resumed = await desk.run([
      'resume',
      journal,
      '--files-from',
      'urls.txt',
      ...POLL,
      '--json',
    ]);
    isExpired = false;
    const sent = desk.simulator.log.slice(from).filter(({ method }) => method === 'PATCH').length;

    expect([ended.code, again.code, other.code, resumed.code]).toEqual([7, 7, 2, 0]);
    expect(ended.stderr).toContain('403 (AccessDenied)');
    expect(ended.stderr).toContain('--files-from');
    expect(ended.json()).toMatchObject({ error: { journal } });
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(Math.ceil(TEXT.length / 1000));
    expect(resumed.json()).toMatchObject({ files: [{ sha256: SHA256 }] });
  });

  test('of a load that has expired is found by a new one in whichever batch has it', async () => {
    const names = ['a.jsonl', 'b.jsonl', 'c.jsonl', 'd.jsonl'];
    server.intercept = (request, response) => {
      const isBegun = desk.simulator.log.some(({ operation }) => operation === 'createBatch');
      if (!isBegun || /a\.jsonl|fresh/.test(request.url ?? '')) return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    };
    const flags = ['--max-files-per-batch', '1', '--journal', 'load', ...FLAGS];
    const ended = await desk.run(['ingest', ...names.map((name) => url(name)), ...flags]);
    const resume = async (some: readonly string[]) => {
      const urls = some.map((name) => url(name, 'sig=fresh-signature'));
      await writeFile(join(desk.folder, 'urls.txt'), urls.join('\n'));
      return desk.run(['resume', 'load', '--files-from', 'urls.txt', ...POLL, '--json']);
    };
    const sent = desk.simulator.log.length;
    const other = await resume([...names, 'other.jsonl']);
    const sentForOther = desk.simulator.log.length - sent;
    const resumed = await resume([...names].reverse());

    expect([ended.code, other.code, resumed.code]).toEqual([7, 2, 0]);
    expect(other.stderr).toContain('other.jsonl');
    expect(other.stderr).not.toContain('fresh-signature');
    expect(sentForOther).toBe(0);
    const { batches, files } = resumed.json() as {
      batches: { batchId: string }[];
      files: { path: string; sha256: string }[];
    };
    expect(batches).toHaveLength(4);
    expect(files.map(({ path, sha256 }) => [path, sha256]).sort()).toEqual(
      names.map((name) => [name, SHA256]),
    );
  });

  test('that changed since it was planned is not resumed', async () => {
    server.intercept = (_, response, nth) => {
      if (nth > 8) response.writeHead(403).end();
      return nth > 8;
    };
    const journal = 'a.journal';
    const flags = [...IN_PARTS, '--journal', journal, '--concurrency', '1', ...FLAGS];
    await desk.run(['ingest', url(), ...flags]);
    server.intercept = () => false;
    server.etag = '"v2"';
    const ended = await desk.run(['resume', journal, ...POLL, '--json']);

    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('changed since it was planned');
  });

  test('that changes while it is read aborts the batch', async () => {
    server.intercept = (_, __, nth) => {
      if (nth === 8) server.etag = '"v2"';
      return false;
    };
    const ended = await desk.run(['ingest', url(), ...IN_PARTS, ...FLAGS]);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/rows\.jsonl changed since it was planned.* was aborted/);
  });
});

describe('the server behind a URL', () => {
  test('may break a connection: the reading goes on where it was', async () => {
    const ranges: (string | undefined)[] = [];
    server.intercept = (request, response, nth) => {
      ranges.push(request.headers.range);
      if (nth === 1 || nth > 3) return false;
      response.writeHead(206, {
        etag: '"v1"',
        'content-range': `bytes ${nth === 2 ? 0 : 500}-${TEXT.length - 1}/${TEXT.length}`,
      });
      const start = nth === 2 ? 0 : 500;
      response.write(TEXT.slice(start, start + 500), () => response.destroy());
      return true;
    };

    expect(await readAll()).toBe(TEXT);
    expect(ranges.slice(1, 4)).toEqual(
      [0, 500, 1000].map((start) => `bytes=${start}-${TEXT.length - 1}`),
    );
  });

  test('may send less than it was asked for at a time', async () => {
    server.intercept = (request, response) => {
      const [, first = '0', last = '0'] = /=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      request.headers.range = `bytes=${first}-${Math.min(Number(last), Number(first) + 2999)}`;
      sendRange(server, request, response);
      return true;
    };
    expect(await readAll()).toBe(TEXT);
  });

  test('may respond with 503 or 429 for a while', async () => {
    server.intercept = (_, response, nth) => {
      if (nth % 2 === 1) response.writeHead(nth % 4 === 1 ? 503 : 429).end();
      return nth % 2 === 1;
    };
    expect(await readAll()).toBe(TEXT);
  });

  test('may have no strong ETag: then size and Last-Modified say whether it changed', async () => {
    server.etag = 'W/"weak"';
    server.lastModified = 'Thu, 26 Nov 2026 06:00:00 GMT';
    expect(await readAll()).toBe(TEXT);
    expect(server.seen.every(({ headers }) => headers['if-match'] === undefined)).toBe(true);

    const state = await probe();
    server.lastModified = 'Thu, 26 Nov 2026 06:00:01 GMT';
    const opened = openUrl(address(), state, FAST);
    const error = await thrownBy(opened.pump(async () => undefined));
    expect(String(error)).toContain('changed since it was planned');
  });

  test('may redirect, on its own machine', async () => {
    server.intercept = (request, response) => {
      if (request.url?.startsWith('/exports/') !== true) return false;
      response.writeHead(307, { location: `/moved?${QUERY}` }).end();
      return true;
    };
    expect(await readAll()).toBe(TEXT);
  });

  const respond =
    (status: number, headers: Record<string, string> = {}, body = '') =>
    (_: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(status, headers).end(body);
      return true;
    };
  const ok = (range: string, more = {}) => ({ 'content-range': range, etag: '"v1"', ...more });

  test.each<[what: string, intercept: typeof server.intercept, name: string, says: string]>([
    ['ignores ranges', respond(200, {}, TEXT), 'SourceError', 'does not serve ranges'],
    ['does not know it', respond(404), 'SourceError', 'cannot be read: 404'],
    ['refuses access', respond(401), 'SourceUnavailableError', 'refuses access: 401'],
    [
      'says that it has expired',
      respond(400, {}, '<Error><Code>ExpiredToken</Code></Error>'),
      'SourceUnavailableError',
      'refuses access: 400 (ExpiredToken)',
    ],
    ['fails for long', respond(500), 'SourceUnavailableError', 'it responds with 500'],
    ['has no size', respond(206, ok('bytes 0-0/*'), 'x'), 'SourceError', 'how large it is'],
    ['has another range', respond(206, ok('bytes 5-5/9'), 'x'), 'SourceError', 'other bytes'],
    ['is empty', respond(416, { 'content-range': 'bytes */0' }), 'SourceError', 'is empty'],
    [
      'has no version',
      respond(206, { 'content-range': 'bytes 0-0/9' }, 'x'),
      'SourceError',
      'neither a strong ETag nor Last-Modified',
    ],
    [
      'compresses it',
      respond(206, ok('bytes 0-0/9', { 'content-encoding': 'gzip' }), 'x'),
      'SourceError',
      'is sent compressed',
    ],
    [
      'redirects for ever',
      (request, response) => respond(302, { location: request.url ?? '' })(request, response),
      'SourceError',
      'redirects more than 5 times',
    ],
    [
      'redirects to plain http elsewhere',
      respond(302, { location: 'http://store.invalid/rows.jsonl' }),
      'SourceError',
      'only https is',
    ],
    [
      'resets each connection',
      (_, response) => Boolean(response.socket?.resetAndDestroy()),
      'SourceUnavailableError',
      'cannot be read',
    ],
  ])('that %s is a clear error', async (_, intercept, name, says) => {
    server.intercept = intercept;
    const error = await thrownBy(probe());

    expect(error).toMatchObject({ name, path: `${server.origin}/exports/rows.jsonl` });
    expect(String(error)).toContain(says);
    expect(JSON.stringify(error)).not.toContain('planted-signature');
  });

  test.each<[what: string, send: (response: import('node:http').ServerResponse) => void]>([
    ['less than the range', (response) => response.end(TEXT.slice(0, 10))],
    ['nothing for long', (response) => void response.write(TEXT.slice(0, 10))],
  ])('that sends %s, again and again, is unavailable', async (_, send) => {
    const state = await probe();
    let start = 0;
    server.intercept = (_, response) => {
      response.writeHead(206, ok(`bytes ${start}-${TEXT.length - 1}/${TEXT.length}`));
      if (start === 0) send(response);
      else response.end();
      start = 10;
      return true;
    };
    const opened = openUrl(address(), state, { pauseMs: 1, timeoutMs: 100 });
    const error = await thrownBy(opened.pump(async () => undefined));

    expect(error).toMatchObject({ name: 'SourceUnavailableError', status: undefined });
  });

  test('may send much: what was read of it does not pile up in memory', async () => {
    server.bytes = Buffer.alloc(48 * 1024 * 1024, TEXT);
    const opened = openUrl(address(), await probe(), FAST);
    const { arrayBuffers } = process.memoryUsage();
    let most = 0;
    await opened.pump(async () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - arrayBuffers);
    });
    await opened.close();

    expect(most).toBeLessThan(10_000_000);
  });

  test('that sends more than the range is a clear error', async () => {
    const state = await probe();
    server.intercept = (_, response) => {
      response.writeHead(206, ok(`bytes 0-9/${TEXT.length}`)).end(TEXT);
      return true;
    };
    const error = await thrownBy(
      openUrl(address(), state, FAST)
        .slice(0, 10)
        .pump(async () => undefined),
    );
    expect(String(error)).toContain('sends more than it is asked for');
  });
});

test.each([
  ['https://store.invalid/a', '/b', undefined],
  ['https://store.invalid/a', 'https://other.invalid/b', undefined],
  ['https://127.0.0.1:1/a', 'https://localhost:2/b', undefined],
  ['http://127.0.0.1:1/a', 'http://[::1]:2/b', undefined],
  ['http://127.0.0.1:1/a', 'https://store.invalid/b', undefined],
  ['https://store.invalid/a', 'http://store.invalid/b', 'only https is'],
  ['https://127.0.0.1/a', 'http://127.0.0.1/b', 'only https is'],
  ['https://store.invalid/a', 'file:///etc/passwd', 'only https is'],
  ['https://store.invalid/a', 'https://user:pw@other.invalid/b', 'has a user name'],
  ['https://store.invalid/a', 'https://127.0.0.1:2/b', 'on this machine'],
  ['https://store.invalid/a', 'https://localhost/b', 'on this machine'],
  ['https://store.invalid/a', 'https://[::ffff:127.0.0.1]/b', 'on this machine'],
])('a redirect from %s to %s is refused with: %s', (from, location, says) => {
  const follow = () => resolveRedirect(location, new URL(from), 'the source').href;

  if (says === undefined) expect(follow()).toBe(new URL(location, from).href);
  else expect(follow).toThrow(says);
});

test.each([
  ['http://store.invalid/rows.jsonl?sig=planted', 'expected an https URL'],
  ['https://user:planted@store.invalid/rows.jsonl', 'without user and password'],
  ['https://store.invalid/?sig=planted', 'a URL of a file'],
  ['https://[::1/rows.jsonl?sig=planted', 'expected a URL'],
])('%s is refused without its secret', (text, says) => {
  let error: unknown;
  try {
    parseAddress('source', text);
  } catch (thrown) {
    error = thrown;
  }
  expect(String(error)).toContain(says);
  expect(String(error)).not.toContain('planted');
});

test('a URL that is named twice is said to be, without its query', async () => {
  const other = 'X-Signature=another-planted-signature';
  const error = await thrownBy(walk([url(), url('rows.jsonl', other)]));
  const shown = `${server.origin}/exports/rows.jsonl`;

  expect(String(error)).toContain(`expected each source once, received ${shown} twice`);
  expect(String(error)).not.toContain('planted');
  await writeFile(join(desk.folder, 'rows.jsonl'), TEXT);
  const path = join(desk.folder, 'rows.jsonl');
  await expect(walk([path, url()])).rejects.toThrow(
    `received ${path} and ${shown}, which would both be rows.jsonl in the batch`,
  );
  await expect(walk([path, path])).rejects.toThrow(`received ${path} twice. Name it once.`);
});

test('a URL is shown, and recognized again, without its query', () => {
  expect(withoutQuery('https://store.invalid/a.jsonl?sig=x#y')).toBe(
    'https://store.invalid/a.jsonl',
  );
  expect(withoutQuery('what?.jsonl')).toBe('what?.jsonl');
  expect(parseAddress('source', 'https://store.invalid/a%20b.jsonl?x')).toMatchObject({
    identity: 'https://store.invalid/a%20b.jsonl',
    name: 'a b.jsonl',
  });
});
