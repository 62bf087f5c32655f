import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';
import { isDeep } from '../support/scale.js';

jest.setTimeout(20_000); // a process or more a test, on a machine that may be busy
const desk = useDesk();
const ROWS = '{"a":1}\n{"a":2}\n';
const OPTIONS = ['--dataset', 'd', '--json', '--poll-interval-ms', '1'];

test.each([
  ['a pipe of the shell', '"$@" <(cat rows.jsonl)'],
  ['standard input by its path', 'cat rows.jsonl | "$@" /dev/stdin'],
  ['a file as standard input', '"$@" /dev/stdin < rows.jsonl'],
])('ingest reads %s', async (_, shell) => {
  await desk.file('rows.jsonl', ROWS);
  const ended = await desk.run(['ingest', ...OPTIONS], { shell });
  expect(expectJson(ended, 'ingest')).toMatchObject({ outcome: 'success', records: { input: 2 } });
});

test('standard input that is a folder is rejected by that name', async () => {
  const ended = await desk.run(['ingest', ...OPTIONS], { shell: '"$@" - < /' });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('Standard input is a folder: pass its path');
});

test('standard input that is a socket is read', async () => {
  const ended = await desk.run(['ingest', '/dev/stdin', ...OPTIONS], { input: ROWS });
  expect(expectJson(ended, 'ingest')).toMatchObject({ outcome: 'success', records: { input: 2 } });
});

test('SIGINT stops an ingest that waits for the writer of a pipe', async () => {
  execFileSync('mkfifo', [join(desk.folder, 'pipe')]);
  const running = desk.start(['ingest', 'pipe', ...OPTIONS]);
  await running.waitForText('Sandbox');
  await new Promise((resolve) => setTimeout(resolve, 200));
  running.child.kill('SIGINT');
  const ended = await running.ended;

  expect(ended.code).toBe(130);
  expectJson(ended, 'error');
});

test('check rejects a pipe without waiting for it', async () => {
  execFileSync('mkfifo', [join(desk.folder, 'pipe')]);
  const ended = await desk.run(['check', 'pipe', '--json']);

  expect(ended.code).toBe(2);
  expectJson(ended, 'error');
  expect(ended.stderr).toContain('can be read only once');
});

test('a dry run takes a pipe as an ingest does, and does not wait for it', async () => {
  execFileSync('mkfifo', [join(desk.folder, 'pipe')]);
  const ended = await desk.run(['ingest', '--dry-run', '--dataset', 'd', 'pipe']);

  expect(ended.code).toBe(0);
});

test('a .env that every user can write is rejected, and one that they can read is a warning', async () => {
  const path = join(desk.folder, '.env');
  await desk.file('.env', 'AEP_SANDBOX=dev\nAEP_ACCESS_TOKEN=planted-token\n');
  chmodSync(path, 0o666);
  const refused = await desk.run(['list', '--json']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('chmod go-w')]);
  chmodSync(path, 0o644);
  const warned = await desk.run(['list', '--json']);
  expect([warned.code, warned.stderr]).toEqual([0, expect.stringContaining('chmod 600')]);
  chmodSync(path, 0o600);
  expect((await desk.run(['list', '--json'])).stderr).not.toContain('chmod');
});

test('a .env that is a pipe is rejected without waiting for it', async () => {
  execFileSync('mkfifo', [join(desk.folder, '.env')]);
  const ended = await desk.run(['list', '--json']);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('a pipe')]);
});

test('a state folder that other users can write or own is rejected', async () => {
  await desk.file('rows.jsonl', ROWS);
  const folder = join(desk.folder, 'state', 'aep-batch');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  const args = ['ingest', 'rows.jsonl', ...OPTIONS];
  const open = await desk.run(args);
  expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('chmod go-w')]);
  if (process.geteuid?.() !== 0) return; // only root can give it away
  chmodSync(folder, 0o700);
  chownSync(folder, 12_345, 12_345);
  const foreign = await desk.run(args);
  expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('another user')]);
  expect(desk.simulator.log).toEqual([]);
});

test.each(isDeep ? [22, 24, 26, 28, 30, 34, 40, 44, 48, 52] : [22, 30, 40])(
  'with at most %d open files there is one JSON object, the advice to allow more, and no batch is lost',
  async (limit) => {
    await desk.file('rows.jsonl', ROWS);
    const shell = `ulimit -n ${limit}; "$@"`;
    const ended = await desk.run(['ingest', 'rows.jsonl', ...OPTIONS], { shell });
    if (ended.code === 0) expectJson(ended, 'ingest');
    else expectJson(ended, 'error');
    if (/EMFILE|Cannot find/.test(ended.stderr)) expect(ended.stderr).toContain('ulimit -n 1024');
  },
);
