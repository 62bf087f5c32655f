/** Whether what was uploaded is still what is there. */
import { hashFile } from '../upload/hashing.js';
import { checkUnchanged, plannedFile } from '../upload/source.js';
import type { Job } from './state.js';

/**
 * Makes sure that no source changed since it was planned. A file that was only touched, or copied
 * over, counts as the same where its sha256 is known.
 * @throws {SourceError} that names the first one that did.
 */
export async function checkSources(job: Job, signal: AbortSignal): Promise<void> {
  if (job.plan.files === undefined) return; // a stream's files are our own, and gone by now
  for (const { path, localPath, identity } of job.files) {
    if (localPath === undefined || identity === undefined) continue;
    signal.throwIfAborted();
    const file = plannedFile(localPath, path, identity);
    const known = job.uploaded.get(path)?.sha256;
    await checkUnchanged(
      file,
      known === undefined ? undefined : { known, now: () => hashFile(file, signal) },
    );
  }
}
