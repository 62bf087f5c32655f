/** The spans of ingests and their batches. */
import { count, type SafeSpan, trace } from '../http/tracing.js';
import type { IngestClient, IngestContext } from './context.js';
import type { Receipt } from './types.js';

/** Runs an ingest or a resume within a span. */
export const traceIngest = (
  client: Pick<IngestClient, 'tracer' | 'sandbox'>,
  work: () => Promise<Receipt>,
): Promise<Receipt> =>
  trace(
    client.tracer,
    () => ({
      name: 'aep_batch.ingest',
      kind: 'internal',
      attributes: { 'aep_batch.sandbox': client.sandbox },
    }),
    async (span) => {
      const receipt = await work();
      span.set({
        'aep_batch.dataset.id': receipt.datasetId,
        'aep_batch.external_id': receipt.externalId,
        'aep_batch.outcome': receipt.outcome,
        'aep_batch.files': receipt.files.length,
      });
      return receipt;
    },
  );

/** Loads one batch within a span. */
export const traceBatch = <T>(
  { client, state }: IngestContext,
  work: (span: SafeSpan) => Promise<T>,
): Promise<T> =>
  trace(
    client.tracer,
    () => {
      const { externalId, request } = state.plan;
      const attributes = {
        'aep_batch.dataset.id': request.datasetId,
        'aep_batch.external_id': externalId,
      };
      return { name: 'aep_batch.batch', kind: 'internal', attributes };
    },
    async (span) => {
      try {
        return await work(span);
      } finally {
        span.set({ 'aep_batch.batch.id': state.batchId });
      }
    },
  );

/** What the batch ended with, and the rows that it loaded and rejected. */
export function recordBatchEnd({ client }: IngestContext, span: SafeSpan, receipt: Receipt): void {
  span.set({ 'aep_batch.outcome': receipt.outcome, 'aep_batch.batch.status': receipt.status });
  const { output = 0, failed = 0 } = receipt.records ?? {};
  count(client.tracer, 'aep_batch.rows', output, { 'aep_batch.rows.result': 'loaded' });
  count(client.tracer, 'aep_batch.rows', failed, { 'aep_batch.rows.result': 'rejected' });
}
