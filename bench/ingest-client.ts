/** Runs and measures one ingest per process: `ingest-client.js <client options> <path>`. */
import { readdirSync, readFileSync } from 'node:fs';
import { createBatchClient, type Receipt } from 'aep-batch';

const [, , clientOptions = '', path = ''] = process.argv;

/** Number of files between two samples of memory and descriptors. */
const FILES_PER_SAMPLE = 500;

export interface Ingested {
  outcome: Receipt['outcome'];
  batchId: string;
  files: number;
  /** Of the first file. */
  sha256: string | undefined;
  seconds: number;
  peakKiB: number;
  /** Samples by number of files. */
  memory: { files: number; bytes: number }[];
  descriptors: { before: number; most: number; after: number };
}

const countDescriptors = () => readdirSync('/proc/self/fd').length;

process.once('message', async () => {
  const client = createBatchClient(JSON.parse(clientOptions));
  const before = countDescriptors();
  let most = before;
  let lastSample = 0;
  const memory: Ingested['memory'] = [];
  const start = performance.now();
  const receipt = await client.ingest(path, {
    datasetId: 'dataset',
    partSizeBytes: 64 * 1024 * 1024,
    concurrency: 4,
    pollIntervalMs: 100,
    onProgress: ({ phase, filesDone }) => {
      if (phase !== 'upload' || filesDone < lastSample + FILES_PER_SAMPLE) return;
      lastSample = filesDone;
      most = Math.max(most, countDescriptors());
      memory.push({ files: filesDone, bytes: process.memoryUsage.rss() });
    },
  });
  const seconds = (performance.now() - start) / 1000;
  await client.close();
  await new Promise(setImmediate); // sockets close one turn later
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  process.send?.({
    outcome: receipt.outcome,
    batchId: receipt.batchId,
    files: receipt.files.length,
    sha256: receipt.files[0]?.sha256,
    seconds,
    peakKiB: Number(peak),
    memory,
    descriptors: { before, most, after: countDescriptors() },
  } satisfies Ingested);
});
