import { describe, expect, jest, test } from '@jest/globals';
import { formatLog } from '../../src/cli/log-format.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();
const ROWS = '{"a":1}\n{"a":2}\n';
const INGEST = ['ingest', 'rows.jsonl', '--dataset', 'd', '--poll-interval-ms', '1'];

describe('--log-format', () => {
  test('text writes each line on stderr with its time and level', async () => {
    await desk.file('rows.jsonl', ROWS);
    const { stderr, stdout } = await desk.run([...INGEST, '--log-format', 'text']);
    const lines = stderr.trimEnd().split('\n');

    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]{12}Z info \S/);
    expect(stdout).toMatch(/^Batch \w+: success$/m);
  });

  test('json writes each message on stderr as one object', async () => {
    await desk.file('rows.jsonl', ROWS);
    const { stderr } = await desk.run([...INGEST, '--log-format', 'json', '--quiet']);
    expect(stderr).toBe('');
    const failed = await desk.run(['ingest', 'no', '--dataset', 'd', '--log-format', 'json']);
    const entries = failed.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);

    expect(entries[0]).toMatchObject({ level: 'info', message: expect.stringMatching(/^Sandbox/) });
    expect(entries.at(-1)).toMatchObject({ level: 'error', time: expect.stringMatching(/Z$/) });
    for (const entry of entries) expect(Object.keys(entry)).toEqual(['time', 'level', 'message']);
  });

  test('wait and resume take it as well', async () => {
    const waited = await desk.run(['wait', 'nosuch', '--log-format', 'text', '--timeout-ms', 'x']);
    expect(waited.stderr).toContain('--timeout-ms');
    const resumed = await desk.run(['resume', 'nosuch', '--log-format', 'json']);
    expect(JSON.parse(resumed.stderr.split('\n')[1] ?? '')).toMatchObject({ level: 'error' });
    const wrong = await desk.run(['wait', 'b', '--log-format', 'xml', '--json']);
    expect([wrong.code, expectJson(wrong, 'error')['outcome']]).toEqual([2, null]);
  });

  test('a message of several lines is one object, or several lines with the same time', () => {
    const now = new Date(0);
    expect(formatLog('text', 'error: one\ntwo', now).split('\n')).toEqual([
      '1970-01-01T00:00:00.000Z error one',
      '1970-01-01T00:00:00.000Z error two',
    ]);
    expect(JSON.parse(formatLog('json', 'warning: one\ntwo', now))).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'warning',
      message: 'one\ntwo',
    });
  });
});

describe('--quiet', () => {
  test('prints nothing for a success, and the object with --json', async () => {
    await desk.file('rows.jsonl', ROWS);
    const { stdout, stderr, code } = await desk.run([...INGEST, '--quiet']);
    const json = await desk.run([...INGEST, '--quiet', '--json']);

    expect([code, stdout, stderr]).toEqual([0, '', '']);
    expectJson(json, 'ingest');
    expect(json.stderr).toBe('');
  });

  test('prints results that were asked for, and the batch that was created', async () => {
    const created = await desk.run(['create', '--dataset', 'd', '--quiet']);
    const listed = await desk.run(['list', '--quiet']);
    expect([created.stderr, listed.stderr]).toEqual(['', '']);
    expect(created.stdout).toMatch(/^Batch \w+ was created/);
    expect(listed.stdout).toContain('loading');
  });

  test('prints the sandbox before an error, and a result that is no success', async () => {
    const { stderr, code } = await desk.run(['status', 'nosuch', '--quiet']);
    expect([code, stderr.startsWith('Sandbox dev of ')]).toEqual([1, true]);
    desk.simulator.outcomes['d'] = { states: ['failed'] };
    await desk.file('rows.jsonl', ROWS);
    const failed = await desk.run([...INGEST, '--quiet']);
    expect([failed.code, failed.stdout]).toEqual([4, expect.stringContaining('failed')]);
  });
});

describe('help of a mistyped command', () => {
  test('suggests the command that was meant', async () => {
    const { code, stderr, stdout } = await desk.run(['help', 'lsit']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("unknown command 'lsit'");
    expect(stderr).toContain('Did you mean list?');
  });

  test('and of a known one prints its help, as does help alone', async () => {
    const one = await desk.run(['help', 'list']);
    const all = await desk.run(['help']);
    expect([one.code, all.code]).toEqual([0, 0]);
    expect(one.stdout).toContain('Usage: aep-batch list');
    expect(all.stdout).toContain('Usage: aep-batch [options] [command]');
  });
});

describe('SIGINT ends with the command that goes on', () => {
  /** Interrupts a command that waits for the response to this operation. */
  async function interrupt(operation: 'getBatch' | 'createBatch' | 'uploadFile', args: string[]) {
    desk.simulator.faults.set({ when: { operation }, then: 'hang' });
    const before = desk.simulator.log.length;
    const ended = desk.run(args);
    const isSent = () =>
      desk.simulator.log.slice(before).some((entry) => entry.operation === operation);
    while (!isSent()) await new Promise((resolve) => setTimeout(resolve, 5));
    process.emit('SIGINT', 'SIGINT');
    const { code, stderr } = await ended;
    desk.simulator.faults.set();
    return { code, stderr };
  }

  test('of wait', async () => {
    const { code, stderr } = await interrupt('getBatch', ['wait', 'b1', '--sandbox', 'dev']);
    expect(code).toBe(130);
    // The error itself names the command, with its flags.
    expect(stderr.match(/aep-batch wait b1/g)).toHaveLength(1);
    expect(stderr).toContain('`aep-batch wait b1 --sandbox dev`');
    const plain = await interrupt('getBatch', ['wait', 'b1']);
    expect(plain.stderr.match(/aep-batch wait b1/g)).toHaveLength(1);
  });

  test('of create, with and without an external id', async () => {
    const create = ['create', '--dataset', 'd'];
    const plain = await interrupt('createBatch', create);
    const named = await interrupt('createBatch', [...create, '--external-id', 'my id']);
    expect([plain.code, named.code]).toEqual([130, 130]);
    expect(plain.stderr).toContain('aep-batch list --dataset d --since 1h\n');
    expect(named.stderr).toContain("aep-batch list --external-id 'my id'\n");
  });

  test('of upload', async () => {
    await desk.file('rows.jsonl', ROWS);
    const created = await desk.run(['create', '--dataset', 'd', '--format', 'json', '--json']);
    const id = String(created.json()['batchId']);
    const { stderr } = await interrupt('uploadFile', [
      'upload',
      id,
      'rows.jsonl',
      '--dataset',
      'd',
    ]);
    expect(stderr).toContain(`aep-batch upload ${id} rows.jsonl --dataset d\n`);
  });
});
