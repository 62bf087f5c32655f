/** An ingest and what it took: `ingest-client.js <client options> <path>`; one ingest a process. */
import { readdirSync, readFileSync } from 'node:fs';
import { createBatchClient, type Receipt } from 'aep-batch';

const [, , clientOptions = '', path = ''] = process.argv;

/** How many files lie between two looks at the memory and the descriptors. */
const EVERY_FILES = 500;

export interface Ingested {
  outcome: Receipt['outcome'];
  batchId: string;
  files: number;
  /** Of the first file. */
  sha256: string | undefined;
  seconds: number;
  peakKiB: number;
  /** After so many files. */
  memory: { files: number; bytes: number }[];
  descriptors: { before: number; most: number; after: number };
}

const descriptors = () => readdirSync('/proc/self/fd').length;

process.once('message', async () => {
  const client = createBatchClient(JSON.parse(clientOptions));
  const before = descriptors();
  let most = before;
  let looked = 0;
  const memory: Ingested['memory'] = [];
  const began = performance.now();
  const receipt = await client.ingest(path, {
    datasetId: 'dataset',
    partSizeBytes: 64 * 1024 * 1024,
    concurrency: 4,
    pollIntervalMs: 100,
    onProgress: ({ phase, filesDone }) => {
      if (phase !== 'upload' || filesDone < looked + EVERY_FILES) return;
      looked = filesDone;
      most = Math.max(most, descriptors());
      memory.push({ files: filesDone, bytes: process.memoryUsage.rss() });
    },
  });
  const seconds = (performance.now() - began) / 1000;
  await client.close();
  await new Promise(setImmediate); // sockets close a turn later
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  process.send?.({
    outcome: receipt.outcome,
    batchId: receipt.batchId,
    files: receipt.files.length,
    sha256: receipt.files[0]?.sha256,
    seconds,
    peakKiB: Number(peak),
    memory,
    descriptors: { before, most, after: descriptors() },
  } satisfies Ingested);
});
