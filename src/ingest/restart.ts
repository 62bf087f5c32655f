/** The same files for another batch, where the first one cannot be completed. */
import { ApiError } from '../http/errors.js';
import { notify } from '../shared/notify.js';
import type { FileRefusedError } from '../upload/parts.js';
import { plannedFile, type SourceFile } from '../upload/source.js';
import type { Run } from './context.js';
import { newJob, planEntries } from './state.js';

/** To look at and to abort the old batch takes no longer than this for each. */
const CALL_TIMEOUT_MS = 10_000;

/**
 * Begins the batch anew after a file of it was refused for good. An ingest does so once.
 * @returns the files to be uploaded, all of them.
 * @throws {FileRefusedError} that says why it is not begun anew.
 */
export async function restartWithNewBatch(
  run: Run,
  refusal: FileRefusedError,
): Promise<readonly SourceFile[]> {
  const files = run.sources ?? plannedFiles(run);
  const obstacle =
    typeof files === 'string' ? files : (batchObstacle(run) ?? (await stateObstacle(run)));
  if (typeof files === 'string' || obstacle !== undefined) {
    refusal.message += ` The batch is not begun anew: ${obstacle}.`;
    throw refusal;
  }
  await beginNewBatch(run, refusal.message.replace(/\.$/, ''));
  return files;
}

function batchObstacle({ job, signal }: Run): string | undefined {
  if (signal.aborted) return 'the ingest was aborted';
  if ((job.plan.anew?.attempt ?? 1) > 1) return 'it was begun anew before';
  return undefined;
}

/** Whoever took the batch out of `loading` meant it: it does not come back under another id. */
async function stateObstacle({ client, job }: Run): Promise<string | undefined> {
  if (job.batchId === undefined) return undefined;
  const options = { timeoutMs: CALL_TIMEOUT_MS };
  const batch = await client.batches.get(job.batchId, options).catch(() => undefined);
  if (batch === undefined || batch.status === 'loading') return undefined;
  return `batch ${job.batchId} is ${batch.status}`;
}

/** All files of the plan, or why they cannot be read again. */
function plannedFiles({ job }: Run): SourceFile[] | string {
  if (job.plan.files === undefined) return 'a stream cannot be read again';
  const files: SourceFile[] = [];
  for (const { path, localPath, identity } of job.files) {
    if (localPath === undefined || identity === undefined)
      return `${path} was given as bytes in memory, which a resume does not have`;
    files.push(plannedFile(localPath, path, identity));
  }
  return files;
}

/**
 * Aborts the old batch, and notes the plan for another one. Its externalId is the given one with a
 * number, so that a resume finds it.
 */
export async function beginNewBatch(run: Run, why: string): Promise<void> {
  const { job, journal, progress, options } = run;
  const left = await abortOld(run);
  const { plan, files } = job;
  const givenExternalId = plan.anew?.givenExternalId ?? plan.externalId;
  const attempt = (plan.anew?.attempt ?? 1) + 1;
  const externalId = `${givenExternalId}-${attempt}`;
  const request = { ...plan.request, externalId };
  const next = { ...plan, externalId, request, anew: { givenExternalId, attempt } };
  const { rangesShown } = job;
  const restarted = { ...newJob(next), files, complete: true, rangesShown };
  await journal?.append(...planEntries(restarted));
  Object.assign(job, restarted);
  progress.restart();
  notify(options.onWarning, {
    level: 'warning',
    message: `${why}: a new batch is begun with the externalId ${externalId}, and all is sent again.${left}`,
  });
}

/** @returns what is left to do where it could not be aborted. */
async function abortOld({ client, job, journal }: Run): Promise<string> {
  const { batchId } = job;
  if (batchId === undefined || job.aborted) return '';
  try {
    // Not with the caller's signal: the old batch is not to be left behind.
    await client.batches.abort(batchId, { timeoutMs: CALL_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof ApiError && [404, 428].includes(error.status)) return ''; // gone already
    const { message } = error as Error;
    return ` Batch ${batchId} could not be aborted, so abort it yourself: ${message}`;
  }
  await journal?.append({ type: 'aborted' });
  return '';
}
