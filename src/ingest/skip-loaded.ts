/**
 * `skipLoaded`: files that a batch has already are not loaded again. The Catalog decides, by an externalId that
 * follows from the content, so that it works from any machine. How two ingests at the same time load once:
 *
 * 1. Where the platform rejects a second batch with one externalId, the second ingest finds the first.
 * 2. Elsewhere both have a batch. Each looks the externalId up before COMPLETE, and the batch that was created
 *    later is aborted.
 */
import { ApiError } from '../http/errors.js';
import { notify } from '../shared/notify.js';
import { type ContentPlan, hasContent, recordNumber } from './content-plan.js';
import type { IngestContext } from './context.js';
import { pollCatalog } from './find-batch.js';
import { AnotherIsFirst, findClaim, isFirst, listNumber } from './find-loaded.js';
import { assertAborted } from './restart.js';

/**
 * Creates the batch of a plan with a content, unless the Catalog has the content.
 * @throws {AlreadyLoaded | AlreadyLoadingError} if it has.
 */
export async function createOnce(
  context: IngestContext,
  create: () => Promise<string>,
): Promise<void> {
  const { state } = context;
  for (let isFirstLook = true; ; isFirstLook = false) {
    const { content } = state.plan as ContentPlan;
    const { batchId, next } = await findClaim(
      context,
      content,
      isFirstLook && content.force === true,
    );
    if (next !== undefined && next.number !== content.number) await recordNumber(context, next);
    const created = batchId ?? (await createUnlessTaken(context, create));
    if (created === undefined) continue;
    await context.record({ type: 'created', batchId: created });
    return;
  }
}

/** @returns `undefined` if the platform rejects the externalId, and the Catalog shows that a batch has it. */
async function createUnlessTaken(
  context: IngestContext,
  create: () => Promise<string>,
): Promise<string | undefined> {
  try {
    return await create();
  } catch (error) {
    const isRejected = error instanceof ApiError && [400, 409, 422].includes(error.status);
    if (!isRejected) throw error;
    const { content } = context.state.plan as ContentPlan;
    const isTaken = await pollCatalog(context, async () => {
      const batches = await listNumber(context, content);
      return batches.length > 0 || undefined;
    });
    if (isTaken !== true) throw error;
    return undefined;
  }
}

/** @throws {AnotherIsFirst} if another batch has the files, or is to have them. */
export async function assertFirst(context: IngestContext): Promise<void> {
  const { plan } = context.state;
  if (hasContent(plan) && !(await isFirst(context, plan.content))) throw new AnotherIsFirst();
}

/** Aborts the batch, since another one has its files or is to have them. The pipeline then decides by that one. */
export async function giveWay(context: IngestContext): Promise<void> {
  const { batchId, options } = context;
  await assertAborted(context);
  const { content } = context.state.plan as ContentPlan;
  await recordNumber(context, { number: content.number + 1, from: content.from });
  const message = `Batch ${batchId} is aborted, since another ingest loads the same files.`;
  notify(options.onWarning, { level: 'warning', message });
}
