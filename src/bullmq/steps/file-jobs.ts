/** Adds the jobs of files, as children of the job of their batch. */
import type { IngestContext } from '../../ingest/context.js';
import type { FileEntry } from '../../ingest/journal-entries.js';
import { CHUNK_FILES, StoredLoadError } from '../store/batch-store.js';
import { JOB_OPTIONS } from '../store/job-options.js';
import { toFileJobId } from '../store/keys.js';
import type { BatchJobData, FileJobData } from '../types.js';
import type { Step } from './step-context.js';

interface NumberedFile {
  readonly file: FileEntry;
  readonly index: number;
}

/** Jobs that exist stay as they are, so this may be repeated after it broke off half-way. */
export async function addFileJobs(
  step: Step<BatchJobData>,
  { batchId, state }: Pick<IngestContext, 'batchId' | 'state'>,
  files: readonly NumberedFile[],
): Promise<void> {
  const { queue, job, lease, load } = step;
  const number = state.plan.content?.number;
  const parent = { id: String(job.id), queue: queue.qualifiedName };
  for (let from = 0; from < files.length; from += CHUNK_FILES) {
    lease.assertHeld();
    const jobs = files.slice(from, from + CHUNK_FILES).map(({ file, index }) => {
      const data: FileJobData = {
        ...job.data,
        index,
        batchId,
        file: load.urls.encrypt(file),
      };
      const jobId = toFileJobId(data.loadId, data.batch, index, number);
      return { name: 'file' as const, data, opts: { ...JOB_OPTIONS, jobId, parent } };
    });
    const added = await queue.addBulk(jobs);
    // BullMQ reports a parent that is gone as a negative number in place of an id, and as nothing else.
    if (added.some(({ id }) => Number(id) < 0))
      throw new StoredLoadError(`The job ${job.id} was removed while its files were enqueued.`);
  }
}
