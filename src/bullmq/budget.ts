/**
 * One budget for all workers of a queue. Its counters are in Redis, in fixed windows: half of an hour's bytes may be
 * sent each half hour, so that no hour, wherever it begins, has more than one and a half times the budget.
 */
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { IngestTarget } from '../ingest/context.js';
import { number } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { namedObject, type OptionTable, optional, validateOptions } from '../shared/options.js';

/** What all workers of a queue together may send. Nothing is limited by default. */
export interface LoadBudget {
  /** Bytes in an hour, for each organisation. The platform takes 20 GB (20,000,000,000 bytes) an hour. */
  bytesPerHour?: number;
  /** Batches that are created in a minute, for each organisation: the platform counts those of a user. */
  batchesPerMinute?: number;
  /** Batches that are created in a day, for each sandbox. 90 hold for datasets of Profile and of Event data. */
  batchesPerDay?: number;
}

const BUDGET: OptionTable<LoadBudget> = {
  bytesPerHour: optional(number({ min: 2, max: 2 ** 50, unit: 'bytes', whole: true })),
  batchesPerMinute: optional(number({ min: 1, max: 1e6, unit: 'batches', whole: true })),
  batchesPerDay: optional(number({ min: 1, max: 1e6, unit: 'batches', whole: true })),
};

export const checkBudget = (field: string, value: unknown): LoadBudget =>
  validateOptions(BUDGET, value, namedObject(field));

const HALF_HOUR_SECONDS = 1800;
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 24 * 3600;
/** A window that ends this soon is not given anything back: the points would be the next window's. */
const LEAST_LEFT_MS = 1000;
/** Jobs that wait for one window do not all begin in its first moment. */
const SPREAD_MS = 5000;

/** The most bytes that one window takes. */
export const toWindowBytes = (bytesPerHour: number): number => Math.floor(bytesPerHour / 2);

/** @throws {InvalidInputError} for a file that no window takes: it could never be sent. */
export function assertFitsBudget(
  { bytesPerHour }: LoadBudget,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): void {
  if (bytesPerHour === undefined || sizeBytes <= toWindowBytes(bytesPerHour)) return;
  const message = `${path} has ${sizeBytes} bytes, and half an hour's budget is ${toWindowBytes(bytesPerHour)} (bytesPerHour / 2). Raise the budget, or divide the file.`;
  throw new InvalidInputError('budget.bytesPerHour', message);
}

/** A limit of batches, and whose batches it counts. */
interface BatchLimit {
  readonly limiter: RateLimiterRedis;
  readonly toKey: (target: IngestTarget) => string;
}

export class SharedBudget {
  readonly #bytes: RateLimiterRedis | undefined;
  readonly #batches: readonly BatchLimit[];

  /** @param prefix what the counters' keys begin with. */
  constructor(redis: Redis, prefix: string, budget: LoadBudget) {
    const { bytesPerHour, batchesPerMinute, batchesPerDay } = budget;
    const create = (name: string, points: number, duration: number) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `${prefix}:${name}`,
        points,
        duration,
      });
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

  /** @returns how many milliseconds to wait before asking again; 0 if the bytes may be sent. */
  async takeBytes({ orgId }: IngestTarget, sizeBytes: number): Promise<number> {
    if (this.#bytes === undefined || sizeBytes === 0) return 0;
    return take(this.#bytes, orgId, sizeBytes);
  }

  /** Counts bytes that were sent beyond those that were taken: files that come after them wait. */
  async addBytes({ orgId }: IngestTarget, sizeBytes: number): Promise<void> {
    if (sizeBytes > 0) await this.#bytes?.penalty(orgId, sizeBytes);
  }

  /** @returns how many milliseconds to wait before asking again; 0 if the batch may be created. */
  async takeBatch(target: IngestTarget): Promise<number> {
    const taken: BatchLimit[] = [];
    for (const limit of this.#batches) {
      const delayMs = await take(limit.limiter, limit.toKey(target), 1);
      if (delayMs > 0) {
        await Promise.all(taken.map(({ limiter, toKey }) => limiter.reward(toKey(target), 1)));
        return delayMs;
      }
      taken.push(limit);
    }
    return 0;
  }
}

async function take(limiter: RateLimiterRedis, key: string, points: number): Promise<number> {
  try {
    await limiter.consume(key, points);
    return 0;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const leftMs = Math.max(1, refused.msBeforeNext);
    // A refused piece was counted as well.
    if (leftMs > LEAST_LEFT_MS) await limiter.reward(key, points);
    return leftMs + Math.random() * SPREAD_MS;
  }
}
