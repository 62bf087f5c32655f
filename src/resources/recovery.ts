/**
 * What to ask the platform when the answer to a call got lost: one row for every operation that may
 * not simply be sent again. GET, HEAD, PUT and the completion of a batch may.
 *
 * | operation | asks for | then |
 * | --- | --- | --- |
 * | create batch | the batch with this externalId, in the Catalog | adopts it, or creates it again |
 * | upload a part | the ranges that have arrived | sends what is missing; all of it where none are shown |
 * | INITIALIZE | whether the file is there | done, or once more |
 * | COMPLETE of a file | whether it is still open | once more, or says that it cannot know |
 * | ABORT, FAIL, REVERT | the state of the batch | done, or once more |
 */

import { NotFoundError } from '../http/errors.js';
import type { Recovery } from '../http/retry.js';
import { AepBatchError } from '../shared/errors.js';
import { missingRanges } from './ranges.js';
import type { Batch, ByteRange, CreatedBatch } from './types.js';

/** The Catalog may lag behind: it is asked so often before a batch is taken not to exist. */
const LOOKS = 3;
/** How long it is given between two looks, in milliseconds. */
const BETWEEN_LOOKS_MS = 1000;

/** A lost call whose effect cannot be found out; the cause of the error that the caller gets. */
export class UnknownOutcomeError extends AepBatchError {
  override readonly name = 'UnknownOutcomeError';
}

/** The batch that a lost call created, or the news that there is none. */
export async function recoverCreate(
  datasetId: string,
  find: () => Promise<Batch | undefined>,
  pause: (ms: number) => Promise<void>,
): Promise<Recovery> {
  for (let look = 1; look <= LOOKS; look++) {
    const batch = await find();
    if (batch !== undefined) return { status: 201, body: assertAdoptable(batch, datasetId) };
    if (look < LOOKS) await pause(BETWEEN_LOOKS_MS);
  }
  return 'send again';
}

/**
 * The batch, if it can only be the one that the lost call created.
 * @throws {UnknownOutcomeError} when it is another one, or has gone on already.
 */
export function assertAdoptable(batch: Batch, datasetId: string): CreatedBatch {
  const { id, externalId, status } = batch;
  const related = Array.isArray(batch.relatedObjects) ? batch.relatedObjects : [];
  const datasets = related.filter((object) => object?.type === 'dataSet');
  const sameDataset = datasets.some((dataset) => dataset.id === datasetId);
  // What the Catalog tells of a batch that is loading is what create would have answered.
  if (sameDataset && status === 'loading' && id !== '') return batch as CreatedBatch;
  const whose =
    datasets[0] === undefined ? 'names no dataset' : `belongs to dataset ${datasets[0].id}`;
  const why = sameDataset ? `is ${status} already` : whose;
  throw new UnknownOutcomeError(
    `batch ${id} with the externalId ${externalId} ${why}: not assertAdoptable.`,
  );
}

/**
 * A part whose response was lost: done when all of it has arrived, else the rest is sent. Where HEAD
 * shows no ranges, either nothing has arrived, or this platform shows none: the part is sent again with
 * the same bytes, and only COMPLETE can find that it came twice.
 */
export async function recoverPart(
  part: ByteRange,
  received: () => Promise<ByteRange[] | undefined>,
  send: (missing: ByteRange) => Promise<void>,
): Promise<Recovery> {
  const ranges = await received();
  if (ranges === undefined) return 'send again';
  const missing = missingRanges(part, ranges);
  if (missing.length === 1 && missing[0]?.start === part.start && missing[0].end === part.end) {
    return 'send again';
  }
  for (const range of missing) await send(range);
  return { status: 200 };
}

/** A file that was to be announced: done when the platform knows it. */
export async function recoverInitialize(received: () => Promise<unknown>): Promise<Recovery> {
  return (await exists(received)) ? { status: 201 } : 'send again';
}

/** A file that was to be completed: one that is not there any more may be complete or lost. */
export async function recoverCompleteFile(received: () => Promise<unknown>): Promise<Recovery> {
  if (await exists(received)) return 'send again';
  throw new UnknownOutcomeError('the file is not open any more: it may be complete, or gone.');
}

async function exists(received: () => Promise<unknown>): Promise<boolean> {
  try {
    await received();
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}

/** An action on a batch: done when the batch stands as the action leaves it. */
export async function recoverAction(isDone: () => Promise<boolean>): Promise<Recovery> {
  return (await isDone()) ? { status: 200 } : 'send again';
}
