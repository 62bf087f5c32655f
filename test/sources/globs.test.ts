import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parseList } from '../../src/cli/source-flags.js';
import { checkFiles, InvalidInputError } from '../../src/index.js';
import { walk } from '../../src/ingest/walk.js';
import { thrownBy } from '../support/client.js';
import { expectJson, useDesk } from '../support/command.js';

const desk = useDesk();
const ROW = '{"_id":"1"}\n';

async function files(...names: string[]): Promise<void> {
  for (const name of names) {
    const path = join(desk.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, name.endsWith('.gz') ? gzipSync(ROW) : ROW);
  }
}
const at = (name: string) => join(desk.folder, name);
const names = async (pattern: string, options = {}) =>
  (await walk([at(pattern)], options)).files.map(({ path }) => path);

test('a pattern finds files, which keep their paths from its first wildcard on', async () => {
  await files('in/a.jsonl', 'in/b.csv', 'in/day=1/a.jsonl', 'in/day=2/a.jsonl.gz', 'in/_SUCCESS');
  await files('in/day=2/.hidden', 'in/day=2/_tmp/a.jsonl');

  expect(await names('in/*.jsonl')).toEqual(['a.jsonl']);
  expect(await names('in/day=*/*')).toEqual(['day=1/a.jsonl', 'day=2/a.jsonl']);
  expect(await names('in/day=*')).toEqual(['day=1/a.jsonl', 'day=2/a.jsonl']);
  expect(await names('in/**/*.{jsonl,gz}')).toEqual(['a.jsonl', 'day=1/a.jsonl', 'day=2/a.jsonl']);
  expect((await walk([at('in/**')])).skipped).toBe(3);
});

test.each([
  ['doubled slashes', 'in//day=1//*.jsonl', ['a.jsonl']],
  ['a folder and the way back', 'in/day=1/../day=*/*.jsonl', ['day=1/a.jsonl', 'day=2/b.jsonl']],
  ['the folder that it is in', './in/./day=*/a.jsonl', ['day=1/a.jsonl']],
])('a pattern with %s finds files under the same paths as without', async (_, pattern, paths) => {
  await files('in/day=1/a.jsonl', 'in/day=2/b.jsonl');
  const find = async (path: string) =>
    (await walk([path], {})).files.map(({ path, localPath }) => [path, resolve(localPath ?? '')]);
  const found = paths.map((path) => [path, expect.stringMatching(/[ab]\.jsonl$/)]);

  expect(await find(`${desk.folder}/${pattern}`)).toEqual(found);
  expect(await find(`${relative('', desk.folder)}/${pattern}`)).toEqual(found);
});

test('a path that is there by its name is not a pattern, and a pattern without files is refused', async () => {
  await files('in/a[1].jsonl', 'in/a1.jsonl');
  const error = await thrownBy(walk([at('in/b*.jsonl')]));

  expect(await names('in/a[1].jsonl')).toEqual(['a[1].jsonl']);
  expect(await names('in/a[12].jsonl')).toEqual(['a1.jsonl']);
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(String(error)).toContain('b*.jsonl finds none');
});

test('a pattern follows links to files and refuses those to folders', async () => {
  await files('in/a.jsonl', 'other/b.jsonl');
  await symlink(at('other/b.jsonl'), at('in/link.jsonl'));
  expect(await names('in/*.jsonl')).toEqual(['a.jsonl', 'link.jsonl']);

  await symlink(at('other'), at('in/folder'));
  expect(String(await thrownBy(walk([at('in/**')])))).toContain('a link to a folder');
});

test('include and exclude choose files by their name or, with a slash, by their path', async () => {
  await files('in/a.jsonl', 'in/a-draft.jsonl', 'in/b.csv', 'in/day=1/a.jsonl', 'in/day=2/a.jsonl');
  const choose = (include: string[], exclude: string[] = []) => names('in', { include, exclude });

  expect(await choose(['*.csv'])).toEqual(['b.csv']);
  expect(await choose(['*.csv', 'day=1/*'])).toEqual(['b.csv', 'day=1/a.jsonl']);
  expect(await choose(['*.jsonl'], ['*-draft*', 'day=*/**'])).toEqual(['a.jsonl']);
  expect(await choose([], ['*.jsonl'])).toEqual(['b.csv']);
  expect(await thrownBy(choose(['*.parquet']))).toBeInstanceOf(InvalidInputError);
  expect(await checkFiles(at('in'), { include: ['*.csv'] })).toMatchObject({
    files: 1,
    skipped: 4,
  });
});

test('a list has a path a line, or ends each with a NUL where there is one', () => {
  expect(parseList(Buffer.from('\uFEFFa b.jsonl\r\n\n#c.jsonl\n'))).toEqual([
    'a b.jsonl',
    '#c.jsonl',
  ]);
  expect(parseList(Buffer.from('a\nb.jsonl\0c.jsonl\0'))).toEqual(['a\nb.jsonl', 'c.jsonl']);
  expect(parseList(Buffer.alloc(0))).toEqual([]);
});

test('ingest takes a pattern, a list and a choice of files', async () => {
  await files('in/a.jsonl', 'in/a-draft.jsonl', 'in/day=1/a.jsonl.gz', 'other/b.jsonl');
  await desk.file('list.txt', 'other/b.jsonl\n');
  const flags = ['--dataset', 'd1', '--poll-interval-ms', '1', '--json'];
  const ended = await desk.run([
    ...['ingest', 'in/**', '--files-from', 'list.txt', '--exclude', '*-draft*', ...flags],
  ]);
  const { files: loaded } = expectJson(ended, 'ingest') as { files: { path: string }[] };

  expect(ended.code).toBe(0);
  expect(loaded.map(({ path }) => path)).toEqual(['a.jsonl', 'day=1/a.jsonl', 'b.jsonl']);
});

test('a dry run marks what is compressed, and shows how to send one by hand', async () => {
  await files('in/a.jsonl.gz');
  const ended = await desk.run(['ingest', 'in/*', '--dataset', 'd1', '--dry-run']);
  const json = await desk.run(['ingest', 'in/*', '--dataset', 'd1', '--dry-run', '--json']);

  expect(ended.stdout).toContain('1 file, ≈ ');
  expect(ended.stdout).toContain("gzip -dc 'in/a.jsonl.gz' | ");
  expect(expectJson(json, 'dryRun')).toMatchObject({
    files: [{ path: 'a.jsonl', isEstimate: true, parts: 0 }],
  });
});

test('check and upload take the same choice of files, and none at all is a usage error', async () => {
  await files('in/a.jsonl', 'in/b.csv');
  await desk.file('list.txt', 'in/a.jsonl\n');
  const checked = await desk.run(['check', '--files-from', 'list.txt', '--json']);
  const created = await desk.run(['create', '--dataset', 'd1', '--format', 'json', '--json']);
  const { batchId } = created.json();
  const flags = ['--include', '*.jsonl', '--dataset', 'd1', '--json'];
  const uploaded = await desk.run(['upload', String(batchId), 'in', ...flags]);
  const none = await desk.run(['ingest', '--dataset', 'd1']);
  const missing = await desk.run(['check', '--files-from', 'none.txt']);

  expect(expectJson(checked, 'check')).toMatchObject({ files: 1 });
  expect(expectJson(uploaded, 'upload')).toMatchObject({ files: [{ path: 'a.jsonl' }] });
  expect([none.code, missing.code]).toEqual([2, 2]);
  expect(none.stderr).toContain('--files-from');
  expect(missing.stderr).toContain('none.txt cannot be read');
});
