/**
 * One budget for all workers of a queue. Its counters are in Redis, in fixed windows: half of an hour's bytes may be
 * sent each half hour, so that no hour, wherever it begins, has more than one and a half times the budget.
 */
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { IngestTarget } from '../../ingest/context.js';
import { type LoadBudget, toWindowBytes } from './budget-options.js';

const HALF_HOUR_SECONDS = 1800;
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 24 * 3600;
/** What is given back this late in a window could count for the next one. */
const LEAST_LEFT_MS = 1000;
/** Jobs that wait for one window do not all begin in its first moment. */
const SPREAD_MS = 5000;

/**
 * Counts in place of the script of the package, which counts what it refuses as well: a worker that is killed before
 * it has given that back would leave the counter above its limit. What is given back begins no window.
 */
const COUNT = `
local points, seconds, limit = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local leftMs = redis.call('PTTL', KEYS[1])
local sum = math.max(0, used + points)
if points < 0 and leftMs < 0 or points > 0 and sum > limit then return {sum, leftMs} end
local text = string.format('%.0f', sum)
if leftMs >= 0 then
  redis.call('SET', KEYS[1], text, 'KEEPTTL')
  return {sum, leftMs}
end
redis.call('SET', KEYS[1], text, 'EX', seconds)
return {sum, 1000 * seconds}
`;

/** What was taken of a budget, or how long to wait. */
export interface Taken {
  /** In how many milliseconds to ask again; 0 if it was taken. */
  readonly delayMs: number;
  /** When its window ends, as `performance.now()` has it. */
  readonly windowEndsMs: number;
}

const UNLIMITED: Taken = { delayMs: 0, windowEndsMs: Number.POSITIVE_INFINITY };

/** A limit of batches, and whose batches it counts. */
interface BatchLimit {
  readonly limiter: RateLimiterRedis;
  readonly toKey: (target: IngestTarget) => string;
}

export class SharedBudget {
  /** The limit of bytes; `undefined` where there is none. */
  readonly bytesPerHour: number | undefined;
  readonly #bytes: RateLimiterRedis | undefined;
  readonly #batches: readonly BatchLimit[];

  /** @param prefix what the counters' keys begin with. */
  constructor(redis: Redis, prefix: string, budget: LoadBudget) {
    const { bytesPerHour, batchesPerMinute, batchesPerDay } = budget;
    const create = (name: string, points: number, duration: number) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `${prefix}:${name}`,
        customIncrTtlLuaScript: COUNT,
        points,
        duration,
      });
    this.bytesPerHour = bytesPerHour;
    if (bytesPerHour !== undefined)
      this.#bytes = create('bytes', toWindowBytes(bytesPerHour), HALF_HOUR_SECONDS);
    const batches: BatchLimit[] = [];
    if (batchesPerMinute !== undefined)
      batches.push({
        limiter: create('minute', batchesPerMinute, MINUTE_SECONDS),
        toKey: ({ orgId }) => orgId,
      });
    if (batchesPerDay !== undefined)
      batches.push({
        limiter: create('day', batchesPerDay, DAY_SECONDS),
        toKey: ({ orgId, sandbox }) => `${orgId}:${sandbox}`,
      });
    this.#batches = batches;
  }

  async takeBytes({ orgId }: IngestTarget, sizeBytes: number): Promise<Taken> {
    if (this.#bytes === undefined || sizeBytes === 0) return UNLIMITED;
    return take(this.#bytes, orgId, sizeBytes);
  }

  /** Gives back what was taken and not sent. */
  async giveBackBytes(
    { orgId }: IngestTarget,
    sizeBytes: number,
    { windowEndsMs }: Taken,
  ): Promise<void> {
    const isLate = performance.now() + LEAST_LEFT_MS > windowEndsMs;
    if (sizeBytes > 0 && !isLate) await this.#bytes?.reward(orgId, sizeBytes);
  }

  /** @returns how many milliseconds to wait before asking again; 0 if the batch may be created. */
  async takeBatch(target: IngestTarget): Promise<number> {
    const taken: BatchLimit[] = [];
    for (const limit of this.#batches) {
      const { delayMs } = await take(limit.limiter, limit.toKey(target), 1);
      if (delayMs > 0) {
        await Promise.all(taken.map(({ limiter, toKey }) => limiter.reward(toKey(target), 1)));
        return delayMs;
      }
      taken.push(limit);
    }
    return 0;
  }
}

async function take(limiter: RateLimiterRedis, key: string, points: number): Promise<Taken> {
  const askedMs = performance.now();
  try {
    const { msBeforeNext } = await limiter.consume(key, points);
    return { delayMs: 0, windowEndsMs: askedMs + msBeforeNext };
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const leftMs = Math.max(1, refused.msBeforeNext);
    return { delayMs: leftMs + Math.random() * SPREAD_MS, windowEndsMs: askedMs + leftMs };
  }
}
