/** Plans a load, and then loads it, in a process of its own: `loads-client.js <client options> <folder> <journal>`. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBatchClient, type LoadReceipt } from 'aep-batch';
import { planSources } from '../src/load/load.js';

const [, , clientOptions = '', folder = '', journal = ''] = process.argv;

/** After how many files the heap is measured. */
const FILES_PER_SAMPLE = 5000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export interface MeasuredLoad {
  outcome: LoadReceipt['outcome'];
  files: number;
  batches: number;
  /** What the plan takes in the heap. */
  planBytes: number;
  /** What is in the heap, by the number of files that were uploaded. */
  heap: { files: number; bytes: number }[];
  peakKiB: number;
}

function measureHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function measurePlan(): Promise<number> {
  const before = measureHeap();
  const plan = await planSources(folder, {});
  const bytes = measureHeap() - before;
  if (plan.batches.length === 0) throw new Error('nothing was planned');
  return bytes;
}

process.once('message', async () => {
  await planSources(folder, { include: ['none'] }).catch(() => undefined); // what is loaded for it
  const planBytes = await measurePlan();
  const client = createBatchClient(JSON.parse(clientOptions));
  const heap: MeasuredLoad['heap'] = [];
  let next = FILES_PER_SAMPLE;
  const { outcome, batches, fileCount } = await client.load(folder, {
    ...{ datasetId: 'dataset', journal, checkRows: 'none', pollIntervalMs: 100 },
    onProgress({ phase, filesDone }) {
      if (phase !== 'upload' || filesDone < next) return;
      next = filesDone + FILES_PER_SAMPLE;
      heap.push({ files: filesDone, bytes: measureHeap() });
    },
  });
  await client.close();
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  process.send?.({
    ...{ outcome, files: fileCount, batches: batches.length, planBytes, heap },
    peakKiB: Number(peak),
  } satisfies MeasuredLoad);
});
