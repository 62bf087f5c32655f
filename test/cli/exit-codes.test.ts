import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, jest, test } from '@jest/globals';
import { openStreams } from '../../src/cli/output.js';
import { run } from '../../src/cli/program.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a process or more a test, on a machine that may be busy
const desk = useDesk();
const ROWS = '{"a":1}\n{"a":2}\n';
const INGEST = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', '--poll-interval-ms', '1'];

const ingest = async (args: string[] = [], env: Record<string, string | undefined> = {}) => {
  await desk.file('rows.jsonl', ROWS);
  return desk.run([...INGEST, ...args], { env });
};
const journals = async () => {
  const names = await readdir(join(desk.folder, 'state', 'aep-batch')).catch(() => []);
  return names.filter((name) => name !== 'runs');
};

describe('how a batch ended', () => {
  test('3: some rows were rejected', async () => {
    await desk.file('rows.jsonl', `${ROWS}nope\n`);
    const args = [...INGEST, '--partial-ingestion-percent', '50', '--error-diagnostics'];
    const ended = await desk.run(args);

    expect(ended.code).toBe(3);
    expect(expectJson(ended, 'ingest')).toMatchObject({
      outcome: 'success-with-rejects',
      records: { input: 3, output: 2, failed: 1 },
    });
    expect(await journals()).toEqual([]);
  });

  test.each([
    [4, 'failed', ['failed'] as const],
    [5, 'stalled', ['stalled'] as const],
    [6, 'timed-out', ['processing'] as const],
    [0, 'success', ['processing', 'success'] as const],
  ])('%d: %s', async (code, outcome, states) => {
    desk.simulator.outcomes['d'] = { states };
    const time = outcome === 'timed-out' ? ['--wait-timeout-ms', '0'] : [];
    const ended = await ingest(time);
    const receipt = expectJson(ended, 'ingest');
    const wait = ['wait', String(receipt['batchId']), '--json', '--poll-interval-ms', '1'];
    const waited = await desk.run([...wait, ...time]);

    expect([ended.code, receipt['outcome']]).toEqual([code, outcome]);
    expect([waited.code, expectJson(waited, 'wait')['outcome']]).toEqual([code, outcome]);
    // A resume waits again for those that may go on.
    expect(await journals()).toHaveLength(code === 5 || code === 6 ? 1 : 0);
  });

  test("4: a format that the dataset's storage does not take, and what to do about it", async () => {
    await desk.restart({ datasets: { d: { formats: ['parquet'] } } });
    await desk.file('rows.jsonl', ROWS);
    const { code, stdout } = await desk.run(INGEST.filter((arg) => arg !== '--json'));

    expect(code).toBe(4);
    expect(stdout).toContain('ERR-BI-106');
    expect(stdout).toMatch(/ERR-BI-106: The format does not fit .* pass another --format/);
  });
});

describe('2: nothing was sent', () => {
  test.each([
    ['no arguments', ['ingest']],
    ['no dataset', ['ingest', 'rows.jsonl']],
    ['a file that is not there', ['ingest', 'nothing.jsonl', '--dataset', 'd']],
    ['a folder without files', ['ingest', 'hollow', '--dataset', 'd']],
    ['a link to nothing', ['ingest', 'links', '--dataset', 'd']],
    ['an empty file', ['ingest', 'empty.jsonl', '--dataset', 'd']],
    ['one name twice', ['ingest', 'rows.jsonl', './rows.jsonl', '--dataset', 'd']],
    ['standard input and files', ['ingest', '-', 'rows.jsonl', '--dataset', 'd']],
    ['an invalid number', ['ingest', 'rows.jsonl', '--dataset', 'd', '--concurrency', 'x']],
    ['an invalid id', ['ingest', 'rows.jsonl', '--dataset', 'a/b']],
    ['a percentage over 100', ['create', '--dataset', 'd', '--partial-ingestion-percent', '101']],
    ['CSV options without a format', ['create', '--dataset', 'd', '--delimiter', ';']],
    ['a sandbox in upper case', ['list', '--sandbox', 'Dev']],
    ['a limit of 0', ['list', '--limit', '0']],
    ['a journal that is not there', ['resume', 'nothing']],
    ['a journal that holds nothing', ['resume', 'rows.jsonl']],
    ['an unknown option', ['status', 'b', '--what']],
  ])('%s', async (_, args) => {
    await desk.file('rows.jsonl', ROWS);
    await desk.file('empty.jsonl', '');
    await mkdir(join(desk.folder, 'hollow'));
    await mkdir(join(desk.folder, 'links'));
    await symlink('nowhere', join(desk.folder, 'links', 'a.jsonl'));
    const ended = await desk.run([...args, '--json']);

    expectJson(ended, 'error');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^error: /m);
    expect(desk.simulator.log).toEqual([]);
    expect(await journals()).toEqual([]);
  });

  test.each(['AEP_ORG_ID', 'AEP_SANDBOX', 'AEP_CLIENT_SECRET', 'AEP_SCOPES'])(
    'without %s, which the message names',
    async (name) => {
      const ended = await ingest([], { [name]: undefined });

      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(name);
      expect(desk.simulator.log).toEqual([]);
    },
  );

  test.each([
    ['an invalid id', 'Invalid datasetId', ['--dataset', 'a/b']],
    ['an address that is not secure', 'Invalid notify', ['--notify', 'http://a.invalid/']],
    ['a wrong delimiter', 'Invalid csv.delimiter', ['--format', 'csv', '--delimiter', '\n']],
  ])('%s, which is named before the files are looked for', async (_, message, more) => {
    for (const args of [more, [...more, '--dry-run']]) {
      const ended = await desk.run(['ingest', 'missing', '--dataset', 'd', ...args]);
      expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  test('a file that is not a journal in place of one', async () => {
    await desk.file('j', 'some data\n');
    const ended = await ingest(['--journal', 'j']);

    expect([ended.code, expectJson(ended, 'error')['error']]).toMatchObject([
      2,
      { name: 'JournalError' },
    ]);
    expect(desk.simulator.log).toEqual([]);
  });

  test('a source that changed before the resume', async () => {
    desk.simulator.faults.set({
      when: { operation: 'uploadFile' },
      then: { status: 401, body: { error_code: '401013' } },
    });
    const broken = await ingest(['--journal', 'j']);
    desk.simulator.faults.set();
    await desk.file('rows.jsonl', '{"a":3}\n');
    const ended = await desk.run(['resume', 'j', '--json']);

    expect([broken.code, ended.code]).toEqual([7, 2]);
    expect(expectJson(ended, 'error')['error']).toMatchObject({ name: 'SourceError' });
  });
});

describe('7: authentication or permission', () => {
  test.each([
    ['a wrong secret', { AEP_CLIENT_SECRET: 'not-the-secret' }],
    ['another organisation', { AEP_ORG_ID: 'OTHER@AdobeOrg' }],
    ['a token that has run out', { AEP_ACCESS_TOKEN: 'a-token-that-has-run-out' }],
  ])('%s', async (_, env) => {
    const ended = await ingest([], env);

    expectJson(ended, 'error');
    expect(ended.code).toBe(7);
    expect(ended.stderr).toContain('Check AEP_ORG_ID');
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/not-the-secret|a-token-that-has/);
  });

  test('403 during the upload leaves the batch open and prints the command that resumes it', async () => {
    desk.simulator.faults.set({
      when: { operation: 'uploadFile' },
      then: { status: 403, body: { error_code: '403025', message: 'no' } },
    });
    const ended = await ingest(['--sandbox', 'dev']);
    desk.simulator.faults.set();
    const { error } = expectJson(ended, 'error') as { error: Record<string, string> };
    const resumed = await desk.run([
      'resume',
      error['journal'] ?? '',
      '--json',
      '--poll-interval-ms',
      '1',
    ]);

    expect(ended.code).toBe(7);
    expect(error).toMatchObject({ name: 'IngestError', code: '403025' });
    expect(ended.stderr).toContain(`aep-batch resume ${error['journal']} --sandbox dev`);
    expect(expectJson(resumed, 'resume')).toMatchObject({ batchId: error['batchId'] });
    expect([resumed.code, await journals()]).toEqual([0, []]);
  });
});

describe('1: any other error', () => {
  test('a connection that is refused', async () => {
    const gone = 'http://127.0.0.1:9';
    const ended = await ingest([], { AEP_IMS_ORIGIN: gone });

    expect(ended.code).toBe(1);
    expect(expectJson(ended, 'error')['error']).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test.each([
    ['list', ['list']],
    ['list --json', ['list', '--json']],
    ['ingest --json', INGEST],
  ])('the output of %s is lost, as on a full disk', async (_, args) => {
    await desk.file('rows.jsonl', ROWS);
    const ended = await desk.run(args, { stdoutFile: '/dev/full' });

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('error: Cannot write to standard output: ENOSPC');
  });

  test('no such batch', async () => {
    const ended = await desk.run(['status', 'nothing', '--json']);

    expect(ended.code).toBe(1);
    expectJson(ended, 'error');
  });

  test.each(['abort', 'leave'])(
    'a failure that no resume can fix, with --on-failure %s',
    async (what) => {
      const then = { status: 422, body: { title: 'no' } };
      desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then });
      const ended = await ingest(['--on-failure', what]);
      const { error } = expectJson(ended, 'error') as { error: Record<string, string> };

      expect(ended.code).toBe(1);
      const status = desk.simulator.status(error['batchId'] ?? '');
      expect(status).toBe(what === 'abort' ? 'aborted' : 'loading');
    },
  );

  test('a file that vanishes while it is ingested', async () => {
    await desk.file('rows.jsonl', ROWS);
    desk.simulator.faults.set({ when: { operation: 'createBatch' }, then: { delayMs: 400 } });
    const running = desk.start(INGEST);
    await running.waitForText('Checking').catch(() => undefined);
    await rm(join(desk.folder, 'rows.jsonl'));
    const ended = await running.ended;

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('rows.jsonl');
    expectJson(ended, 'error');
  });
});

test('a reader that is gone, as behind a pipe, is not a failure', async () => {
  const gone = new Writable({
    write: (_chunk, _encoding, done) =>
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

  expect(await run(['--help'], openStreams(gone, nowhere))).toBe(0);
});

test('.env is read, and the environment takes precedence', async () => {
  const { AEP_ORIGIN, AEP_IMS_ORIGIN, ...rest } = desk.simulator.env;
  const lines = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
  await desk.file('.env', [...lines, `AEP_ORIGIN=${AEP_ORIGIN}`].join('\n'));
  const none = Object.fromEntries(Object.keys(desk.simulator.env).map((name) => [name, undefined]));
  const ims = { AEP_IMS_ORIGIN };
  const read = await desk.run(['list', '--json'], { env: { ...none, ...ims } });
  const wins = await desk.run(['list'], { env: { ...none, ...ims, AEP_SANDBOX: 'other' } });

  expect(read.code).toBe(0);
  expect(wins.stderr).toContain('Sandbox other');
});
