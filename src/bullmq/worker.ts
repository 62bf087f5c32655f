/** `createLoadWorker()`: a worker of BullMQ that carries out the jobs of loads. */
import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { BatchClient } from '../client.js';
import type { IngestClient, IngestTarget } from '../ingest/context.js';
import { toIngestClient } from '../ingest/ingest-client.js';
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import { runBatchStep } from './batch-step.js';
import { SharedBudget } from './budget.js';
import { handleFailure } from './failures.js';
import { runFileStep } from './file-step.js';
import { assertTarget, assertVersion, isFileJob, readJobData } from './job-data.js';
import { JobLog } from './job-log.js';
import { backoff } from './job-options.js';
import { type JobName, QueueKeys } from './keys.js';
import { Lease } from './lease.js';
import { toLeasedClient } from './leased-client.js';
import { LoadStore } from './load-store.js';
import { FOR_WORKER, openRedis, type RedisConnection, toConnectionOptions } from './redis.js';
import { SecretUrls } from './secret-urls.js';
import { SlowDown } from './slow-down.js';
import type { LoadQueue, Step } from './step-context.js';
import type { BatchJobData, FileJobData, JobData } from './types.js';
import {
  type LoadWorkerOptions,
  type ValidWorkerOptions,
  validateWorkerOptions,
} from './worker-options.js';

/** A client, or what makes one for the organisation and sandbox of a job. */
export type ClientSource =
  | BatchClient
  | ((target: IngestTarget) => BatchClient | Promise<BatchClient>);

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

/** Carries out jobs, each under its lease. */
class JobRunner {
  onStop: (error: Error) => void = () => undefined;
  failure: Error | undefined;
  readonly #client: ClientSource;
  readonly #options: ValidWorkerOptions;
  readonly #redis: Redis;
  readonly #queue: LoadQueue;
  readonly #keys: QueueKeys;
  readonly #budget: SharedBudget;
  readonly #urls: SecretUrls;
  readonly #slowDown: SlowDown;
  readonly #leases = new Map<string, Lease>();
  readonly #closing = new AbortController();

  constructor(client: ClientSource, connection: RedisConnection, options: ValidWorkerOptions) {
    this.#client = client;
    this.#options = options;
    this.#redis = openRedis(connection, FOR_WORKER);
    this.#queue = new Queue(options.queue, {
      connection: this.#redis,
      ...omitUndefined({ prefix: options.prefix }),
    });
    this.#queue.on('error', () => undefined); // the worker reports the same
    this.#urls = new SecretUrls(options.urlKey);
    this.#slowDown = new SlowDown(this.#queue);
    this.#keys = new QueueKeys(this.#queue.qualifiedName);
    this.#budget = new SharedBudget(this.#redis, this.#keys.budget, options.budget);
  }

  async run(job: Job<JobData>, token: string): Promise<unknown> {
    const ageMs = Date.now() - (job.processedOn ?? Date.now());
    const lease = new Lease(this.#options.lockMs, ageMs);
    const key = toLeaseKey(String(job.id), token);
    this.#leases.set(key, lease);
    try {
      return await this.#runStep(job, token, lease);
    } finally {
      this.#leases.delete(key);
      lease.close();
    }
  }

  async #runStep(job: Job<JobData>, token: string, lease: Lease): Promise<unknown> {
    const data = readJobData(job.data);
    const base = this.#openLog(job, data, token, lease);
    try {
      const client = await this.#openClient(data);
      const step = { ...base, client: toLeasedClient(client, lease, this.#slowDown) };
      return isFileJob(data)
        ? await runFileStep(step as Step<FileJobData>)
        : await runBatchStep(step as Step<BatchJobData>);
    } catch (thrown) {
      const { error, stop } = await handleFailure(base, thrown, {
        isClosing: this.#closing.signal.aborted,
        hasClients: typeof this.#client === 'function',
      });
      if (stop !== undefined && this.failure === undefined) {
        this.failure = stop;
        this.onStop(stop);
      }
      throw error;
    }
  }

  #openLog(
    job: Job<JobData>,
    data: JobData,
    token: string,
    lease: Lease,
  ): Omit<Step<JobData>, 'client'> {
    const load = new LoadStore(this.#redis, this.#keys, data.loadId, this.#urls);
    const batch = load.batch(data.batch);
    const lock = { key: this.#keys.lock(String(job.id)), token };
    const index = isFileJob(data) ? { index: data.index } : {};
    const { keys } = batch;
    return {
      job,
      token,
      lease,
      load,
      batch,
      queue: this.#queue,
      log: new JobLog({ redis: this.#redis, lease, lock, keys, load: load.key, ...index }),
      options: this.#options,
      budget: this.#budget,
      signal: AbortSignal.any([lease.signal, this.#closing.signal]),
    };
  }

  /** Nothing is sent before it is known that the job is for this worker. */
  async #openClient(data: JobData): Promise<IngestClient> {
    assertVersion(data);
    const given = this.#client;
    const client = toIngestClient(typeof given === 'function' ? await given(data.target) : given);
    assertTarget(data, client);
    return client;
  }

  /** @param sentAtMs when the lock was renewed, or `undefined` where another worker has it. */
  renewed(jobId: string, token: string, sentAtMs: number | undefined): void {
    const lease = this.#leases.get(toLeaseKey(jobId, token));
    if (sentAtMs === undefined) lease?.lose();
    else lease?.renewed(sentAtMs);
  }

  /** Breaks off what runs; each job is run again by another worker. */
  giveBack(): void {
    this.#closing.abort(new Error('the worker is closed'));
  }

  async close(): Promise<void> {
    for (const lease of this.#leases.values()) lease.close();
    await this.#queue.close();
    this.#redis.disconnect();
  }
}

const toLeaseKey = (jobId: string, token: string): string => `${jobId} ${token}`;
