/** The queue of loads, for programs that only put loads into it or look at them. */
import { Queue } from 'bullmq';
import { AepBatchError } from '../shared/errors.js';
import { omitUndefined } from '../shared/options.js';
import { describeThrown } from '../shared/thrown.js';
import { type RedisConnection, readServerInfo, toSingleTry } from './redis.js';
import { checkQueueName, DEFAULT_QUEUE } from './worker-options.js';

export interface LoadQueueOptions {
  /** The name of the queue. Default `aep-batch`. */
  queue?: string;
  /** What the keys of the queue begin with. Default `bull`. */
  prefix?: string;
}

/** Redis cannot be reached, or is too old. */
export class RedisError extends AepBatchError {
  override readonly name = 'RedisError';
}

/** BullMQ needs commands of it. */
const LEAST_VERSION = [6, 2] as const;

/**
 * Opens the queue of loads, whose connection is closed with it.
 * @throws {RedisError} if Redis cannot be reached now, or is older than 6.2.
 */
export async function openLoadQueue(
  connection: RedisConnection,
  { queue = DEFAULT_QUEUE, prefix }: LoadQueueOptions = {},
): Promise<Queue> {
  checkQueueName('queue', queue);
  await assertReachable(connection);
  const opened = new Queue(queue, {
    connection: connection as never,
    ...omitUndefined({ prefix }),
  });
  opened.on('error', () => undefined); // commands wait until Redis is there again
  return opened;
}

/** @throws {RedisError} instead of waiting, as a worker would. */
export async function assertReachable(connection: RedisConnection): Promise<void> {
  const redis = toSingleTry(connection);
  let reason: unknown;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    const { version } = await readServerInfo(redis);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [least, leastMinor] = LEAST_VERSION;
    if (major < least || (major === least && minor < leastMinor))
      throw new RedisError(
        `Redis ${version} is too old: ${least}.${leastMinor} or later is needed.`,
      );
  } catch (error) {
    if (error instanceof RedisError) throw error;
    const { host = '127.0.0.1', port = 6379 } = redis.options;
    const why = describeThrown(reason ?? error);
    throw new RedisError(`Redis at ${host}:${port} cannot be reached: ${why}`, { cause: error });
  } finally {
    redis.disconnect();
  }
}
