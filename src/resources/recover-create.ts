/** Finds the batch that a creation has left whose response was lost. Imported with the first of them. */
import type { CallOptions } from '../http/options.js';
import type { Recovery } from '../http/retry.js';
import type { TypedClient } from '../typed-client/client.js';
import type { AnyResult } from '../typed-client/types.js';
import { type FindableRequest, findOwnBatch, LOOKUP_ATTEMPTS } from './find-batch.js';
import { assertAdoptable, recheck } from './recovery.js';
import type { CreatedBatch } from './types.js';

/** The batch that a call without a response created; sent again if there is none. */
export async function recoverCreate(
  client: TypedClient,
  request: FindableRequest,
  options: CallOptions,
): Promise<Recovery> {
  const found = await findOwnBatch(client, request, { ...options, attempts: LOOKUP_ATTEMPTS });
  if (found === undefined) return 'send again';
  return { status: 201, body: assertAdoptable(found, request) };
}

/** The batch of the first attempt, where the retry was rejected because of it and the Catalog lagged. */
export function findLateBatch(
  client: TypedClient,
  request: FindableRequest,
  options: CallOptions,
  rejected: AnyResult,
): Promise<CreatedBatch | undefined> {
  return recheck(client, rejected, async () => {
    const found = await findOwnBatch(client, request, { ...options, attempts: 1 });
    return found && assertAdoptable(found, request);
  });
}
