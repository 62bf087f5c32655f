/** What is kept of a batch that has ended, and for how long. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { IngestState } from '../../ingest/state.js';
import type { Receipt } from '../../ingest/types.js';
import { notify } from '../../shared/notify.js';
import { omitUndefined } from '../../shared/options.js';
import { replaceFile } from '../../shared/replacement-file.js';
import { describeThrown } from '../../shared/thrown.js';
import { toBatchJobId } from '../store/keys.js';
import type { BatchJobData, QueuedReceipt } from '../types.js';
import type { Step } from './step-context.js';

type LoadedFiles = Pick<Receipt, 'files' | 'packedFiles'>;

/** Keeps the receipt of a batch in Redis, and in the folder for receipts if there is one. */
export async function keepReceipt(
  step: Step<BatchJobData>,
  receipt: Receipt,
  sizeBytes: number,
): Promise<QueuedReceipt> {
  const { batch } = step;
  const { files, packedFiles, phasesMs: _, ...rest } = receipt;
  const [startedAt, completedAt] = await Promise.all(
    ['startedAt', 'completedAt'].map(async (name) => Number(await batch.readFact(name))),
  );
  const phasesMs = toPhases(startedAt, completedAt);
  const counts = { number: batch.batch, fileCount: files.length, sizeBytes };
  const times = { startedAt: toIso(startedAt) ?? receipt.startedAt, phasesMs };
  const kept: QueuedReceipt = { ...counts, ...rest, ...times };
  return endBatch(step, kept, omitUndefined({ files, packedFiles }));
}

export const countBytes = ({ files }: IngestState): number =>
  files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

const toIso = (ms: number | undefined): string | undefined =>
  ms === undefined || Number.isNaN(ms) || ms === 0 ? undefined : new Date(ms).toISOString();

function toPhases(startedAt = Number.NaN, completedAt = Number.NaN): Record<string, number> {
  const phases = { upload: completedAt - startedAt, wait: Date.now() - completedAt };
  return Object.fromEntries(Object.entries(phases).filter(([, ms]) => ms >= 0));
}

/**
 * A receipt that cannot be written is in Redis all the same: the batch is loaded. The batch is in its name, since a
 * load of another queue may have the same id, and one of this queue once the load has expired.
 */
async function writeReceipt(
  { batch, options }: Step<BatchJobData>,
  receipt: QueuedReceipt & LoadedFiles,
) {
  const { receipts: folder, onWarning } = options;
  if (folder === undefined) return;
  const name = `${toBatchJobId(batch.loadId, batch.batch)}-${receipt.batchId ?? receipt.outcome}.json`;
  try {
    await mkdir(folder, { recursive: true });
    await replaceFile(join(folder, name), `${JSON.stringify(receipt)}\n`);
  } catch (error) {
    const message = `The receipt ${name} could not be written: ${describeThrown(error)}. It is in Redis.`;
    notify(onWarning, { level: 'warning', message });
  }
}

/**
 * Records the receipt of a batch, with which the batch has ended.
 * @param loaded the files, which are in the file of the receipt alone.
 */
export async function endBatch(
  step: Step<BatchJobData>,
  receipt: QueuedReceipt,
  loaded: LoadedFiles = { files: [] },
): Promise<QueuedReceipt> {
  const { batch, load, log } = step;
  await writeReceipt(step, { ...receipt, ...loaded });
  const { facts } = batch.keys;
  await log.write([
    ['HSET', facts, 'receipt', JSON.stringify(receipt)],
    ['HDEL', facts, 'failure'],
    ['HDEL', load.key, 'stopped'],
    ['SADD', load.keys.ended(load.loadId), String(batch.batch)],
  ]);
  await expireEndedLoad(step);
  return receipt;
}

/**
 * Lets Redis remove a load once all its batches have been ended for the time for which receipts are kept. Before that
 * nothing expires: a load may take longer than that, and wait even longer for somebody who looks at it.
 */
export async function expireEndedLoad({ load, options }: Step<BatchJobData>): Promise<void> {
  const { keys, loadId, redis } = load;
  const ended = keys.ended(loadId);
  const { batches = 0 } = (await load.readDescription()) ?? {};
  if ((await redis.scard(ended)) < batches) return;
  if ((await redis.pttl(keys.load(loadId))) >= 0) return;
  for (let number = 1; number <= batches; number++) {
    const { parts: _, ...names } = keys.batch(loadId, number);
    await expire(redis, Object.values(names), options.keepReceiptsMs);
  }
  // That of the load comes last: it says that the others are set.
  await expire(redis, [keys.open(loadId), ended, keys.load(loadId)], options.keepReceiptsMs);
}

async function expire(redis: Redis, keys: readonly string[], afterMs: number): Promise<void> {
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.pexpire(key, afterMs);
  await pipeline.exec();
}
