/** What the Catalog has of a content: which batch has it, or which number a new one gets. */
import { readOwner } from '../resources/owner-tag.js';
import { ENDS, type End } from '../resources/statuses.js';
import type { Batch } from '../resources/types.js';
import { AepBatchError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import { type Content, toExternalId } from './content.js';
import type { IngestContext } from './context.js';
import { AlreadyLoadingError, CatalogDelayError } from './errors.js';
import { pollCatalog } from './find-batch.js';

/** Another batch was created before the ingest's own, which is not to be completed. */
export class AnotherIsFirst extends Error {
  override readonly name = 'AnotherIsFirst';
}

/** The outcome of an ingest whose files another batch has. */
export type OtherOutcome = 'skipped' | 'stalled' | 'timed-out';

/**
 * Ends an ingest whose files another batch has. It becomes the receipt, and never leaves `ingest()` and `resume()`.
 */
export class AlreadyLoaded extends Error {
  override readonly name = 'AlreadyLoaded';
  readonly batch: Batch;
  readonly outcome: OtherOutcome;

  constructor(batch: Batch, outcome: OtherOutcome) {
    super(`batch ${batch.id} has these files`);
    this.batch = batch;
    this.outcome = outcome;
  }
}

/** The ends of a batch whose files may be loaded again: none of its rows is there. */
const NOT_LOADED = new Set<End | undefined>(['failed', 'aborted', 'abandoned', 'deleted']);
/** An `inactive` batch was loaded: its rows may be in the batch that took it over. */
const LOADED = new Set<End | undefined>(['loaded', 'inactive']);

const isDead = ({ status }: Batch): boolean => NOT_LOADED.has(ENDS.get(status));
const isLoaded = ({ status }: Batch): boolean => LOADED.has(ENDS.get(status));
const isLoading = ({ status }: Batch): boolean => status === 'loading';
/** A status that is not known counts as one of them: it proves nothing. */
const isInProgress = (batch: Batch): boolean =>
  !isDead(batch) && !isLoaded(batch) && !isLoading(batch);

/** Entries that were not asked for, above which the Catalog is known to ignore the filter. */
const MAX_OTHERS = 1000;
/** How often the Catalog is asked for the ingest's own batch before it is completed, a second apart. */
const OWN_LOOKUPS = 60;

/** All batches with a number of the content that the Catalog lists now. */
export async function listNumber(
  { client, callOptions }: IngestContext,
  content: Pick<Content, 'id' | 'number'>,
): Promise<Batch[]> {
  const externalId = toExternalId(content);
  const found: Batch[] = [];
  let others = 0;
  for await (const batch of client.batches.list({ externalId }, callOptions)) {
    if (batch.externalId === externalId) found.push(batch);
    else if (++others > MAX_OTHERS) throw filterIgnored(externalId);
  }
  return found;
}

const filterIgnored = (externalId: string): AepBatchError =>
  new AepBatchError(
    `It is not known whether these files are loaded: the Catalog was asked for batches with the externalId ${externalId}, and lists other ones. Ingest them without --skip-loaded (in code, skipLoaded).`,
  );

/** A batch that this ingest has created before, or what a new one gets. */
export type Claim =
  | { readonly batchId: string; readonly next?: undefined }
  | { readonly batchId?: undefined; readonly next: Pick<Content, 'number' | 'from'> };

/**
 * Looks for the content, number by number, up to the first that no batch has.
 * @param force whether to pass over batches that are loaded or being processed.
 * @throws {AlreadyLoaded} if a batch has it; one that is being processed is waited for.
 * @throws {AlreadyLoadingError} if another ingest is uploading it.
 */
export async function findClaim(
  context: IngestContext,
  content: Content,
  force: boolean,
): Promise<Claim> {
  const owner = readOwner(context.state.plan.request);
  let { from } = content;
  for (let number = from; ; number++) {
    const batches = await listNumber(context, { id: content.id, number });
    if (batches.length === 0 && number >= content.number) return { next: { number, from } };
    const isOwnOpen = (batch: Batch) => readOwner(batch) === owner && isLoading(batch);
    const own = batches.find(isOwnOpen);
    // The Catalog may be late to show that it was aborted; the next batch has another number.
    if (own !== undefined && number === content.number) return { batchId: own.id };
    const others = batches.filter((batch) => !isOwnOpen(batch));
    if (!force) await assertNoneLoaded(context, others);
    else if (others.some((batch) => isLoaded(batch) || isInProgress(batch))) from = number + 1;
    const loading = others.find(isLoading);
    if (loading !== undefined) throw new AlreadyLoadingError(loading);
  }
}

async function assertNoneLoaded(context: IngestContext, batches: readonly Batch[]): Promise<void> {
  const loaded = batches.find(isLoaded);
  if (loaded !== undefined) throw new AlreadyLoaded(loaded, 'skipped');
  for (const batch of batches.filter(isInProgress)) await waitForOther(context, batch);
}

/**
 * Waits for the end of another ingest's batch. Returns if none of its rows was loaded.
 * @throws {AlreadyLoaded} if it was loaded, or has not ended in time.
 */
async function waitForOther(context: IngestContext, { id, status }: Batch): Promise<void> {
  const { client, callOptions, options, progress } = context;
  const { onWarning, pollIntervalMs, waitTimeoutMs } = options;
  progress.phase('wait');
  const message = `Batch ${id} has the same files and is ${status}: it is waited for, and the files are sent only if it fails.`;
  notify(onWarning, { level: 'note', message });
  const { batch, outcome } = await client.batches.wait(id, {
    ...callOptions,
    ...omitUndefined({ pollIntervalMs, waitTimeoutMs }),
    onStatus: (seen) => progress.status(seen),
    onWarning: (warning) => notify(onWarning, { level: 'warning', message: warning.message }),
  });
  if (outcome === 'stalled' || outcome === 'timed-out') throw new AlreadyLoaded(batch, outcome);
  if (!isDead(batch)) throw new AlreadyLoaded(batch, 'skipped');
  progress.phase('create');
}

/**
 * Whether the ingest's own batch is to be completed, of all that have the content. The Catalog is asked until it
 * lists the own one: it then lists those that were created before, too, so of two batches at least one sees the other.
 * @throws {CatalogDelayError} if the Catalog does not list the own batch in time.
 */
export async function isFirst(context: IngestContext, content: Content): Promise<boolean> {
  const { batchId } = context;
  let isListed = false;
  const lookUp = async () => {
    const batches = await listNumber(context, content);
    const own = batches.find(({ id }) => id === batchId);
    if (own === undefined) return undefined;
    isListed = true;
    // Only now: before the own batch was listed, an earlier one of another number may have been missing.
    const others = await listOtherNumbers(context, content, batches);
    return isFirstListed(context, own, [...batches, ...others]);
  };
  const result = await pollCatalog(context, lookUp, OWN_LOOKUPS);
  if (!isListed) throw new CatalogDelayError(batchId);
  return result ?? false;
}

/** @returns `undefined` as long as it depends on how another batch ends. */
async function isFirstListed(
  context: IngestContext,
  own: Batch,
  batches: readonly Batch[],
): Promise<boolean | undefined> {
  const owner = readOwner(context.state.plan.request);
  const isLost = (batch: Batch) => batch !== own && isLoading(batch) && readOwner(batch) === owner;
  for (const { id } of batches.filter(isLost)) await abortLost(context, id);
  const others = batches.filter((batch) => batch !== own && !isLost(batch) && !isDead(batch));
  if (others.some((batch) => !isLoading(batch) || isBefore(batch, own))) return false;
  // It gives way where it sees this one. It may have looked before this one was there, and then it is completed.
  return others.some((batch) => isSameTime(batch, own)) ? undefined : true;
}

/**
 * Aborts a batch of this ingest that has nothing in it: the response to its creation was lost, and the Catalog was too
 * late to show it. Otherwise it would keep other ingests from these files.
 */
async function abortLost({ client, callOptions, options }: IngestContext, id: string) {
  try {
    await client.batches.abort(id, callOptions);
  } catch (error) {
    callOptions.signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const message = `Batch ${id} was created by this ingest, and cannot be aborted: ${why} Abort it: \`aep-batch abort ${id}\`.`;
    notify(options.onWarning, { level: 'warning', message });
  }
}

/** All batches of the content with another number, up to the number that no batch but the own one has. */
async function listOtherNumbers(
  context: IngestContext,
  content: Content,
  withOwnNumber: readonly Batch[],
): Promise<Batch[]> {
  const all: Batch[] = [];
  for (let number = content.from; ; number++) {
    const isOwnNumber = number === content.number;
    const batches = isOwnNumber
      ? withOwnNumber
      : await listNumber(context, { id: content.id, number });
    if (!isOwnNumber) all.push(...batches);
    // The next number is taken only where a batch with this one was not loaded.
    const hasNext = batches.some(({ id }) => id !== context.batchId);
    if (number >= content.number && !hasNext) return all;
  }
}

/** Created earlier; at the same time, the one with the smaller id, so that all agree on one. */
const isBefore = (one: Batch, other: Batch): boolean =>
  isSameTime(one, other) ? one.id < other.id : createdAt(one) < createdAt(other);
const isSameTime = (one: Batch, other: Batch): boolean => createdAt(one) === createdAt(other);
const createdAt = ({ created = 0 }: Batch): number => created;
