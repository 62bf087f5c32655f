import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { IngestWarning } from '../../src/index.js';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

describeWithRedis('what is looked at before a load is put into a queue', () => {
  const stage = useQueue();
  const { called, enqueue, start, waitForState, work, write } = stage;
  let count = 0;
  const toRows = (...points: unknown[]) =>
    points
      .map((loyaltyPoints) => ({ _id: `${++count}`, _acme: { loyalty: { loyaltyPoints } } }))
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
  const writeMembers = async () => {
    await start({ ...loyaltyMembers });
    await writeFile(join(stage.folder, 'good.jsonl'), toRows(1, 2));
    await writeFile(join(stage.folder, 'bad.jsonl'), toRows(1, 'many'));
  };
  const datasetId = LOYALTY_DATASET_ID;

  test('a row that the schema does not allow is named with its file and line, and nothing is enqueued', async () => {
    await writeMembers();
    await expect(enqueue({ datasetId, checkRows: 'all' })).rejects.toThrow(/bad\.jsonl:2: /);
    expect(await stage.admin.keys('aep-batch:*')).toEqual([]);
    expect(await stage.queue.getJobCounts()).toMatchObject({ waiting: 0 });
    const partial = { datasetId, checkRows: 'all', partialIngestionPercent: 30 } as const;
    const { loadId } = await enqueue(partial);
    work();
    expect((await waitForState(loadId, 'ended')).outcome).toBe('success-with-rejects');
  });

  test('a sample of rows only warns', async () => {
    await writeMembers();
    const warnings: IngestWarning[] = [];
    const onWarning = (warning: IngestWarning) => warnings.push(warning);
    await enqueue({ datasetId, checkRows: 'sample', onWarning });
    expect(warnings).toMatchObject([{ level: 'warning', file: 'bad.jsonl', line: 2 }]);
  });

  test('a load is not enqueued after a batch that failed, if it builds on that', async () => {
    await start({ outcomes: { d1: { states: ['failed'] } } });
    await write(1);
    const { loadId } = await enqueue({ afterSuccess: true });
    work();
    await waitForState(loadId, 'ended');
    const later = { afterSuccess: true, loadId: 'later' };
    await expect(enqueue(later)).rejects.toThrow('Invalid afterSuccess: the last batch of dataset');
    expect(await stage.queue.getJobCounts()).toMatchObject({ waiting: 0, delayed: 0 });
  });

  test('what is read from the platform needs a client, and not only the name of a target', async () => {
    await start();
    await write(1);
    const { origin, orgId, sandbox } = stage.client;
    const target = { origin, orgId, sandbox };
    for (const option of [{ checkRows: 'all' }, { afterSuccess: true }] as const)
      await expect(enqueue({ target, ...option })).rejects.toThrow(
        /Invalid target: expected a client beside \w+, received an object\. Pass what createBatch/,
      );
    expect(called('getSchema')).toEqual([]);
  });
});
