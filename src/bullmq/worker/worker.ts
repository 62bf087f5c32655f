/** `createLoadWorker()`: a worker of BullMQ that carries out the jobs of loads. */
import { Worker } from 'bullmq';
import { toIngestClient } from '../../ingest/ingest-client.js';
import { notify } from '../../shared/notify.js';
import { omitUndefined } from '../../shared/options.js';
import { type RedisConnection, toConnectionOptions } from '../redis/redis.js';
import { backoff } from '../store/job-options.js';
import type { JobData, JobName } from '../types.js';
import {
  type LoadWorkerOptions,
  type ValidWorkerOptions,
  validateWorkerOptions,
} from '../worker-options.js';
import { GivenUpError } from './failures.js';
import { type ClientSource, JobRunner } from './job-runner.js';

const NO_BUDGET =
  'No budget of bytes is set. The platform takes 20 GB an hour for each organisation: bytesPerHour 20000000000 (--bytes-per-hour) keeps all workers within it.';

/** A stalled job is taken over, however often that happens: that a worker died says nothing about the job. */
const MAX_STALLED_COUNT = 2 ** 31;

/**
 * Starts a worker. Several of them, on any number of machines, share the jobs of a queue.
 * @throws {InvalidInputError} for an option that cannot be used.
 */
export function createLoadWorker(
  client: ClientSource,
  connection: RedisConnection,
  workerOptions?: LoadWorkerOptions,
): LoadWorker {
  const options = validateWorkerOptions(workerOptions);
  if (typeof client !== 'function') toIngestClient(client);
  if (options.budget.bytesPerHour === undefined)
    notify(options.onWarning, { level: 'note', message: NO_BUDGET });
  return new LoadWorker(new JobRunner(client, connection, options), connection, options);
}

/** A worker of BullMQ. `close()` ends it: jobs that do not end in time are given back to the others. */
export class LoadWorker extends Worker<JobData, unknown, JobName> {
  readonly #runner: JobRunner;
  readonly #closeTimeoutMs: number;
  #closed: Promise<void> | undefined;

  /** Use `createLoadWorker()`. */
  constructor(runner: JobRunner, connection: RedisConnection, options: ValidWorkerOptions) {
    const { queue, prefix, concurrency, lockMs } = options;
    super(queue, (job, token) => runner.run(job, token ?? ''), {
      connection: toConnectionOptions(connection),
      ...omitUndefined({ prefix }),
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MAX_STALLED_COUNT,
      runRetryDelay: Math.min(lockMs, 15_000),
      // Without a limiter a worker would not look at `queue.rateLimit()`.
      limiter: { max: 1_000_000_000, duration: 1000 },
      settings: { backoffStrategy: backoff },
    });
    this.#runner = runner;
    this.#closeTimeoutMs = options.closeTimeoutMs;
    this.on('error', (error) => {
      notify(options.onWarning, { level: 'warning', message: error.message });
    });
    this.on('failed', (job, error) => {
      if (job !== undefined && error instanceof GivenUpError && !error.wasCancelled)
        runner.retryIfCancelled(job).catch((thrown: Error) => this.emit('error', thrown));
    });
    runner.onStop = (error) => {
      this.emit('error', error);
      this.close().catch(() => undefined);
    };
  }

  /** Why the worker has stopped by itself: the platform rejects its credentials. */
  get failure(): Error | undefined {
    return this.#runner.failure;
  }

  override async extendJobLocks(ids: string[], tokens: string[], ms: number): Promise<string[]> {
    const sentAtMs = performance.now();
    const failed = await super.extendJobLocks(ids, tokens, ms);
    for (const [at, id] of ids.entries())
      this.#runner.renewed(id, tokens[at] ?? '', failed.includes(id) ? undefined : sentAtMs);
    return failed;
  }

  override close(force?: boolean): Promise<void> {
    this.#closed ??= this.#close(force);
    return this.#closed;
  }

  async #close(force?: boolean): Promise<void> {
    const timer = setTimeout(() => this.#runner.giveBack(), force ? 0 : this.#closeTimeoutMs);
    try {
      await super.close(force);
    } finally {
      clearTimeout(timer);
      await this.#runner.close();
    }
  }
}
