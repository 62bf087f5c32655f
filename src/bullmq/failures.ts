/** What a failed run of a job means for the job: it is run again, counts as a failed attempt, or is given up. */
import { DelayedError, UnrecoverableError, WaitingChildrenError } from 'bullmq';
import { ApiError, AuthenticationError } from '../http/errors.js';
import { IngestError } from '../ingest/errors.js';
import { isResumable } from '../ingest/settle-batch.js';
import { describeThrown } from '../shared/thrown.js';
import { BudgetSpentError } from './allowance.js';
import { isFileJob } from './job-data.js';
import { leaveBatch } from './open-batches.js';
import { isFullRedis } from './redis.js';
import type { Step } from './step-context.js';
import type { JobData } from './types.js';

/** A Redis without memory is looked at again after so long. */
const FULL_REDIS_MS = 5000;

/** A step that may have failed before there was a client for it. */
type FailedStep = Omit<Step<JobData>, 'client'>;

/** What a worker does after a run has failed. */
export interface Failure {
  /** What BullMQ is to see. */
  readonly error: Error;
  /** Why this worker should not take any more jobs. */
  readonly stop?: Error;
}

/** @param isClosing whether the worker is to end, and the job with it. */
export async function handleFailure(
  step: FailedStep,
  thrown: unknown,
  isClosing: boolean,
): Promise<Failure> {
  if (thrown instanceof DelayedError || thrown instanceof WaitingChildrenError)
    return { error: thrown };
  if (step.lease.isLost || isClosing) return { error: await giveBack(step, 0) };
  const cause = thrown instanceof IngestError ? thrown.cause : thrown;
  if (isFullRedis(cause)) return { error: await giveBack(step, FULL_REDIS_MS) };
  if (cause instanceof BudgetSpentError) return { error: await giveBack(step, cause.delayMs) };
  const error = thrown instanceof Error ? thrown : new Error(describeThrown(thrown));
  if (cause instanceof AuthenticationError) return { error: await giveBack(step, 0), stop: error };
  const { attempts = 1 } = step.job.opts;
  if (mayPass(cause) && step.job.attemptsMade + 1 < attempts)
    return { error: cause instanceof Error ? cause : error };
  await recordFailure(step, error.message);
  return { error: new UnrecoverableError(error.message) };
}

/** Whether another attempt may well succeed. Permissions do not change by waiting. */
function mayPass(cause: unknown): boolean {
  const isForbidden = cause instanceof ApiError && cause.status === 403;
  return isRedisError(cause) || (isResumable(cause) && !isForbidden);
}

const isRedisError = (cause: unknown): cause is Error =>
  cause instanceof Error &&
  ['ReplyError', 'MaxRetriesPerRequestError', 'AbortError'].includes(cause.name);

/** The job is run again, by whichever worker is next; that does not count as an attempt. */
async function giveBack({ job, token }: FailedStep, delayMs: number): Promise<Error> {
  try {
    await job.moveToDelayed(Date.now() + delayMs, token);
  } catch {
    // It is another worker's already, or will be once the lock has expired.
  }
  return new DelayedError();
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
