/** Carries out the jobs that a worker takes, each under its lease. */
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { BatchClient } from '../../client.js';
import type { IngestClient, IngestTarget } from '../../ingest/context.js';
import { toIngestClient } from '../../ingest/ingest-client.js';
import { withLinkedSignal } from '../../shared/linked-signal.js';
import { omitUndefined } from '../../shared/options.js';
import { SharedBudget } from '../budget/budget.js';
import { retryFailed } from '../control-load.js';
import { Lease } from '../lease/lease.js';
import { toLeasedClient } from '../lease/leased-client.js';
import { SlowDown } from '../lease/slow-down.js';
import { FOR_WORKER, openRedis, type RedisConnection } from '../redis/redis.js';
import { runBatchStep } from '../steps/batch-step.js';
import { runFileStep } from '../steps/file-step.js';
import type { Step } from '../steps/step-context.js';
import { JobLog } from '../store/job-log.js';
import { QueueKeys } from '../store/keys.js';
import { LoadStore } from '../store/load-store.js';
import { SecretUrls } from '../store/secret-urls.js';
import type { BatchJobData, FileJobData, JobData, LoadQueue } from '../types.js';
import type { ValidWorkerOptions } from '../worker-options.js';
import { handleFailure } from './failures.js';
import { assertTarget, assertVersion, isFileJob, readJobData } from './job-data.js';

/** A client, or what makes one for the organisation and sandbox of a job. */
export type ClientSource =
  | BatchClient
  | ((target: IngestTarget) => BatchClient | Promise<BatchClient>);

export class JobRunner {
  /** Called once the platform has rejected the credentials of the worker, which is to end. */
  onStop: (error: Error) => void = () => undefined;
  /** Why it was called. */
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
    const ageMs = Math.max(0, Date.now() - (job.processedOn ?? Date.now()));
    const lease = new Lease(this.#options.lockMs, ageMs);
    const key = toLeaseKey(String(job.id), token);
    this.#leases.set(key, lease);
    try {
      return await withLinkedSignal([lease.signal, this.#closing.signal], (signal) =>
        this.#runStep(job, token, lease, signal),
      );
    } finally {
      this.#leases.delete(key);
      lease.close();
    }
  }

  async #runStep(
    job: Job<JobData>,
    token: string,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<unknown> {
    const data = readJobData(job.data);
    const opened = { ...this.#openStep(job, data, token, lease), signal };
    let isCancelled = false;
    try {
      isCancelled = await opened.load.isCancelled();
      const client = await this.#openClient(data);
      const leased = toLeasedClient(client, lease, this.#slowDown);
      const step = { ...opened, isCancelled, client: leased };
      return isFileJob(data)
        ? await runFileStep(step as Step<FileJobData>)
        : await runBatchStep(step as Step<BatchJobData>);
    } catch (thrown) {
      const { error, stop } = await handleFailure({ ...opened, isCancelled }, thrown, {
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

  /** All that a run of a job needs, but for the client, which may not be the right one. */
  #openStep(
    job: Job<JobData>,
    data: JobData,
    token: string,
    lease: Lease,
  ): Omit<Step<JobData>, 'client' | 'isCancelled' | 'signal'> {
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
    };
  }

  /**
   * Runs a job again that was given up while its load was cancelled: `cancelLoad()`, which runs all such jobs again,
   * may not have seen it, and its batch would wait for it for ever.
   */
  async retryIfCancelled(job: Job<JobData>): Promise<void> {
    const { loadId } = readJobData(job.data);
    const load = new LoadStore(this.#redis, this.#keys, loadId, this.#urls);
    if (await load.isCancelled()) await retryFailed(this.#queue, loadId);
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
