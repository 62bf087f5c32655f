/** What a failed run of a job means for the job: it is run again, counts as a failed attempt, or is given up. */
import { DelayedError, UnrecoverableError, WaitingChildrenError } from 'bullmq';
import { ApiError, AuthenticationError } from '../../http/errors.js';
import { AlreadyLoadingError, IngestError } from '../../ingest/errors.js';
import { isResumable } from '../../ingest/settle-batch.js';
import { describeThrown } from '../../shared/thrown.js';
import { BudgetSpentError } from '../budget/allowance.js';
import { isFailedCommand, isFullRedis } from '../redis/redis-errors.js';
import { leaveBatch } from '../steps/open-batches.js';
import type { Step } from '../steps/step-context.js';
import type { JobData } from '../types.js';
import { isFileJob } from './job-data.js';

/** A Redis without memory is looked at again after so long. */
const FULL_REDIS_MS = 5000;

/** A job that is not run again before somebody asks for it. */
export class GivenUpError extends UnrecoverableError {
  /** Whether its load was cancelled before the run that failed. */
  readonly wasCancelled: boolean;

  constructor(message: string, wasCancelled: boolean) {
    super(message);
    this.wasCancelled = wasCancelled;
  }
}

/** A step that may have failed before there was a client for it. */
type FailedStep = Omit<Step<JobData>, 'client'>;

/** What a worker does after a run has failed. */
export interface Failure {
  /** What BullMQ is to see. */
  readonly error: Error;
  /** Why this worker should not take any more jobs. */
  readonly stop?: Error;
}

/** What a worker is, and does, when a run fails. */
interface WorkerState {
  /** Whether it is to end, and the job with it. */
  readonly isClosing: boolean;
  /** Whether it has a client for each organisation: then the others may go on where one is rejected. */
  readonly hasClients: boolean;
}

export async function handleFailure(
  step: FailedStep,
  thrown: unknown,
  { isClosing, hasClients }: WorkerState,
): Promise<Failure> {
  if (thrown instanceof DelayedError || thrown instanceof WaitingChildrenError)
    return { error: thrown };
  if (step.lease.isLost || isClosing) return { error: await giveBack(step, 0) };
  const cause = thrown instanceof IngestError ? thrown.cause : thrown;
  if (isFullRedis(cause)) return { error: await giveBack(step, FULL_REDIS_MS) };
  if (cause instanceof BudgetSpentError) return { error: await waitForBudget(step, cause) };
  const error = thrown instanceof Error ? thrown : new Error(describeThrown(thrown));
  if (cause instanceof AuthenticationError && !hasClients) {
    await recordStop(step, error.message);
    return { error: await giveBack(step, 0), stop: error };
  }
  const { attempts = 1 } = step.job.opts;
  if (mayPass(cause) && step.job.attemptsMade + 1 < attempts)
    return { error: cause instanceof Error ? cause : error };
  await recordFailure(step, error.message);
  return { error: new GivenUpError(error.message, step.isCancelled) };
}

/** Whether another attempt may well succeed. Permissions and credentials do not change by waiting. */
function mayPass(cause: unknown): boolean {
  const isForbidden = cause instanceof ApiError && cause.status === 403;
  const isRejected = isForbidden || cause instanceof AuthenticationError;
  // Another ingest that sends the same files ends some time.
  const isBusy = cause instanceof AlreadyLoadingError;
  return isBusy || isFailedCommand(cause) || (isResumable(cause) && !isRejected);
}

/** The job is run again, by whichever worker is next; that does not count as an attempt. */
async function giveBack({ job, token }: FailedStep, delayMs: number): Promise<Error> {
  try {
    await job.moveToDelayed(Date.now() + delayMs, token);
  } catch {
    // It is another worker's already, or will be once the lock has expired.
  }
  return new DelayedError();
}

/** The job waits for the next window, unless its load was cancelled before that was known of it. */
async function waitForBudget(step: FailedStep, { delayMs }: BudgetSpentError): Promise<Error> {
  const error = await giveBack(step, delayMs);
  if (await step.load.isCancelled()) await step.job.promote().catch(() => undefined);
  return error;
}

/** Shown with the load until a worker has done something of it: nobody may be left to carry it out. */
async function recordStop({ load, log }: FailedStep, message: string): Promise<void> {
  await log.write([['HSET', load.key, 'stopped', message]]);
}

/** What was given up is listed with its load, and its batch stays open. */
async function recordFailure(step: FailedStep, message: string): Promise<void> {
  const { batch, log, job } = step;
  const { failed, facts } = batch.keys;
  await log.write([
    isFileJob(job.data)
      ? ['HSET', failed, String(job.data.index), message]
      : ['HSET', facts, 'failure', message],
  ]);
  await leaveBatch(step);
}
