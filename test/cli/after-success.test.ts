import { expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();

const DATASET = 'd1';
const ingest = async (...flags: string[]) => {
  await desk.file('rows.jsonl', '{"a":1}\n');
  const args = ['ingest', 'rows.jsonl', '--dataset', DATASET, '--poll-interval-ms', '1'];
  return desk.run([...args, ...flags]);
};
const sent = () => desk.simulator.log.map(({ operation }) => operation);
/** Loads a batch that ends like this. @returns its id. */
const load = async (...states: string[]) => {
  desk.simulator.outcomes[DATASET] = { states };
  const { batchId } = expectJson(await ingest('--json'), 'ingest');
  delete desk.simulator.outcomes[DATASET];
  return String(batchId);
};

test.each(['failed', 'stalled'])(
  '--after-success refuses a load after a %s batch: exit 2, the id, the next command, and nothing sent',
  async (status) => {
    const failed = await load(status);
    const before = sent().length;
    const ended = await ingest('--after-success', '--json');
    const { error } = expectJson(ended, 'error');
    const { name, message } = error as Error;

    expect([ended.code, name]).toEqual([2, 'InvalidInputError']);
    expect(message).toContain(`the last batch of dataset d1, ${failed}, is ${status}.`);
    expect(message).toContain(`\`aep-batch errors ${failed}\``);
    expect(sent().slice(before)).toEqual(['getToken', 'listLastBatches']);
  },
);

test('--after-success loads where there is no batch, or the last one was loaded, aborted or has not ended', async () => {
  const first = await ingest('--after-success');
  const second = await ingest('--after-success');
  const { batchId } = expectJson(
    await desk.run(['create', '--dataset', DATASET, '--json']),
    'create',
  );
  const third = await ingest('--after-success');
  const { batchId: other } = expectJson(
    await desk.run(['create', '--dataset', DATASET, '--json']),
    'create',
  );
  await desk.run(['abort', String(other)]);
  const fourth = await ingest('--after-success');

  expect([first, second, third, fourth].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(second.stderr).not.toContain('warning');
  expect(third.stderr).toContain(
    `warning: The last batch of dataset d1, ${batchId}, is still loading`,
  );
  expect(fourth.stderr).not.toContain('warning');
});

test('--after-success fails where the last batch cannot be read, and a dry run shows the call without sending it', async () => {
  const dry = await ingest('--after-success', '--dry-run');
  const calls = sent();
  desk.simulator.faults.add({ when: { operation: 'listLastBatches' }, then: { status: 403 } });
  const forbidden = await ingest('--after-success');

  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain('/data/foundation/catalog/lastBatches?dataSetId=d1"');
  expect(calls).toEqual([]);
  expect(forbidden.code).toBe(7);
  expect(sent()).not.toContain('createBatch');
});
