/**
 * Before a batch is completed, what is recorded of it has to be on the disk of Redis. A Redis that restarts without
 * its last second would otherwise have files uploaded again, into a batch that takes none any more.
 */
import type { Redis } from 'ioredis';
import { isAtLeast, readServerInfo } from '../redis/redis.js';
import type { BatchStore } from '../store/batch-store.js';
import type { JobLog } from '../store/job-log.js';

/** With `appendfsync everysec` Redis writes once a second, and postpones that by up to two if the disk is slow. */
const EVERYSEC_MS = 2500;
/** How long WAITAOF waits; it is repeated after that. */
const WAITAOF_MS = 1000;

/** @returns how many milliseconds to wait before asking again; 0 once everything is on the disk. */
export async function findDurabilityDelay(batch: BatchStore, log: JobLog): Promise<number> {
  const { redis, keys } = batch;
  const info = await readServerInfo(redis);
  if (!info.hasAof || (await writesAtOnce(redis))) return 0;
  if (isAtLeast(info, 7, 2)) return (await waitForDisk(batch, log)) ? 0 : WAITAOF_MS;
  const now = await readTime(redis);
  const [runId, since] = (await redis.hget(keys.facts, 'recordedAt'))?.split(' ') ?? [];
  if (runId === info.runId) return Math.max(0, Number(since) + EVERYSEC_MS - now);
  await log.write([['HSET', keys.facts, 'recordedAt', `${info.runId} ${now}`]]);
  return EVERYSEC_MS;
}

/** Managed services may not say how Redis is configured. */
async function writesAtOnce(redis: Redis): Promise<boolean> {
  try {
    const [, value] = (await redis.config('GET', 'appendfsync')) as string[];
    return value === 'always';
  } catch {
    return false;
  }
}

/** The file is written in order, so everything before this write is on the disk once it is. */
async function waitForDisk({ redis, keys }: BatchStore, log: JobLog): Promise<boolean> {
  await log.write([['HSET', keys.facts, 'recordedAt', 'now']]);
  const [local] = (await redis.call('WAITAOF', 1, 0, WAITAOF_MS)) as number[];
  return local === 1;
}

/** The time of Redis: the clocks of workers differ. */
async function readTime(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}
