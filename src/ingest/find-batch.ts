/** The lookups of `resources/find-batch.ts`, for the batch of an ingest. */
import { LATE_LOOKUP_ATTEMPTS, pollCatalog as poll } from '../resources/find-batch.js';
import type { Batch } from '../resources/types.js';
import type { IngestContext } from './context.js';

/** Asks the Catalog for a batch that is known to exist, until it has it or was asked often enough. */
export const pollCatalog = <T>(
  { client, signal }: IngestContext,
  lookUp: () => Promise<T | undefined>,
): Promise<T | undefined> =>
  poll(lookUp, LATE_LOOKUP_ATTEMPTS, (ms) => client.pause(ms, 'the wait for the Catalog', signal));

/** The batch with the plan's externalId, if the Catalog has it now. */
export const findByExternalId = ({
  client,
  state,
  callOptions,
}: IngestContext): Promise<Batch | undefined> =>
  client.findByExternalId(state.plan.externalId, { ...callOptions, attempts: 1 });
