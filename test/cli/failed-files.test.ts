import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DownloadFolder } from '../../src/cli/download-folder.js';
import { expectJson, useDesk } from '../support/command.js';
import { type Play, respondWith, useServer } from '../support/server.js';

jest.setTimeout(20_000); // a machine that may be busy

describe('failed-files', () => {
  const desk = useDesk();
  const server = useServer();
  const failedBatch = async () => {
    await desk.file('rows.jsonl', '{"a":1}\nnope\n');
    const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', '--poll-interval-ms', '1'];
    const partial = ['--partial-ingestion-percent', '10'];
    return String((await desk.run([...args, ...partial])).json()['batchId']);
  };

  test('downloads the files of a failed batch, and keeps those that are there', async () => {
    const id = await failedBatch();
    const args = ['failed-files', id, '--out', 'failed', '--json'];
    const [first] = expectJson(await desk.run(args), 'failedFiles')['files'] as {
      file: string;
      sizeBytes: number;
    }[];
    const again = expectJson(await desk.run(args), 'failedFiles');
    const path = join(desk.folder, first?.file ?? '');
    const { mode, size } = await stat(path);

    expect([mode & 0o777, size]).toEqual([0o600, first?.sizeBytes]);
    expect(await readFile(path, 'utf8')).toContain('nope');
    expect(again['files']).toMatchObject([{ kept: true }]);
    expect((await readdir(join(desk.folder, 'failed'))).length).toBe(1);
    await writeFile(path, 'mine');
    const refused = await desk.run(args);
    expect([refused.code, await readFile(path, 'utf8')]).toEqual([2, 'mine']);
  });

  test('requests and keeps files under the names of their links, so that two in different folders differ', async () => {
    const listed = (name: string, path: string) => ({
      name,
      length: '2',
      _links: {
        self: { href: `https://platform.adobe.io/x/failed?path=${encodeURIComponent(path)}` },
      },
    });
    const files = ['day=1/part-0.json', 'day=2/part-0.json'];
    const marker = listed('_SUCCESS', 'day=1/_SUCCESS');
    const data = [marker, ...files.map((path) => listed('part-0.json', path))];
    server.play(
      { data, _page: { limit: 100, count: 3 } },
      respondWith(200, '1\n'),
      respondWith(200, '2\n'),
      {
        data: [],
      },
    );
    const env = { AEP_ORIGIN: server.origin, AEP_ACCESS_TOKEN: 'token' };
    const args = ['failed-files', 'b1', '--out', 'failed', '--json'];
    const saved = expectJson(await desk.run(args, { env }), 'failedFiles');

    expect(saved['files']).toMatchObject(files.map((name) => ({ name, file: `failed/${name}` })));
    expect(await readFile(join(desk.folder, 'failed', 'day=2/part-0.json'), 'utf8')).toBe('2\n');
    const requested = server.seen.map((call) =>
      new URL(call.split(' ')[1] ?? '', 'http://x').searchParams.get('path'),
    );
    expect(requested).toEqual([null, ...files, null]);
  });

  test.each([
    ['warns of a file of unknown size whose end may be missing', {}, 1],
    ['does not warn of one that has the size of the list', { length: '2' }, 0],
  ])('%s, where the response has neither length nor chunks', async (_, size, warnings) => {
    const untilClosed: Play = (_, { socket }) => {
      socket?.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n1\n');
    };
    server.play({ data: [{ name: 'part-0.json', ...size }] }, untilClosed, { data: [] });
    const env = { AEP_ORIGIN: server.origin, AEP_ACCESS_TOKEN: 'token' };
    const ended = await desk.run(['failed-files', 'b1', '--out', 'failed'], { env });

    expect(ended.code).toBe(0);
    const warned = ended.stderr.match(
      /^warning: failed\/part-0\.json: .* its end may be missing/gm,
    );
    expect(warned ?? []).toHaveLength(warnings);
  });

  test('of a batch without failed files says so, and without --out is a usage error', async () => {
    const id = String((await desk.run(['create', '--dataset', 'd', '--json'])).json()['batchId']);
    const none = await desk.run(['failed-files', id, '--out', 'failed']);
    expect(none.stdout + none.stderr).toContain(id);
    const missing = await desk.run(['failed-files', id, '--json']);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--out <folder>')]);
  });
});

describe('a folder of downloads', () => {
  let root = '';
  let folder = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'aep-batch-downloads-'));
    folder = join(root, 'out');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const body = async function* (text: string) {
    yield Buffer.from(text);
  };
  const save = async (target: DownloadFolder, name: string, text = name) => {
    const place = await target.reserve(name, Buffer.byteLength(text));
    await target.write(place, body(text));
    return place.path.slice(folder.length + 1);
  };

  test.each([
    ['part-0.json', 'part-0.json'],
    ['day=1/part-0.json', 'day=1/part-0.json'],
    ['../../etc/passwd', '_/_/etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['..\\..\\x', '_/_/x'],
    ['a//./b', 'a/b'],
    ['..', '_'],
    ['.', 'file'],
    ['C:\\x', 'C_/x'],
    ['con.txt', '_con.txt'],
    ['a\u0000b\n\u202ec', 'a_b__c'],
    ['ends. ', 'ends_'],
  ])('the name %j stays in it', async (name, expected) => {
    expect(await save(new DownloadFolder(folder), name)).toBe(expected);
    expect(await readdir(root)).toEqual(['out']);
  });

  test('a long name keeps its end, and names that become one get numbers', async () => {
    const target = new DownloadFolder(folder);
    const long = await save(target, `${'é'.repeat(200)}-7.json`);
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200);
    expect(long).toMatch(/é-7\.json$/);
    expect(await save(target, 'a:b')).toBe('a_b');
    expect(await save(target, 'A?B')).toBe('A_B.2');
  });

  test('a link that leads out of it, or in place of a file, is not followed', async () => {
    await mkdir(folder);
    await symlink(root, join(folder, 'day'));
    await symlink(join(root, 'target'), join(folder, 'rows'));
    const target = new DownloadFolder(folder);

    await expect(target.reserve('day/x', 1)).rejects.toThrow('leads out of');
    await expect(target.reserve('rows', 1)).rejects.toThrow('exists');
    expect(await readdir(root)).toEqual(['out']);
  });

  test('a download that breaks off or is too short leaves nothing behind', async () => {
    const target = new DownloadFolder(folder);
    const short = await target.reserve('a', 10);
    await expect(target.write(short, body('short'))).rejects.toThrow('5 bytes of the 10');
    const broken = await target.reserve('b', 10);
    const failing = async function* () {
      yield Buffer.from('some');
      throw new Error('connection lost');
    };
    await expect(target.write(broken, failing())).rejects.toThrow('connection lost');
    expect(await readdir(folder)).toEqual([]);
  });

  test('a file that appears meanwhile is not replaced', async () => {
    const target = new DownloadFolder(folder);
    const place = await target.reserve('a', 4);
    await writeFile(place.path, 'mine');
    await expect(target.write(place, body('four'))).rejects.toThrow('exists now');
    expect(await readFile(place.path, 'utf8')).toBe('mine');
  });
});
