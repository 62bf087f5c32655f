/**
 * One build doing one kind of work: `compare-client.js <folder of the build> <kind> <client options> <path>`,
 * controlled by messages. Small calls are repeated in one process; every upload has its own process, to
 * measure its peak memory.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Library from 'aep-batch';
import { measureOnce } from './peer.js';

const [, , build = '', kind = '', clientOptions = '', path = ''] = process.argv;

const BATCH = '01KBATCH0000000000000000AB';
const DATASET = '5c8c3c555033b814b69f947f';
const address = { batchId: BATCH, datasetId: DATASET, path: 'x.parquet' };

const entry = pathToFileURL(join(build, 'dist/src/index.js')).href;
const { createBatchClient, OpenFile } = (await import(entry)) as typeof Library;
const client = createBatchClient(JSON.parse(clientOptions));

async function callOften(calls: number): Promise<void> {
  for (let made = 0; made < calls; made += 2) {
    await client.batches.create({ datasetId: DATASET, inputFormat: { format: 'parquet' } });
    await client.batches.get(BATCH);
  }
}

const uploads: Record<string, () => Promise<unknown>> = {
  async put() {
    const file = await OpenFile.open(path);
    await client.files.put(address, file);
    await file.close();
  },
  parts: () => client.files.upload(address, path, { sha256: false, concurrency: 4 }),
  ingest,
  'ingest again': ingest,
};
/** What is done often in one process: the first time, V8 compiles it. */
const prepares: Record<string, () => Promise<void>> = { 'ingest again': ingest };

async function ingest(): Promise<void> {
  await client.ingest(path, { datasetId: DATASET, pollIntervalMs: 20 });
}

const upload = uploads[kind];
if (upload !== undefined) {
  measureOnce(async () => {
    await upload();
    await client.close();
  }, prepares[kind]);
} else {
  process.on('message', async (calls: number) => {
    const start = performance.now();
    await callOften(calls);
    process.send?.({ seconds: (performance.now() - start) / 1000, peakKiB: 0 });
  });
}
