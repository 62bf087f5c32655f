/** The package from CommonJS. */
const assert = require('node:assert/strict');
const { createBatchClient, NotFoundError } = require('aep-batch');
const { startSimulator } = require('aep-batch/testing');

async function main() {
  const simulator = await startSimulator();
  const client = createBatchClient(simulator.clientOptions);
  await assert.rejects(client.batches.get('missing'), NotFoundError);
  await client.close();
  await simulator.stop();
  console.log(JSON.stringify({ check: 'require' }));
}
void main();
