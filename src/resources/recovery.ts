/**
 * What to ask the platform when the response to a call was lost: one row for every operation that may
 * not simply be sent again. GET, HEAD, PUT and the completion of a batch may.
 *
 * | operation | asks for | then |
 * | --- | --- | --- |
 * | create batch | the batch with this externalId and owner, in the Catalog | adopts it, or creates it again |
 * | upload a part | the ranges that have arrived | sends what is missing; all of it where none are shown |
 * | INITIALIZE | whether the file is there | done, or once more |
 * | COMPLETE of a file | whether it is still open | once more, or says that it cannot know |
 * | ABORT, FAIL, REVERT | the state of the batch | done, or once more |
 */
import { AbortError, NotFoundError } from '../http/errors.js';
import type { Recovery } from '../http/retry.js';
import type { TypedClient } from '../typed-client/client.js';
import type { AnyResult } from '../typed-client/types.js';
import { UnknownOutcomeError } from './errors.js';
import { readOwner } from './owner-tag.js';
import { missingRanges } from './ranges.js';
import type { Batch, ByteRange, CreateBatchRequest, CreatedBatch } from './types.js';

/**
 * The batch, if it can only be the one that the lost call created.
 * @throws {UnknownOutcomeError} when it is another one, or is past `loading`.
 */
export function assertAdoptable(batch: Batch, request: CreateBatchRequest): CreatedBatch {
  const why = explainOther(batch, request);
  // For a batch that is loading, the Catalog has what the response to its creation had.
  if (why === undefined) return batch as CreatedBatch;
  const { id, externalId } = batch;
  throw new UnknownOutcomeError(
    `batch ${id} with the externalId ${externalId} ${why}, so it is not the batch of this call.`,
  );
}

/** Why a batch cannot be the one that a lost call created; `undefined` if it can. */
function explainOther(batch: Batch, request: CreateBatchRequest): string | undefined {
  const { id, status } = batch;
  if (id === '') return 'is listed without an id';
  const related = Array.isArray(batch.relatedObjects) ? batch.relatedObjects : [];
  const datasets = related.filter((object) => object?.type === 'dataSet');
  if (datasets[0] === undefined) return 'names no dataset';
  const isSameDataset = datasets.some((dataset) => dataset.id === request.datasetId);
  if (!isSameDataset) return `belongs to dataset ${datasets[0].id}`;
  if (readOwner(batch) !== readOwner(request)) return 'was created by another ingest';
  return status === 'loading' ? undefined : `is ${status} already`;
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
  const [first] = missing;
  if (first?.start === part.start && first.end === part.end) return 'send again';
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

/** An action on a batch: done when the batch has a status that the action leads to. */
export async function recoverAction(isDone: () => Promise<boolean>): Promise<Recovery> {
  return (await isDone()) ? { status: 200 } : 'send again';
}

/** What the platform says after an error response; if it cannot be asked, that response counts. */
export async function recheck<T>(
  client: TypedClient,
  failed: AnyResult,
  lookUp: () => Promise<T>,
): Promise<T> {
  try {
    return await lookUp();
  } catch (cause) {
    if (cause instanceof AbortError) throw cause;
    const error = client.toApiError(failed);
    error.cause = cause;
    throw error;
  }
}
