/** The job of one file: the second step of an ingest, for this file alone. */
import { hasContent } from '../../ingest/content-plan.js';
import { uploadSources } from '../../ingest/upload-sources.js';
import { FileAllowance } from '../budget/allowance.js';
import { toLeasedFile } from '../lease/leased-file.js';
import type { FileJobData } from '../types.js';
import { openInRoots } from './roots.js';
import { type Step, toIngestContext } from './step-context.js';

/** Uploads the file, unless it is in the batch already: an earlier run may have ended without that being noticed. */
export async function runFileStep(step: Step<FileJobData>): Promise<void> {
  const { job, lease, load, batch, options, budget, client } = step;
  if (step.isCancelled) return;
  const { index } = job.data;
  if (await batch.isUploaded(index)) return;
  const plan = await batch.readPlan();
  if (hasContent(plan) && (await batch.findBatchId()) !== job.data.batchId) return; // it gave way to another batch
  const file = load.urls.decrypt(job.data.file);
  const state = await batch.replayFile(job.data, plan);
  const source = await openInRoots(state, file, options.roots);
  // After everything that may fail without a byte being sent.
  const pacer = await FileAllowance.take(budget, job.data.target, state);
  try {
    const context = toIngestContext({ ...step, client: { ...client, pacer } }, state);
    await uploadSources(context, [toLeasedFile(source, lease)]);
  } finally {
    await pacer?.giveBack();
  }
}
