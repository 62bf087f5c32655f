/** A test of a pipeline, as a user writes it, for each test runner. */
import assert from 'node:assert/strict';
import { createBatchClient } from 'aep-batch';
import { startSimulator } from 'aep-batch/testing';

/** The first upload is rejected, and the rows are loaded all the same. */
export async function loadRows() {
  const simulator = await startSimulator({
    faults: [{ when: { operation: 'uploadFile', nth: 1 }, then: { status: 503 } }],
  });
  const client = createBatchClient(simulator.clientOptions);
  const rows = { records: [{ id: 1 }, { id: 2 }] };
  const { outcome, records } = await client.ingest(rows, { datasetId: 'd', pollIntervalMs: 1 });
  assert.deepEqual([outcome, records.output], ['success', 2]);
  await client.close();
  await simulator.stop();
}
