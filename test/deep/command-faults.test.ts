import { readdirSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a process or more a test, on a machine that may be busy
const desk = useDesk();
const ROWS = '{"a":1}\n{"a":2}\n';
const FAST = ['--poll-interval-ms', '1'];
const INGEST = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', '--poll-interval-ms', '1'];

/** An ingest that hangs while its file is uploaded. */
async function hanging(args: string[] = []) {
  await desk.file('rows.jsonl', ROWS);
  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then: 'hang' });
  const running = desk.start([...INGEST, ...args]);
  await uploading();
  return running;
}

const until = async (met: () => boolean) => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 10));
};
const uploading = () =>
  until(() => desk.simulator.log.some(({ operation }) => operation === 'uploadFile'));
const ownJournals = () =>
  readdirSync(join(desk.folder, 'state', 'aep-batch')).filter((name) => name !== 'runs');

test('each line of an error of several files begins with error:', async () => {
  await desk.file('a.jsonl', '{"a":1\n');
  await desk.file('b.jsonl', 'nope\n');
  const { code, stderr } = await desk.run(['ingest', 'a.jsonl', 'b.jsonl', '--dataset', 'd']);
  const found = stderr.split('\n').filter((line) => /[ab]\.jsonl/.test(line));

  expect(code).toBe(2);
  expect(found.length).toBeGreaterThan(1);
  for (const line of found) expect(line).toMatch(/^error: /);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s once leaves the batch open and prints the command that resumes it',
  async (signal, code) => {
    const running = await hanging();
    running.child.kill(signal);
    const ended = await running.ended;
    desk.simulator.faults.set();
    const { error } = expectJson(ended, 'error') as { error: Record<string, string> };

    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(`aep-batch resume ${error['journal']}`);
    expect(desk.simulator.status(error['batchId'] ?? '')).toBe('loading');
    expect(statSync(error['journal'] ?? '').mode & 0o777).toBe(0o600);
    const resumed = await desk.run(['resume', error['journal'] ?? '', '--json', ...FAST]);
    expect(expectJson(resumed, 'resume')).toMatchObject({
      batchId: error['batchId'],
      outcome: 'success',
    });
    expect(ownJournals()).toEqual([]);
  },
);

test('SIGINT with --on-failure abort aborts the batch', async () => {
  const running = await hanging(['--on-failure', 'abort']);
  running.child.kill('SIGINT');
  const ended = await running.ended;
  const { error } = expectJson(ended, 'error') as { error: Record<string, string> };

  expect(ended.code).toBe(130);
  expect(desk.simulator.status(error['batchId'] ?? '')).toBe('aborted');
});

test('a second SIGINT exits at once, whatever is in progress', async () => {
  const running = await hanging(['--on-failure', 'abort']);
  desk.simulator.faults.add({ when: { operation: 'batchAction' }, then: 'hang' });
  running.child.kill('SIGINT');
  await running.waitForText('Send it again to exit at once');
  running.child.kill('SIGINT');

  expect((await running.ended).code).toBe(130);
});

test('SIGINT stops an ingest of a standard input that never ends', async () => {
  const running = desk.start(['ingest', '-', '--dataset', 'd', '--json'], {
    shell: `(echo '{"id":1,"name":"a row"}'; exec sleep 30) | exec "$@"`,
  });
  await running.waitForText('Uploading');
  // The shell waits for both ends of the pipe, so the signal goes to the command alone.
  const { execFileSync } = await import('node:child_process');
  const children = execFileSync('pgrep', ['-P', String(running.child.pid)]).toString();
  for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGINT');
  const ended = await running.ended;

  expect(ended.code).toBe(130);
  expectJson(ended, 'error');
});

test('after SIGKILL a resume continues with the same batch', async () => {
  const running = await hanging();
  running.child.kill('SIGKILL');
  await running.ended;
  desk.simulator.faults.set();
  const [journal = ''] = ownJournals();
  const path = join(desk.folder, 'state', 'aep-batch', journal);
  const ended = await desk.run(['resume', path, '--json', ...FAST]);

  expect(expectJson(ended, 'resume')).toMatchObject({ outcome: 'success' });
  expect(desk.simulator.log.filter(({ operation }) => operation === 'createBatch')).toHaveLength(1);
});

test.each([
  ['that is full from the start', 'ulimit -f 0'],
  ['that fills up', 'ulimit -f 1'],
])(
  'a disk for the journal %s is exit 1, with a message that names the journal',
  async (_, limit) => {
    await desk.file('rows.jsonl', ROWS);
    const external = ['--external-id', 'x'.repeat(1000)];
    const ended = await desk.run([...INGEST, ...external], { shell: `${limit}; "$@"` });

    expect(ended.code).toBe(1);
    const { error } = expectJson(ended, 'error') as { error: Record<string, string> };
    expect(error).toMatchObject({ code: 'EFBIG' });
    expect(ended.stderr).toContain('journal');
  },
);

test('/dev/full as a journal is rejected, and nothing is sent', async () => {
  await desk.file('rows.jsonl', ROWS);
  const ended = await desk.run([...INGEST, '--journal', '/dev/full']);

  expect(ended.code).toBe(2);
  expect(desk.simulator.log).toEqual([]);
});

test.each([
  ['of an ingest that has not ended', ['started.journal']],
  ['in a folder that does not exist', ['missing', 'j']],
])('a journal %s is refused before anything is sent', async (_, path) => {
  await desk.file('rows.jsonl', ROWS);
  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  await desk.run([...INGEST, '--journal', 'started.journal']);
  const before = desk.simulator.log.length;
  const ended = await desk.run([...INGEST, '--journal', join(desk.folder, ...path)]);

  expect(ended.code).toBe(2);
  expect(expectJson(ended, 'error')).toMatchObject({ error: { name: 'JournalError' } });
  expect(desk.simulator.log).toHaveLength(before);
});

test.each(['set -o pipefail; "$@" | true', '"$@" >&-', '"$@" 2>&-', '"$@" 2>/dev/full'])(
  'a closed output never stops an ingest: %s',
  async (shell) => {
    await desk.file('rows.jsonl', ROWS);
    const { code } = await desk.run(INGEST, { shell });
    const [batchId = ''] = desk.simulator.log.flatMap(
      ({ path }) => /batches\/(\w+)\?action=COMPLETE/.exec(path)?.[1] ?? [],
    );

    expect(code).toBe(0);
    expect(desk.simulator.status(batchId)).toBe('success');
  },
);

test('without a home folder that can be written, the journal is in the folder for temporary files', async () => {
  await desk.file('rows.jsonl', ROWS);
  desk.simulator.outcomes['d'] = { states: ['stalled'] };
  for (const home of [undefined, '', '/dev/null/nobody', '/proc/nobody']) {
    const env = { HOME: home, XDG_STATE_HOME: undefined, TMPDIR: desk.folder };
    const ended = await desk.run(INGEST, {
      env: home === undefined ? { ...env, HOME: '/proc' } : env,
    });
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain(`is kept: ${desk.folder}`);
  }
  expect((await readdir(desk.folder)).length).toBeGreaterThan(1);
});
