/** Opens what Redis holds of a load, for programs that have its queue and no job of it. */
import type { Queue } from 'bullmq';
import { QueueKeys } from './keys.js';
import { LoadStore } from './load-store.js';
import { openRedis } from './redis.js';
import type { LoadDescription } from './types.js';

/** @returns what the work returns; `undefined` where the queue has no such load. */
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
  } finally {
    redis.disconnect();
  }
}

export const listBatches = ({ batches }: LoadDescription): number[] =>
  Array.from({ length: batches }, (_, at) => at + 1);
