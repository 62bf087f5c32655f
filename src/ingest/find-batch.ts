/** Finds the batch of an ingest in the Catalog, which may lag behind. */
import type { Batch } from '../resources/types.js';
import type { IngestContext } from './context.js';

/** How often the Catalog is asked for a batch that is known to exist, and how far apart. */
const MAX_POLLS = 5;
const POLL_INTERVAL_MS = 1000;

/** Asks the Catalog until it has what is looked for, or was asked often enough. */
export async function pollCatalog<T>(
  { client, signal }: IngestContext,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let poll = 1; ; poll++) {
    const found = await ask();
    if (found !== undefined || poll === MAX_POLLS) return found;
    await client.pause(POLL_INTERVAL_MS, 'the wait for the Catalog', signal);
  }
}

/** The batch with the plan's externalId, if the Catalog has it. */
export async function findByExternalId({
  client,
  state,
  callOptions,
}: IngestContext): Promise<Batch | undefined> {
  const { externalId } = state.plan;
  for await (const batch of client.batches.list({ externalId, pageSize: 10 }, callOptions)) {
    if (batch.externalId === externalId) return batch;
  }
  return undefined;
}
