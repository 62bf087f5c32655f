/** The notice of a load: one for all its batches, once nothing of it is left to be resumed. */
import { sendNotice } from '../ingest/notice.js';
import { LoadError } from './errors.js';
import { buildLoadReceipt } from './receipt.js';
import { type LoadContext, recordStep } from './run-batches.js';
import type { LoadReceipt } from './types.js';

/** Runs the batches, builds the receipt, and sends the notice where the load has ended for good. */
export async function withLoadNotice(
  context: LoadContext,
  startedMs: number,
  run: () => Promise<void>,
): Promise<LoadReceipt> {
  const { state } = context;
  try {
    await run();
  } catch (error) {
    if (error instanceof LoadError && error.journal === undefined) {
      const { externalId, datasetId, sandbox } = state.plan;
      const cause = error.cause instanceof Error ? error.cause.name : error.name;
      const failure = { outcome: null, error: { name: cause, batch: error.batch } };
      await notifyOnce(context, { ...failure, externalId, datasetId, sandbox });
    }
    throw error;
  }
  const receipt = buildLoadReceipt(state, startedMs);
  if (state.isSettled) {
    const { fileCount: filesTotal, sizeBytes: totalBytes, ...totals } = receipt;
    await notifyOnce(context, { ...totals, filesTotal, totalBytes });
  }
  return receipt;
}

/** It is recorded before it is sent: after a crash in between there is none, and never a second. */
async function notifyOnce(
  context: LoadContext,
  totals: Parameters<typeof sendNotice>[2],
): Promise<void> {
  const { client, options, state } = context;
  if (state.isNotified) return;
  await sendNotice(client, options, totals, () => recordStep(context, { type: 'notified' }));
}
