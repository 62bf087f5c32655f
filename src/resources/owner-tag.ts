/** The label that distinguishes batches with one externalId by the ingest that created them. */
import type { Batch, CreateBatchRequest } from './types.js';

/**
 * The name of the label. Its value is drawn at random for each ingest. The platform does not know it: it keeps
 * labels and returns them in the Catalog.
 */
export const OWNER_TAG = 'aep_batch_owner';

/** The owner that labels name, if they name one. */
export function readOwner({
  tags,
}: Pick<Batch, 'tags'> | Pick<CreateBatchRequest, 'tags'>): string | undefined {
  const [owner] = [tags?.[OWNER_TAG]].flat();
  return owner === undefined ? undefined : String(owner);
}
