/** What is kept of a batch that has ended, and for how long. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '../ingest/types.js';
import { notify } from '../shared/notify.js';
import { describeThrown } from '../shared/thrown.js';
import { toBatchJobId } from './keys.js';
import type { Step } from './step-context.js';
import type { BatchJobData, QueuedReceipt } from './types.js';

/** Keeps the receipt of a batch in Redis, and in the folder for receipts if there is one. */
export async function keepReceipt(
  step: Step<BatchJobData>,
  receipt: Receipt,
  sizeBytes: number,
): Promise<QueuedReceipt> {
  const { batch, log, options } = step;
  const { files, phasesMs: _, ...rest } = receipt;
  const [startedAt, completedAt] = await Promise.all(
    ['startedAt', 'completedAt'].map(async (name) => Number(await batch.readFact(name))),
  );
  const phasesMs = toPhases(startedAt, completedAt);
  const counts = { number: batch.batch, fileCount: files.length, sizeBytes };
  const times = { startedAt: toIso(startedAt) ?? receipt.startedAt, phasesMs };
  const kept: QueuedReceipt = { ...counts, ...rest, ...times };
  if (options.receipts !== undefined) await writeReceipt(step, { ...kept, files });
  await log.write([['HSET', batch.keys.facts, 'receipt', JSON.stringify(kept)]]);
  await expire(step);
  return kept;
}

const toIso = (ms: number | undefined): string | undefined =>
  ms === undefined || Number.isNaN(ms) || ms === 0 ? undefined : new Date(ms).toISOString();

function toPhases(startedAt = Number.NaN, completedAt = Number.NaN): Record<string, number> {
  const phases = { upload: completedAt - startedAt, wait: Date.now() - completedAt };
  return Object.fromEntries(Object.entries(phases).filter(([, ms]) => ms >= 0));
}

/** A receipt that cannot be written is in Redis all the same: the batch is loaded. */
async function writeReceipt({ job, batch, options }: Step<BatchJobData>, receipt: object) {
  const { receipts: folder = '', onWarning } = options;
  const name = `${toBatchJobId(batch.loadId, batch.batch)}.json`;
  try {
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `.${name}-${job.attemptsStarted}-${process.pid}`);
    await writeFile(temporary, `${JSON.stringify(receipt)}\n`);
    await rename(temporary, join(folder, name));
  } catch (error) {
    const message = `The receipt ${name} could not be written: ${describeThrown(error)}. It is in Redis.`;
    notify(onWarning, { level: 'warning', message });
  }
}

/** What is not needed any more is removed by Redis after the time for which receipts are kept. */
export async function expire({ batch, load, options }: Step<BatchJobData>): Promise<void> {
  const { plan, files, steps, uploaded, failed, facts } = batch.keys;
  const pipeline = load.redis.pipeline();
  for (const key of [plan, files, steps, uploaded, failed, facts])
    pipeline.pexpire(key, options.keepReceiptsMs);
  pipeline.pexpire(load.keys.load(load.loadId), options.keepReceiptsMs);
  pipeline.pexpire(load.keys.open(load.loadId), options.keepReceiptsMs);
  await pipeline.exec();
}
