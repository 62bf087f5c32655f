/**
 * One build doing one kind of work: `compare-client.js <folder of the build> <kind> <client options> <path>`,
 * controlled by messages. Small calls are repeated in one process; every upload has its own process, to
 * measure its peak memory, and includes the import of the library.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Library from 'aep-batch';
import { measureOnce } from './measure-once.js';

const [, , build = '', kind = '', clientOptions = '', path = ''] = process.argv;

const BATCH = '01KBATCH0000000000000000AB';
const DATASET = '5c8c3c555033b814b69f947f';
const address = { batchId: BATCH, datasetId: DATASET, path: 'x.parquet' };

const entry = pathToFileURL(join(build, 'dist/src/index.js')).href;
let opened: Promise<{ library: typeof Library; client: Library.BatchClient }> | undefined;
/** The import is a part of each upload: one build imports at once what another one imports with its first call. */
function open() {
  opened ??= import(entry).then((library: typeof Library) => {
    return { library, client: library.createBatchClient(JSON.parse(clientOptions)) };
  });
  return opened;
}

async function callOften(calls: number): Promise<void> {
  const { client } = await open();
  for (let made = 0; made < calls; made += 2) {
    await client.batches.create({ datasetId: DATASET, inputFormat: { format: 'parquet' } });
    await client.batches.get(BATCH);
  }
}

const uploads: Record<string, () => Promise<unknown>> = {
  async put() {
    const { library, client } = await open();
    const file = await library.OpenFile.open(path);
    await client.files.put(address, file);
    await file.close();
  },
  async parts() {
    const { client } = await open();
    await client.files.upload(address, path, { sha256: false, concurrency: 4 });
  },
  ingest,
  'ingest again': ingest,
};
/** What is done often in one process: the first time, V8 compiles it. */
const prepares: Record<string, () => Promise<void>> = { 'ingest again': ingest };

async function ingest(): Promise<void> {
  const { client } = await open();
  await client.ingest(path, { datasetId: DATASET, pollIntervalMs: 20 });
}

const upload = uploads[kind];
if (upload !== undefined) {
  measureOnce(async () => {
    await upload();
    await (await open()).client.close();
  }, prepares[kind]);
} else {
  process.on('message', async (calls: number) => {
    const start = performance.now();
    await callOften(calls);
    process.send?.({ seconds: (performance.now() - start) / 1000, peakKiB: 0 });
  });
}
