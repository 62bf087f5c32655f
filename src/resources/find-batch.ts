/** Finding a batch that the Catalog may not list yet. */
import type { CallOptions } from '../http/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { toBatches, unwrapCatalogMap } from './catalog.js';
import { readOwner } from './owner-tag.js';
import type { Batch, CreateBatchRequest } from './types.js';

const LIST = '/data/foundation/catalog/batches';

/** How often the Catalog is asked before a batch counts as not existing: it may lag. */
export const LOOKUP_ATTEMPTS = 3;
/** How often it is asked for a batch that is known to exist. */
export const LATE_LOOKUP_ATTEMPTS = 5;
/** The time between two lookups, in milliseconds. */
const LOOKUP_INTERVAL_MS = 1000;
/** One batch has an externalId; a few more entries are read in case the filter or the platform is a loose one. */
const LOOKUP_LIMIT = 10;

/** Repeats a lookup until it finds something, or was made so many times. */
export async function pollCatalog<T>(
  lookUp: () => Promise<T | undefined>,
  attempts: number,
  pause: (ms: number) => Promise<void>,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const found = await lookUp();
    if (found !== undefined || attempt >= attempts) return found;
    await pause(LOOKUP_INTERVAL_MS);
  }
}

export interface LookupOptions extends CallOptions {
  /** How many lookups are made, a second apart, until the batch is found. */
  attempts: number;
}

/** A request with an `externalId`, by which its batch is found. */
export type FindableRequest = CreateBatchRequest & { readonly externalId: string };

/**
 * The batch that a request may have created, if the Catalog knows it: the one with its externalId and, where the
 * request names an owner, with that owner. One request for each attempt.
 */
export function findOwnBatch(
  client: TypedClient,
  request: FindableRequest,
  { attempts, ...options }: LookupOptions,
): Promise<Batch | undefined> {
  const { externalId } = request;
  const owner = readOwner(request);
  const query = { externalId, orderBy: 'desc:created', limit: LOOKUP_LIMIT, start: 0 } as const;
  const lookUp = async () => {
    const result = await client.validated.GET(LIST, { ...options, params: { query } });
    const batches = toBatches(unwrapCatalogMap(client, result));
    return batches.find(
      (batch) =>
        batch.externalId === externalId && (owner === undefined || readOwner(batch) === owner),
    );
  };
  const pause = (ms: number) => client.http.pause(ms, 'the lookup in the Catalog', options.signal);
  return pollCatalog(lookUp, attempts, pause);
}
