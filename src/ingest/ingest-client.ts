/** The part of a client that carries out the steps of ingests, for entries that do not make clients. */
import { InvalidInputError } from '../shared/errors.js';
import { describeKind } from '../shared/options.js';
import type { IngestClient } from './context.js';

/** Registered, so that two copies of the library have the same key, and copied with the client by `{ ...client }`. */
export const INGEST_CLIENT: unique symbol = Symbol.for('aep-batch.ingest-client');

export interface StepwiseClient {
  readonly [INGEST_CLIENT]: IngestClient;
}

/** @throws {InvalidInputError} for what `createBatchClient()` did not make. */
export function toIngestClient(client: unknown): IngestClient {
  if (isStepwise(client)) return client[INGEST_CLIENT];
  const message = `Invalid client: expected what createBatchClient() returns, received ${describeKind(client)}.`;
  throw new InvalidInputError('client', message);
}

/** Whether `createBatchClient()` made it. */
export const isStepwise = (client: unknown): client is StepwiseClient =>
  typeof client === 'object' && client !== null && INGEST_CLIENT in client;
