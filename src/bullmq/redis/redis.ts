/** Connections to Redis, and the one script that changes what belongs to a job. */
import type { ConnectionOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { invalid, omitUndefined } from '../../shared/options.js';

/** How Redis is reached: options of ioredis, or a client of it. */
export type RedisConnection = Redis | RedisOptions;

/**
 * How long a connection that is closed may stay open, in milliseconds. ioredis also waits for so long, and keeps the
 * program, where the other side has closed it before; its default is two seconds.
 */
const QUICK_END = { disconnectTimeout: 100 } as const;

/** For a worker: commands wait until Redis is there again, however long that takes. */
export const FOR_WORKER = { maxRetriesPerRequest: null } as const;

/**
 * A connection of its own, which the caller closes. Unless the options say otherwise, a command is given up after
 * about ten seconds without Redis.
 */
export function openRedis(connection: unknown, more: Partial<typeof FOR_WORKER> = {}): Redis {
  const own = { ...QUICK_END, ...more };
  const redis =
    connection instanceof Redis
      ? connection.duplicate(own)
      : new Redis({ ...toOptions(connection), ...own });
  redis.on('error', () => undefined); // the commands report it; without a listener it ends the process
  return redis;
}

const SINGLE_TRY = {
  ...QUICK_END,
  lazyConnect: true,
  retryStrategy: null,
  connectTimeout: 5000,
} as const;

/** @returns a connection that fails at once where Redis cannot be reached. */
export const toSingleTry = (connection: unknown): Redis =>
  connection instanceof Redis
    ? connection.duplicate(SINGLE_TRY)
    : new Redis({ ...toOptions(connection), ...SINGLE_TRY });

/** The connection, as BullMQ takes it: of ioredis' own forms it lacks `null`, which stands for no other try. */
export function toConnectionOptions(connection: RedisConnection): ConnectionOptions {
  if (connection instanceof Redis) return connection;
  const { retryStrategy, ...options } = toOptions(connection);
  const retry = retryStrategy === null ? () => null : retryStrategy;
  return omitUndefined({ ...options, retryStrategy: retry });
}

/** Replies in another form than the usual one could not be read here. */
function toOptions(connection: unknown): Omit<RedisOptions, 'replyMapping'> {
  const isOptions =
    typeof connection === 'object' && connection !== null && !('sendCommand' in connection);
  if (isOptions) {
    const { replyMapping: _, ...options } = connection as RedisOptions;
    return options;
  }
  throw invalid('connection', 'options of ioredis, or a client of it', connection);
}

/**
 * Commands on keys, if a lock is held. Redis runs scripts one at a time, so no other worker's steps come between
 * the look at the lock and the commands.
 */
const FENCED = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for at = 2, #ARGV do
  local command = cjson.decode(ARGV[at])
  redis.call(unpack(command))
end
return 1
`;

/** A command with its arguments; the first argument is a key. */
export type Command = readonly [name: string, key: string, ...rest: string[]];

/** @returns whether the lock was held, and so the commands were carried out. */
export async function runFenced(
  redis: Redis,
  lock: { readonly key: string; readonly token: string },
  commands: readonly Command[],
): Promise<boolean> {
  const keys = [lock.key, ...new Set(commands.map(([, key]) => key))];
  const encoded = commands.map((command) => JSON.stringify(command));
  return (await redis.eval(FENCED, keys.length, ...keys, lock.token, ...encoded)) === 1;
}

/** What is to be known of a server: which process it is, and how it keeps what it is sent. */
export interface ServerInfo {
  /** Changes with every restart. */
  readonly runId: string;
  readonly version: string;
  /** Whether it writes an append-only file. */
  readonly hasAof: boolean;
}

export async function readServerInfo(redis: Redis): Promise<ServerInfo> {
  const info = await redis.info();
  const read = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  return {
    runId: read('run_id'),
    version: read('redis_version'),
    hasAof: read('aof_enabled') === '1',
  };
}

export function isAtLeast({ version }: ServerInfo, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
