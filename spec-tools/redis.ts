/** Redis servers for tests: each on a free port of loopback, with its files in a temporary folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Whether this machine has a Redis server. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export const HOW_TO_GET_REDIS =
  'skipped: redis-server is not installed. On Debian: apt-get install -y redis-server (the service need not run)';

export interface RedisServer {
  readonly port: number;
  readonly connection: { readonly host: string; readonly port: number };
  /** Kills the server, as a machine without power does. */
  kill(): Promise<void>;
  /** Starts it again, with what is on its disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 10_000;

/** @param options options of redis.conf as arguments, such as `--appendonly`, `yes`. */
export async function startRedis(...options: string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-redis-'));
  const port = await findFreePort();
  const connection = { host: '127.0.0.1', port };
  let child: ChildProcess | undefined;
  const start = async () => {
    const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
    const started = spawn('redis-server', [...where, '--save', '', ...options], {
      stdio: 'ignore',
    });
    child = started;
    await waitUntilReady(connection).catch(async (error: unknown) => {
      await end('SIGKILL');
      throw error;
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    const ended = child;
    child = undefined;
    if (ended === undefined || ended.exitCode !== null) return;
    const exit = once(ended, 'exit');
    ended.kill(signal);
    await exit;
  };
  await start();
  return {
    port,
    connection,
    kill: () => end('SIGKILL'),
    restart: start,
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(connection: RedisServer['connection']): Promise<void> {
  const redis = new Redis({ ...connection, lazyConnect: true, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  const until = Date.now() + START_MS;
  try {
    for (;;) {
      const isReady = await redis.ping().then(
        () => true,
        // One that asks for a password is there.
        (error: unknown) => String(error).includes('NOAUTH'),
      );
      if (isReady) return;
      if (Date.now() > until) throw new Error('the Redis server does not start');
      await delay(50);
    }
  } finally {
    redis.disconnect();
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('there is no free port');
}
