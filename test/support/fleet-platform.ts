/** What the platform holds after a load on a fleet, compared with the files. */
import { createBatchClient } from '../../src/index.js';
import type { Simulator } from '../../src/testing/index.js';

const FILE_CALLS = new Set(['uploadFile', 'uploadFilePart', 'fileAction']);

/** @returns what is not as it has to be. */
export async function inspectPlatform(
  simulator: Simulator,
  sources: ReadonlyMap<string, string>,
  batches: number,
): Promise<string[]> {
  const wrong: string[] = [];
  const completions = new Map<string, number>();
  for (const { operation = '', path, order, status = 0 } of simulator.log) {
    const batchId = /\/import\/batches\/([^/?]+)/.exec(path)?.[1];
    if (batchId === undefined) continue;
    const completedAt = completions.get(batchId);
    if (operation === 'batchAction' && path.includes('COMPLETE') && completedAt === undefined) {
      if (simulator.status(batchId) !== 'loading') completions.set(batchId, order);
    } else if (FILE_CALLS.has(operation) && completedAt !== undefined) {
      wrong.push(`${operation} ${path} came after COMPLETE, and got ${status}`);
    }
  }
  wrong.push(...(await findOpenBatches(simulator)));
  if (completions.size !== batches) wrong.push(`${completions.size} of ${batches} batches`);
  const seen = new Map<string, number>();
  for (const batchId of completions.keys()) {
    if (simulator.status(batchId) !== 'success')
      wrong.push(`${batchId} is ${simulator.status(batchId)}`);
    for (const file of simulator.files(batchId)) {
      seen.set(file.path, (seen.get(file.path) ?? 0) + 1);
      if ((await file.sha256()) !== sources.get(file.path)) wrong.push(`${file.path} differs`);
    }
  }
  for (const path of sources.keys()) {
    const count = seen.get(path) ?? 0;
    if (count !== 1) wrong.push(`${path} is there ${count} times`);
  }
  return wrong;
}

/** Batches that nobody will ever complete or abort. */
export async function findOpenBatches(simulator: Simulator): Promise<string[]> {
  const client = createBatchClient({ ...simulator.clientOptions, maxRetries: 20 });
  const open: string[] = [];
  for await (const { id, status } of client.batches.list())
    if (status === 'loading') open.push(`${id} is left loading`);
  await client.close();
  return open;
}
