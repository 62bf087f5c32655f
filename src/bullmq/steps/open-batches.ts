/** How many batches of a load take files at a time: one that was never finished would be abandoned by the platform. */

import type { BatchJobData } from '../types.js';
import type { Step } from './step-context.js';

const ENTER = `
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
return redis.call('SADD', KEYS[1], ARGV[1])
`;

/** @returns whether the batch may begin, or go on. */
export async function enterBatch({ load, batch }: Step<BatchJobData>): Promise<boolean> {
  const { maxOpenBatches = 1 } = (await load.readDescription()) ?? {};
  const key = load.keys.open(load.loadId);
  return (await load.redis.eval(ENTER, 1, key, batch.batch, maxOpenBatches)) === 1;
}

/** The batch takes no more files, or waits for somebody who looks after it. */
export async function leaveBatch({
  load,
  batch,
}: Pick<Step<BatchJobData>, 'load' | 'batch'>): Promise<void> {
  await load.redis.srem(load.keys.open(load.loadId), batch.batch);
}
