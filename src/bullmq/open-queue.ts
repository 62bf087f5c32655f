/** The queue of loads, for programs that only put loads into it or look at them. */
import { Queue } from 'bullmq';
import { ReplyError } from 'ioredis';
import { omitUndefined } from '../shared/options.js';
import { describeThrown } from '../shared/thrown.js';
import {
  isAtLeast,
  type RedisConnection,
  readServerInfo,
  toConnectionOptions,
  toSingleTry,
} from './redis/redis.js';
import { RedisError } from './redis/redis-errors.js';
import { checkQueueName, DEFAULT_QUEUE } from './worker-options.js';

export interface LoadQueueOptions {
  /** The name of the queue. Default `aep-batch`. */
  queue?: string;
  /** What the keys of the queue begin with. Default `bull`. */
  prefix?: string;
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
    connection: toConnectionOptions(connection),
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
    const info = await readServerInfo(redis);
    if (!isAtLeast(info, ...LEAST_VERSION))
      throw new RedisError(
        `Redis ${info.version} is too old: ${LEAST_VERSION.join('.')} or later is needed.`,
      );
  } catch (error) {
    if (error instanceof RedisError) throw error;
    const { host = '127.0.0.1', port = 6379 } = redis.options;
    const cause = reason ?? error;
    const message = `Redis at ${host}:${port} cannot be reached: ${describeThrown(cause)}`;
    // Such an error holds the command that was rejected, which may be the one with the password.
    throw new RedisError(message, cause instanceof ReplyError ? {} : { cause });
  } finally {
    redis.disconnect();
  }
}
