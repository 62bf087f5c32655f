import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

describeWithRedis('packed files on a queue', () => {
  const stage = useQueue();
  const { called, enqueue, start, waitForState, work, write } = stage;

  test('small files go together, and the receipt names each of them', async () => {
    await start();
    await write(6);
    const { files } = await enqueue({ pack: true, loadId: 'packed' });
    expect(files).toBe(1);
    const receipts = `${stage.folder}-receipts`;
    work({ receipts });
    expect(await waitForState('packed', 'ended')).toMatchObject({ outcome: 'success' });
    expect(called('uploadFile')).toHaveLength(1);
    const [name = ''] = await readdir(receipts);
    const receipt = JSON.parse(await readFile(join(receipts, name), 'utf8'));
    await rm(receipts, { recursive: true });
    expect(receipt.files.map(({ path }: { path: string }) => path).sort()).toEqual(
      Array.from({ length: 6 }, (_, at) => `${at}.jsonl`),
    );
    const [held] = stage.simulator.files(receipt.batchId);
    expect(await held?.sha256()).toBe(receipt.packedFiles[0].sha256);
  });

  test('all that a packed file is put together from has to be in the folders of the worker', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue({ pack: true });
    work({ roots: [join(stage.folder, 'inner')] });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('is outside the folders that this worker may read');
    expect(called('uploadFile')).toEqual([]);
  });

  test('packed files of other contents are another load', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue({ pack: true });
    await writeFile(join(stage.folder, '1.jsonl'), '{"n":2}\n'.repeat(20));
    expect((await enqueue({ pack: true })).loadId).not.toBe(loadId);
  });
});
