/** `make demo`: the batch of the seed page, created by the built client against the mock. */
import { createBatchClient } from 'aep-batch';
import { startPrism } from './prism.js';

const prism = await startPrism();
try {
  const client = createBatchClient({
    orgId: '{IMS_ORG}',
    sandbox: 'prod',
    apiKey: 'any-api-key',
    credentials: 'any-access-token',
    origin: prism.origin,
  });
  console.log(`POST ${prism.origin}/data/foundation/import/batches (Prism, from spec/)\n`);
  const batch = await client.batches.create({ datasetId: '5c8c3c555033b814b69f947f' });
  console.log(JSON.stringify(batch, null, 2));
  console.log(`\nBatch ${batch.id} is ${batch.status}.`);
} finally {
  await prism.close();
}
