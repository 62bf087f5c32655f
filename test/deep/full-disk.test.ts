import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createBatchClient } from '../../src/index.js';
import { useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a process or more a test, on a machine that may be busy
const desk = useDesk();
const ROWS = '{"a":1}\n{"a":2}\n';
const FULL = { stdoutFile: '/dev/full' };
const INGEST = ['ingest', 'rows.jsonl', '--dataset', 'd', '--poll-interval-ms', '1'];

beforeEach(async () => {
  await desk.file('rows.jsonl', ROWS);
  await desk.file('bad.jsonl', `${ROWS}nope\n`);
});

/** The id of a new batch that is open. */
async function createBatch(more: object = {}): Promise<string> {
  await using client = createBatchClient(desk.simulator.clientOptions);
  const inputFormat = { format: 'json' as const };
  return (await client.batches.create({ datasetId: 'd', inputFormat, ...more })).id;
}

async function loadBatch(text: string, more: object = {}): Promise<string> {
  const id = await createBatch(more);
  await using client = createBatchClient(desk.simulator.clientOptions);
  await client.files.put({ batchId: id, datasetId: 'd', path: 'f' }, Buffer.from(text));
  await client.batches.complete(id);
  await client.batches.wait(id, { pollIntervalMs: 1 });
  return id;
}

/** A batch with a rejected row. */
const loadBadBatch = () =>
  loadBatch(`${ROWS}nope\n`, { enableErrorDiagnostics: true, partialIngestionPercent: 50 });

/** Every subcommand that prints something, with what it says to have done where it did something. */
const COMMANDS: [string, () => string[] | Promise<string[]>, RegExp | undefined][] = [
  ['--help', () => ['--help'], undefined],
  ['nothing', () => [], undefined],
  ['--version', () => ['--version'], undefined],
  ['help ingest', () => ['help', 'ingest'], undefined],
  ['ingest --help', () => ['ingest', '--help'], undefined],
  [
    'list',
    async () => {
      await createBatch();
      return ['list'];
    },
    undefined,
  ],
  ['status', async () => ['status', await createBatch()], undefined],
  ['errors', async () => ['errors', await loadBadBatch()], undefined],
  ['check', () => ['check', 'rows.jsonl'], undefined],
  ['ingest --dry-run', () => [...INGEST, '--dry-run'], undefined],
  ['wait', async () => ['wait', await loadBatch(ROWS)], undefined],
  ['create', () => ['create', '--dataset', 'd'], /batch \w+ was created/],
  [
    'upload',
    async () => ['upload', await createBatch(), 'rows.jsonl', '--dataset', 'd'],
    /was uploaded to batch \w+/,
  ],
  ['complete', async () => ['complete', await createBatch()], /batch \w+ was completed/],
  ['abort', async () => ['abort', await createBatch()], /batch \w+ was aborted/],
  ['revert', async () => ['revert', await loadBatch(ROWS), '--yes'], /batch \w+ was /],
  ['init', () => ['init'], /\.env was written/],
  ['ingest', () => INGEST, /batch \w+, outcome success/],
  ['simulate', () => ['simulate', '--port', '0'], undefined],
];

describe('output to a full disk is an error, as it is for cat', () => {
  test.each(COMMANDS)('%s', async (_, args, done) => {
    const ended = await desk.run(await args(), FULL);
    const said = /^error: Cannot write to standard output: ENOSPC.*$/m.exec(ended.stderr)?.[0];

    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(said ?? 'error:')]);
    if (done === undefined) expect(said).not.toContain('Only the output is lost');
    else expect(said).toMatch(new RegExp(`Only the output is lost: .*${done.source}`));
  });

  test.each(COMMANDS.filter(([name]) => /^(list|errors|check|ingest|simulate)$/.test(name)))(
    '%s --json',
    async (_, args) => {
      const ended = await desk.run([...(await args()), '--json'], FULL);

      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('Cannot write to standard output');
    },
  );

  test('resume names the batch and its outcome', async () => {
    const fault = { when: { operation: 'uploadFile' as const }, then: { status: 403 } };
    desk.simulator.faults.set(fault);
    await desk.run([...INGEST, '--journal', 'j']);
    desk.simulator.faults.set();
    const ended = await desk.run(['resume', 'j', '--json'], FULL);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/Only the output is lost: batch \w+, outcome success/);
  });

  test('a batch with rejected rows is exit 1 as well, since its receipt is lost', async () => {
    const args = ['ingest', 'bad.jsonl', '--dataset', 'd', '--partial-ingestion-percent', '50'];
    const ended = await desk.run([...args, '--poll-interval-ms', '1'], FULL);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /Only the output is lost: batch \w+, outcome success-with-rejects/,
    );
  });

  test.each<[string, number, () => string[]]>([
    ['an unknown option', 2, () => ['list', '--what', '--json']],
    ['a file that does not exist', 2, () => ['check', 'nothing', '--json']],
    ['a batch that failed', 4, () => [...INGEST, '--json']],
  ])('%s keeps its own exit code', async (_, code, args) => {
    desk.simulator.outcomes['d'] = { states: ['failed'] };
    const ended = await desk.run(args(), FULL);

    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining('ENOSPC')]);
  });

  test('with stderr on a full disk as well, the exit code is still 1', async () => {
    await createBatch(); // for the list
    const calls = [['--help'], [...INGEST, '--json']];
    for (const args of [...calls, ['list'], ['list', '--verbose']]) {
      const ended = await desk.run(args, { shell: 'exec "$@" > /dev/full 2>&1' });
      expect([args[0], ended.code]).toEqual([args[0], 1]);
    }
  });

  test('with stderr alone on a full disk, the command succeeds', async () => {
    const ended = await desk.run([...INGEST, '--json', '--verbose'], {
      shell: 'exec "$@" 2> /dev/full',
    });

    expect([ended.code, ended.json()['outcome']]).toEqual([0, 'success']);
  });

  test('a disk that takes only a part of the text is an error', async () => {
    // Limited to 512 bytes; a file that is written with one call gets as much as fits.
    const shell = 'ulimit -f 1; "$@" > out.txt; code=$?; wc -c < out.txt; exit $code';
    const ended = await desk.run(['--help'], { shell });

    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('EFBIG')]);
    expect(Number(ended.stdout)).toBeGreaterThan(0);
  });

  test('a long text arrives whole in a file and through a slow pipe', async () => {
    const whole = await desk.run(['--help']);
    for (const shell of ['"$@" > out.txt; cat out.txt', '"$@" | (sleep 0.3; cat)']) {
      expect((await desk.run(['--help'], { shell })).stdout).toBe(whole.stdout);
    }
  });
});

describe('a file that the command writes on a full disk', () => {
  test.each([['/dev/full'], ['rejected.jsonl']])('errors --out %s', async (out) => {
    const shell = out === '/dev/full' ? '"$@"' : 'ulimit -f 0; "$@"';
    const args = ['errors', await loadBadBatch(), '--out', out, '--json'];
    const ended = await desk.run(args, { shell });

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /error: Cannot write to .*(ENOSPC|EFBIG).* It contains 0 lines so far/,
    );
  });

  test('init leaves no partial file that would fail the next attempt', async () => {
    const ended = await desk.run(['init', '--json'], { shell: 'ulimit -f 0; "$@"' });
    const again = await desk.run(['init', '--json']);

    expect([ended.code, ended.json()['error']]).toMatchObject([1, { code: 'EFBIG' }]);
    expect(again.code).toBe(0);
    expect(readFileSync(join(desk.folder, '.env'), 'utf8')).toContain('AEP_ORG_ID=');
  });
});

describe('a closed pipe is not a failure', () => {
  test.each([
    ['list', ['list', '--json']],
    ['help', ['--help']],
    ['ingest', [...INGEST, '--json']],
  ])('%s', async (_, args) => {
    const ended = await desk.run(args, { shell: 'set -o pipefail; "$@" | true' });

    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toContain('error:');
  });
});
