/** Opens what Redis holds of a load, for programs that have its queue and no job of it. */
import type { Queue } from 'bullmq';
import { openRedis } from '../redis/redis.js';
import { isLostRedis, RedisError } from '../redis/redis-errors.js';
import type { LoadDescription } from '../types.js';
import { QueueKeys } from './keys.js';
import { LoadStore } from './load-store.js';

/**
 * @returns what the work returns; `undefined` where the queue has no such load.
 * @throws {RedisError} if Redis cannot be reached any more.
 */
export async function withLoad<T>(
  queue: Queue,
  loadId: string,
  work: (load: LoadStore, description: LoadDescription) => Promise<T>,
): Promise<T | undefined> {
  const redis = openRedis(queue.opts.connection);
  try {
    const load = new LoadStore(redis, new QueueKeys(queue.qualifiedName), loadId);
    const description = await load.readDescription();
    return description === undefined ? undefined : await work(load, description);
  } catch (error) {
    if (!isLostRedis(error)) throw error;
    const message = `Redis cannot be reached any more: what was to be done of load ${loadId} may be done in part. Do it again once it can.`;
    throw new RedisError(message, { cause: error });
  } finally {
    redis.disconnect();
  }
}

export const listBatches = ({ batches }: LoadDescription): number[] =>
  Array.from({ length: batches }, (_, at) => at + 1);
