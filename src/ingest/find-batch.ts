/** The lookups of `resources/find-batch.ts`, for the batch of an ingest. */
import { LATE_LOOKUP_ATTEMPTS, pollCatalog as poll } from '../resources/find-batch.js';
import type { Batch } from '../resources/types.js';
import type { IngestContext } from './context.js';

/** Asks the Catalog for a batch that is known to exist, until it has it or was asked often enough. */
export const pollCatalog = <T>(
  { client, signal }: IngestContext,
  lookUp: () => Promise<T | undefined>,
  attempts: number = LATE_LOOKUP_ATTEMPTS,
): Promise<T | undefined> =>
  poll(lookUp, attempts, (ms) => client.pause(ms, 'the wait for the Catalog', signal));

/** The batch that this ingest created, if the Catalog has it now; never one of another ingest. */
export const findOwnBatch = ({
  client,
  state,
  callOptions,
}: IngestContext): Promise<Batch | undefined> => {
  const { request, externalId } = state.plan;
  return client.findOwnBatch({ ...request, externalId }, { ...callOptions, attempts: 1 });
};
