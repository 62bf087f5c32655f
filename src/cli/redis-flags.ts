/** How `enqueue`, `worker` and `load` reach the queue. What they need is imported when they run. */
import type { Command } from 'commander';
import type * as Bullmq from '../bullmq/index.js';
import type { LoadQueueOptions, RedisConnection } from '../bullmq/index.js';
import { omitUndefined } from '../shared/options.js';
import { systemCode } from '../shared/thrown.js';
import { UsageError } from './exit-codes.js';
import { integerArg } from './flags.js';
import type { Session } from './session.js';

export interface RedisFlags {
  redis?: string;
  queue?: string;
}

export const addRedisFlags = (command: Command): Command =>
  command
    .option('--redis <url>', 'Redis without a password (default: AEP_REDIS_URL)')
    .option('--queue <name>', 'queue of the loads (default: aep-batch)');

export interface BudgetFlags {
  bytesPerHour?: number;
}

export const addBytesPerHourFlag = (command: Command, description: string): Command =>
  command.option(
    '--bytes-per-hour <n>',
    description,
    integerArg(2, Number.MAX_SAFE_INTEGER, 'bytes'),
  );

/** The packages of the queue are not installed with this one: most programs do not need them. */
export async function importBullmq(): Promise<typeof Bullmq> {
  try {
    return await import('../bullmq/index.js');
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'This command needs packages that are not installed. Run: npm install bullmq ioredis rate-limiter-flexible',
    );
  }
}

/** @throws {UsageError} where nothing says which Redis, or a flag holds a password, which others can see. */
export function readRedis(session: Session, { redis }: RedisFlags): RedisConnection {
  const url = redis ?? session.environment().AEP_REDIS_URL;
  if (url === undefined) {
    throw new UsageError(
      'Missing configuration: set AEP_REDIS_URL, such as redis://127.0.0.1:6379, or pass --redis.',
    );
  }
  const name = redis === undefined ? 'AEP_REDIS_URL' : '--redis';
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol))
    throw new UsageError(`Invalid ${name}: expected a URL such as redis://127.0.0.1:6379.`);
  if (redis !== undefined && parsed.password !== '')
    throw new UsageError(
      'Invalid --redis: expected a URL without a password, which other users of this machine could see. Set AEP_REDIS_URL.',
    );
  return toConnection(parsed, name);
}

function toConnection(url: URL, name: string): RedisConnection {
  const { protocol, hostname, port, pathname, search } = url;
  const db = pathname.length > 1 ? Number(pathname.slice(1)) : undefined;
  if (db !== undefined && !Number.isSafeInteger(db))
    throw new UsageError(`Invalid ${name}: expected the number of a database after the host.`);
  if (search !== '')
    throw new UsageError(
      `Invalid ${name}: expected a URL without a query. Remove what follows "?".`,
    );
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...omitUndefined({ db, ...readCredentials(url, name) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

const decode = (part: string) => (part === '' ? undefined : decodeURIComponent(part));

function readCredentials({ username, password }: URL, name: string) {
  try {
    return { username: decode(username), password: decode(password) };
  } catch {
    throw new UsageError(
      `Invalid ${name}: expected user and password as in a URL. Write a percent sign as %25.`,
    );
  }
}

/** The password of Redis is masked in all output. */
export async function protectPassword(session: Session, connection: RedisConnection) {
  const password = 'password' in connection ? connection.password : undefined;
  if (typeof password !== 'string' || password === '') return;
  const { Secrets } = await import('../http/redact.js');
  session.out.secrets ??= new Secrets();
  session.out.secrets.add(password);
}

/** From the environment alone: a flag is visible to all users of the machine. */
export const readUrlKey = (): { urlKey?: string } =>
  omitUndefined({ urlKey: process.env['AEP_URL_KEY'] || undefined });

/** A command that looks at a load in the same queue. */
export const suggestLoad = (
  session: Session,
  { redis, queue }: RedisFlags,
  loadId: string,
  ...more: string[]
): string => {
  const where = [
    ...(redis === undefined ? [] : ['--redis', redis]),
    ...(queue === undefined ? [] : ['--queue', queue]),
  ];
  return session.suggest('load', loadId, ...more, ...where);
};

export const toQueueOptions = ({ queue }: RedisFlags): LoadQueueOptions => omitUndefined({ queue });
