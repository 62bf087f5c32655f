/** The calls to a batch that is created for them and aborted at the end: nothing is loaded. */
import { setTimeout as pause } from 'node:timers/promises';
import { expectOk, type LiveContext } from './context.js';
import { FileCalls } from './file-calls.js';

const CATALOG = '/data/foundation/catalog/batches/{batchId}';
const PREVIEW = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview';
/** How often the Catalog is read until it shows what is waited for. */
const MAX_READS = 20;
/** A dataset for sandboxes that list none. One that does not have it responds with an error, which is checked. */
const NO_DATASET = '000000000000000000000000';

/** Creates a batch, makes the calls, and aborts it. What remains after a failure is for `OpenBatches`. */
export async function callBatch(context: LiveContext): Promise<void> {
  const { batches, found, findings, signal } = context;
  const datasetId = found.datasetId ?? NO_DATASET;
  const request = { datasetId, inputFormat: { format: 'json' } } as const;
  const { id, status } = await batches.create(request, signal);
  if (id === undefined) throw new Error(`status ${status}; pass DATASET=<id> to choose a dataset`);
  const missing = await countReads(context, id, (now) => now !== undefined);
  findings.record('catalogDelay', missing.text, missing.reads);
  const second = await batches.create(request, signal);
  findings.record('sameExternalId', `status ${second.status}`, second.status);
  if (second.id !== undefined && second.id !== id) await batches.abort(second.id, signal);
  await new FileCalls(context, { batchId: id, datasetId }).run();
  await preview(context, id, datasetId);
  await batches.abort(id, signal);
  const old = await countReads(context, id, (now) => now === 'aborted');
  findings.record('actionDelay', old.text, old.reads);
}

async function preview({ client, signal }: LiveContext, batchId: string, datasetId: string) {
  const params = { path: { batchId, datasetId }, query: { format: 'json' } } as const;
  await client.raw.GET(PREVIEW, { params, signal });
}

/** How many reads come before the Catalog shows a batch as it should be. */
async function countReads(
  { client, signal, pauseMs }: LiveContext,
  batchId: string,
  isExpected: (status: string | undefined) => boolean,
): Promise<{ reads: number; text: string }> {
  for (let reads = 0; reads < MAX_READS; reads++) {
    if (reads > 0) await pause(pauseMs, undefined, { signal });
    const result = await client.raw.GET(CATALOG, { params: { path: { batchId } }, signal });
    const status = result.response.status === 404 ? undefined : expectOk(result)?.[batchId]?.status;
    if (isExpected(status)) return { reads, text: `${reads} reads, ${pauseMs} ms apart` };
  }
  return { reads: MAX_READS, text: `more than ${MAX_READS} reads, ${pauseMs} ms apart` };
}
