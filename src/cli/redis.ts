/** How `enqueue`, `worker` and `load` reach the queue. What they need is imported when they run. */
import type * as Bullmq from '../bullmq/index.js';
import type { RedisConnection } from '../bullmq/index.js';
import { omitUndefined } from '../shared/options.js';
import { systemCode } from '../shared/thrown.js';
import { UsageError } from './exit-codes.js';
import type { RedisFlags } from './redis-flags.js';
import type { Session } from './session.js';

/** Where the queue is, and the packages for it. */
export interface QueueAccess {
  readonly connection: RedisConnection;
  readonly bullmq: typeof Bullmq;
}

/** @throws {UsageError} where nothing says which Redis, or its packages are not installed. */
export async function findQueue(session: Session, flags: RedisFlags): Promise<QueueAccess> {
  const connection = readRedis(session, flags);
  const bullmq = await importBullmq();
  await protectPassword(session, connection);
  return { connection, bullmq };
}

/** The packages of the queue are not installed with this one: most programs do not need them. */
async function importBullmq(): Promise<typeof Bullmq> {
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
function readRedis(session: Session, { redis }: RedisFlags): RedisConnection {
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
async function protectPassword(session: Session, connection: RedisConnection) {
  const password = 'password' in connection ? connection.password : undefined;
  if (typeof password !== 'string' || password === '') return;
  const { Secrets } = await import('../http/redact.js');
  session.out.secrets ??= new Secrets();
  session.out.secrets.add(password);
}
