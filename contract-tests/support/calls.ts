import type { operations } from '../../generated/openapi.js';
import type { BatchClient } from '../../src/index.js';
import { example } from './bundled.js';

/** One call of the public client for each operation of the document. */
export const calls: Record<keyof operations, (client: BatchClient) => Promise<unknown>> = {
  createBatch: (client) => client.batches.create(example('create-batch-seed-request')),
};
