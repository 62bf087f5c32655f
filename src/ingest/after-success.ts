/** `afterSuccess`: an ingest that builds on the one before it is refused where that one failed. */
import type { CallOptions } from '../http/options.js';
import type { Datasets } from '../resources/datasets.js';
import { ENDS, type End } from '../resources/statuses.js';
import type { LastBatch } from '../resources/types.js';
import { InvalidInputError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import type { IngestOptions } from './types.js';

/** The ends of a batch of which no row was loaded, though nobody chose so. */
const FAILURES: ReadonlySet<End | undefined> = new Set(['failed', 'stalled', 'abandoned']);

/**
 * Looks up the last batch of the dataset. One that has not ended is a warning, since it has not failed, and one that
 * somebody aborted, deleted or replaced has not failed.
 * @throws {InvalidInputError} where it failed.
 */
export async function assertLastBatchSucceeded(
  datasets: Pick<Datasets, 'lastBatches'>,
  { afterSuccess = false, datasetId, signal, timeoutMs, onWarning }: IngestOptions,
): Promise<void> {
  if (!afterSuccess) return;
  const callOptions: CallOptions = omitUndefined({ signal, timeoutMs });
  const found = await datasets.lastBatches([datasetId], callOptions);
  const last = found.find((batch) => batch.datasetId === datasetId);
  if (last === undefined) return;
  const { lastBatchId: id = '', lastBatchStatus: status } = last;
  if (hasFailed(last)) {
    const how = status === undefined ? 'failed' : `is ${status}`;
    const problem = `the last batch of dataset ${datasetId}, ${id}, ${how}. No batch was created`;
    const fix = `Run \`aep-batch errors ${id}\` to see why, correct it, and ingest without --after-success (in code, afterSuccess).`;
    throw new InvalidInputError('afterSuccess', `Invalid afterSuccess: ${problem}. ${fix}`);
  }
  if (id === '' || status === undefined || !isRunning(status)) return;
  const message = `The last batch of dataset ${datasetId}, ${id}, is still ${status}, so it is not known yet whether it succeeds. To wait for it: \`aep-batch wait ${id}\``;
  notify(onWarning, { level: 'warning', message });
}

function hasFailed({ lastBatchId, lastBatchStatus, lastFailedBatchId }: LastBatch): boolean {
  if (lastBatchStatus !== undefined) return FAILURES.has(ENDS.get(lastBatchStatus));
  return lastBatchId !== undefined && lastBatchId === lastFailedBatchId;
}

const isRunning = (status: string): boolean => ENDS.has(status) && ENDS.get(status) === undefined;
