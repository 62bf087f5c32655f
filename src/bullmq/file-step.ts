/** The job of one file: the second step of an ingest, for this file alone. */
import { uploadSources } from '../ingest/upload-sources.js';
import { assertFitsBudget } from './budget.js';
import { toLeasedFile } from './leased-client.js';
import { openInRoots } from './roots.js';
import { runAgain, type Step, toIngestContext } from './step-context.js';
import type { FileJobData } from './types.js';

/** Uploads the file, unless it is in the batch already: an earlier run may have ended without that being noticed. */
export async function runFileStep(step: Step<FileJobData>): Promise<void> {
  const { job, lease, load, batch, options } = step;
  const { index } = job.data;
  if (await batch.isUploaded(index)) return;
  if (await load.isCancelled()) return;
  const file = load.urls.decrypt(job.data.file);
  assertFitsBudget(options.budget, file);
  const source = await openInRoots(file, options.roots);
  const state = await batch.replayFile(job.data, await batch.readPlan());
  // After everything that may fail without a byte being sent.
  const delayMs = await step.budget.takeBytes(job.data.target, file.sizeBytes);
  if (delayMs > 0) return runAgain(step, delayMs);
  await uploadSources(toIngestContext(step, state), [toLeasedFile(source, lease)]);
  // What a compressed file unpacks to is known only now.
  const sentBytes = state.uploaded.get(file.path)?.sizeBytes ?? 0;
  await step.budget.addBytes(job.data.target, sentBytes - file.sizeBytes);
}
