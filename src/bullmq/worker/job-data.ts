/** Checks what a job holds before anything is done with it: whoever can write to Redis can write jobs. */
import { UnrecoverableError } from 'bullmq';
import type { IngestTarget } from '../../ingest/context.js';
import { isEntry } from '../../ingest/journal-entries.js';
import { checkId } from '../../shared/checks.js';
import { AepBatchError, InvalidInputError } from '../../shared/errors.js';
import { checkLoadId } from '../store/keys.js';
import { type FileJobData, JOB_VERSION, type JobData } from '../types.js';

export const isFileJob = (data: JobData): data is FileJobData => 'file' in data;

/** @throws {UnrecoverableError} for a job that no version writes: it cannot even be said which load it is of. */
export function readJobData(data: JobData): JobData {
  const { loadId, batch } = data;
  try {
    checkLoadId('loadId', loadId);
    if (!Number.isSafeInteger(batch) || batch < 1) throw damaged('batch');
    if (!isFileJob(data)) return data;
    checkId('batchId', data.batchId);
    if (!Number.isSafeInteger(data.index) || data.index < 0) throw damaged('index');
    if (!isEntry(data.file) || data.file.type !== 'file') throw damaged('file');
    return data;
  } catch (error) {
    throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws {AepBatchError} for a job of another version. */
export function assertVersion({ version, loadId }: JobData): void {
  if (version === JOB_VERSION) return;
  const fix =
    version > JOB_VERSION
      ? 'Update this worker'
      : 'Start a worker of the version that enqueued it, and none of this one';
  throw new AepBatchError(
    `The job has version ${version}, and this worker carries out version ${JOB_VERSION}. ${fix}, then retry the load: \`aep-batch load ${loadId} --retry-failed\`.`,
  );
}

const damaged = (field: string): InvalidInputError =>
  new InvalidInputError(field, `${field} of the job has a value that no version writes`);

/** @throws {InvalidInputError} if the job is of another target than the client. */
export function assertTarget({ target, loadId }: JobData, client: IngestTarget): void {
  for (const field of ['origin', 'orgId', 'sandbox'] as const) {
    if (target?.[field] === client[field]) continue;
    const message = `Load ${loadId} is for ${field} ${target?.[field]}, and the client of this worker has ${client[field]}. Start a worker for the former, then retry the load: \`aep-batch load ${loadId} --retry-failed\`.`;
    throw new InvalidInputError(field, message);
  }
}
