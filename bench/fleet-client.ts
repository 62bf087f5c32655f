/** Enqueues a load in a process of its own: `fleet-client.js <connection> <target> <folder>`. */
import { readFileSync } from 'node:fs';
import { type EnqueuedLoad, enqueueLoad } from 'aep-batch/bullmq';
import { Queue } from 'bullmq';

const [, , connection = '', target = '', folder = ''] = process.argv;

export interface Enqueued {
  load: EnqueuedLoad;
  seconds: number;
  peakKiB: number;
}

process.once('message', async (maxBatchFiles: number) => {
  const queue = new Queue('aep-batch', { connection: JSON.parse(connection) });
  const start = performance.now();
  const options = { datasetId: 'dataset', target: JSON.parse(target), maxBatchFiles };
  const load = await enqueueLoad(queue, folder, options);
  const seconds = (performance.now() - start) / 1000;
  await queue.close();
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  process.send?.({ load, seconds, peakKiB: Number(peak) } satisfies Enqueued);
});
