/** The steps of a job, in Redis instead of a journal. They are written only while the job's lock is held. */
import type { Redis } from 'ioredis';
import type { StepLog } from '../../ingest/context.js';
import type { Entry } from '../../ingest/journal-entries.js';
import { type Lease, LeaseLostError } from '../lease/lease.js';
import { type Command, runFenced } from '../redis/redis.js';
import type { BatchKeys } from './keys.js';

/** What follows a plan in a journal. Redis has it already, as it was enqueued. */
const FILES_OF_PLAN: ReadonlySet<Entry['type']> = new Set(['file', 'member', 'planned']);

export interface JobLogParts {
  readonly redis: Redis;
  readonly lease: Lease;
  /** The lock that BullMQ has set for the job. */
  readonly lock: { readonly key: string; readonly token: string };
  readonly keys: BatchKeys;
  /** The key of the load. */
  readonly load: string;
  /** The number of the file that the job uploads. */
  readonly index?: number;
}

export class JobLog implements StepLog {
  readonly path = undefined;
  readonly #parts: JobLogParts;

  constructor(parts: JobLogParts) {
    this.#parts = parts;
  }

  async append(...entries: readonly Entry[]): Promise<void> {
    await this.write([
      ...entries.flatMap((entry) => this.#toCommands(entry)),
      ['HDEL', this.#parts.load, 'stopped'],
    ]);
  }

  /** @throws {LeaseLostError} if the job is another worker's by now; then nothing is written. */
  async write(commands: readonly Command[]): Promise<void> {
    const { redis, lease, lock } = this.#parts;
    lease.assertHeld();
    if (await runFenced(redis, lock, commands)) return;
    lease.lose();
    throw new LeaseLostError();
  }

  assertHeld(): Promise<void> {
    return this.write([]);
  }

  /** What was planned belongs to whoever enqueued it. */
  async remove(): Promise<void> {}

  #toCommands(entry: Entry): Command[] {
    const { keys, index } = this.#parts;
    const json = JSON.stringify(entry);
    if (entry.type === 'plan') return this.#beginAnew(json);
    if (FILES_OF_PLAN.has(entry.type)) return [];
    if (!('path' in entry)) {
      if (entry.type === 'ranges-shown') return [['HSET', keys.facts, 'rangesShown', '1']];
      return [['RPUSH', keys.steps, json]];
    }
    if (index === undefined) throw new Error(`a step of ${entry.path} outside its job`);
    const parts = keys.parts(index);
    if (entry.type === 'initialized')
      return [
        ['DEL', parts],
        ['RPUSH', parts, json],
      ];
    if (entry.type === 'part') return [['RPUSH', parts, json]];
    return [
      ['HSET', keys.uploaded, String(index), json],
      ['HDEL', keys.failed, String(index)],
      ['DEL', parts],
    ];
  }

  /** The same files go into another batch: all of them were recorded, so there are no steps of parts. */
  #beginAnew(plan: string): Command[] {
    const { keys } = this.#parts;
    return [
      ['SET', keys.plan, plan],
      ['DEL', keys.steps],
      ['DEL', keys.uploaded],
      ['DEL', keys.failed],
    ];
  }
}
