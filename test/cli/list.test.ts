import { expect, jest, test } from '@jest/globals';
import { timeArg } from '../../src/cli/time-arg.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();
const create = async (...args: string[]) =>
  String((await desk.run(['create', '--json', '--dataset', ...args])).json()['batchId']);
const list = async (...args: string[]) => {
  const ended = await desk.run(['list', '--json', ...args]);
  return (expectJson(ended, 'list')['batches'] as { id: string }[]).map(({ id }) => id);
};
const lastQuery = () => {
  const entry = desk.simulator.log.filter(({ operation }) => operation === 'listBatches').at(-1);
  return new URL(entry?.path ?? '', 'http://127.0.0.1').searchParams;
};

test('list shows the dataset of each batch', async () => {
  const id = await create('d');
  const { stdout } = await desk.run(['list']);

  expect(stdout).toMatch(/^BATCH +STATUS +DATASET +CREATED +ROWS +ERRORS$/m);
  expect(stdout).toMatch(new RegExp(`^${id} +loading +d +20`, 'm'));
});

test('list filters by external id, and by the time or age of the creation', async () => {
  const mine = await create('d', '--external-id', 'mine');
  const other = await create('d');

  expect(await list('--external-id', 'mine')).toEqual([mine]);
  expect(await list('--since', '1h')).toEqual([other, mine]);
  expect(await list('--until', '1h')).toEqual([]);
  expect(await list('--since', '2026-01-31T09:30+01:00', '--until', '2026-02-01')).toEqual([]);
  expect(lastQuery().get('createdAfter')).toBe(String(Date.UTC(2026, 0, 31, 8, 30)));
  expect(lastQuery().get('createdBefore')).toBe(String(Date.UTC(2026, 1, 1)));
});

test.each([
  ['24h', 1_000_000_000_000 - 24 * 3_600_000],
  ['90m', 1_000_000_000_000 - 90 * 60_000],
  ['2w', 1_000_000_000_000 - 14 * 86_400_000],
  ['0d', 1_000_000_000_000],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2024-02-29 10:20', Date.UTC(2024, 1, 29, 10, 20)],
  ['2024-02-29T10:20-0130', Date.UTC(2024, 1, 29, 11, 50)],
  ['2024-02-29t10:20:30.5z', Date.UTC(2024, 1, 29, 10, 20, 30, 500)],
])('the time %s', (text, expected) => {
  expect(timeArg(text, 1_000_000_000_000)).toBe(expected);
});

test.each([
  ['--since', 'yesterday'],
  ['--since', '24'],
  ['--since', '-1h'],
  ['--since', '99999d'],
  ['--since', '2026-02-30'],
  ['--since', '2026-13-01'],
  ['--since', '2026-01-31T25:00Z'],
  ['--until', '31.01.2026'],
  ['--until', '1700000000000'],
])('list %s %s is rejected with the forms that are accepted', async (flag, text) => {
  const ended = await desk.run(['list', flag, text, '--json']);

  expect([ended.code, expectJson(ended, 'error')['outcome']]).toEqual([2, null]);
  expect(ended.stderr).toContain('2026-01-31T09:30Z, or an age such as 90m, 24h');
  expect(desk.simulator.log).toEqual([]);
});

test('list rejects a --since after --until', async () => {
  const ended = await desk.run(['list', '--since', '1h', '--until', '2h']);
  expect([ended.code, desk.simulator.log]).toEqual([2, []]);
  expect(ended.stderr).toContain('expected a time before that of --until');
});

test.each(['faild', 'success,faild', '!faild'])(
  'list --status %s is one message, with the status that was meant',
  async (status) => {
    const ended = await desk.run(['list', '--status', status]);

    expect([ended.code, desk.simulator.log]).toEqual([2, []]);
    expect(ended.stderr).toMatch(/^error: Invalid --status: expected one of loading, .*\n$/);
    expect(ended.stderr).toContain('received "faild". Did you mean failed?\n');
  },
);

test('list --status takes several statuses and their negation', async () => {
  const id = await create('d');
  expect(await list('--status', 'failed,loading')).toEqual([id]);
  expect(await list('--status', '!failed')).toEqual([id]);
});
