/** What the steps of jobs share, and how a step ends that is not the last one of its job. */
import { DelayedError, type Job } from 'bullmq';
import { type IngestClient, IngestContext, type RunOptions } from '../../ingest/context.js';
import { Progress } from '../../ingest/progress.js';
import type { IngestState } from '../../ingest/state.js';
import { omitUndefined } from '../../shared/options.js';
import type { SharedBudget } from '../budget/budget.js';
import type { Lease } from '../lease/lease.js';
import type { BatchStore } from '../store/batch-store.js';
import type { JobLog } from '../store/job-log.js';
import type { LoadStore } from '../store/load-store.js';
import type { BatchJobData, LoadQueue } from '../types.js';
import type { ValidWorkerOptions } from '../worker-options.js';

/** One run of a job by a worker. */
export interface Step<Data extends BatchJobData> {
  readonly queue: LoadQueue;
  readonly job: Job<Data>;
  /** With which BullMQ knows this run. */
  readonly token: string;
  readonly lease: Lease;
  readonly log: JobLog;
  readonly load: LoadStore;
  readonly batch: BatchStore;
  readonly client: IngestClient;
  /** Whether its load was cancelled before this run began. */
  readonly isCancelled: boolean;
  readonly options: ValidWorkerOptions;
  readonly budget: SharedBudget;
  /** Aborted when the lease is lost, and when the worker is closed and does not wait any longer. */
  readonly signal: AbortSignal;
}

/** @param beforeCreate is called before a batch is created. */
export function toIngestContext(
  step: Step<BatchJobData>,
  state: IngestState,
  beforeCreate?: () => Promise<void>,
): IngestContext {
  const { client, log, options, signal } = step;
  const { timeoutMs, maxPartRetries, onWarning, pollIntervalMs } = options;
  const run: RunOptions = omitUndefined({
    timeoutMs,
    maxPartRetries,
    onWarning,
    pollIntervalMs,
    signal,
    waitTimeoutMs: 0, // each poll is a run of the job
  });
  const progress = new Progress(undefined);
  return new IngestContext({ client, options: run, progress, state, journal: log, beforeCreate });
}

/** Ends this run of the job, which is run again later. It does not count as a failed attempt. */
export async function runAgain(
  { job, token }: Step<BatchJobData>,
  delayMs: number,
): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}
