/** Continues an ingest from its journal: replay → locate the batch → run. */
import { ApiError, NotFoundError } from '../http/errors.js';
import { COMPLETED_STATUSES } from '../resources/completed-statuses.js';
import { assertAdoptable } from '../resources/recovery.js';
import type { Batch } from '../resources/types.js';
import { checkLocalPath } from '../shared/checks.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { validateOptions } from '../shared/options.js';
import { detectCompressed } from '../sources/compressed.js';
import { isSource, type Source } from '../sources/source.js';
import { toSourceFile } from '../sources/source-file.js';
import { parseAddress } from '../sources/url/address.js';
import type { SourceFile } from '../upload/source.js';
import { hasContent } from './content-plan.js';
import {
  type ContextParts,
  type IngestClient,
  IngestContext,
  type IngestTarget,
  type RunOptions,
} from './context.js';
import { IngestError, JournalError } from './errors.js';
import { findOwnBatch, pollCatalog } from './find-batch.js';
import { Journal } from './journal.js';
import { type Entry, INGEST_JOURNAL } from './journal-entries.js';
import { withNotice } from './notice.js';
import { RESUME_OPTIONS } from './options.js';
import { Progress } from './progress.js';
import { abandonStream, restartWithNewBatch } from './restart.js';
import { runPipeline } from './run.js';
import { isStateUnknown } from './settle-batch.js';
import { assertSourcesUnchanged, assertUrlsUnchanged, openFile } from './sources.js';
import { IngestState } from './state.js';
import type { IngestProgress, Receipt } from './types.js';

/** The options of a resume; everything else is in the journal. */
export interface ResumeOptions extends RunOptions {
  /**
   * Takes the journal from a process that cannot be checked, as on another machine or in another
   * container. Default `false`. One that is known to be alive keeps it.
   */
  takeOver?: boolean;
  /**
   * The sources that are not files of this machine, as the ingest was given them: those that have still to be sent. They are
   * found by their paths, and have to have the same fingerprint and size. A URL is in the journal; pass one that was signed
   * anew, which is found by what comes before its query.
   */
  sources?: Source | string | readonly (Source | string)[];
  /** Called with every change. */
  onProgress?: (progress: IngestProgress) => void;
}

/**
 * Continues an ingest that broke off: in the same batch, without sending what the platform has, and
 * completed once. A batch that was aborted meanwhile is replaced by a new one; `onWarning` is called.
 * @throws {JournalError} if the journal cannot be used, {InvalidInputError} if it is of another
 * organisation, sandbox or origin, {SourceError} if a source changed; {IngestError} as `ingest()`.
 */
export async function resume(
  client: IngestClient,
  journalPath: string,
  resumeOptions?: ResumeOptions,
): Promise<Receipt> {
  const { sources = [], ...options } = validateOptions(RESUME_OPTIONS, resumeOptions);
  checkLocalPath('journal', journalPath);
  const given = await openSources(sources.filter(isSource), options.signal);
  const urls = sources.filter((source) => typeof source === 'string');
  return runJournal(client, journalPath, { ...options, given }, async (context) => {
    assertPlannedSources(context.state, given);
    await context.record(...toMoves(context.state, urls));
    return withNotice(context, () => continueIngest(context));
  });
}

/** The options of a resume, and what is known about its plan. */
export type JournalRunOptions = Omit<ResumeOptions, 'sources'> &
  Pick<ContextParts, 'isPlannedBefore' | 'given' | 'onLeft'>;

/**
 * Runs an ingest from its journal, which is locked meanwhile.
 * @param work what is done with it, such as `continueIngest()`.
 */
export async function runJournal(
  client: IngestClient,
  journalPath: string,
  { isPlannedBefore = false, given = [], onLeft, ...options }: JournalRunOptions,
  work: (context: IngestContext) => Promise<Receipt>,
): Promise<Receipt> {
  const state = new IngestState();
  const journal = await Journal.open(journalPath, {
    format: INGEST_JOURNAL,
    takeOver: options.takeOver,
    apply: (entry) => state.apply(entry),
  });
  try {
    state.assertPlanned(journalPath);
    assertSameTarget(state.plan, client, journalPath);
    const progress = new Progress(options.onProgress);
    const parts = { client, options, progress, state, journal, given, isPlannedBefore, onLeft };
    return await work(new IngestContext(parts));
  } finally {
    await journal.close();
  }
}

/** @throws {InvalidInputError} if a journal is of another target than the client's. */
export function assertSameTarget(plan: IngestTarget, client: IngestTarget, journal: string): void {
  for (const field of ['origin', 'orgId', 'sandbox'] as const) {
    if (plan[field] === client[field]) continue;
    const message = `The journal ${journal} is of ${field} ${plan[field]}, and this client of ${client[field]}. Resume it with the former, or run the ingest again.`;
    throw new InvalidInputError(field, message);
  }
}

/** The sources that a resume is given, as files. */
export async function openSources(
  sources: readonly Source[] = [],
  signal: AbortSignal = new AbortController().signal,
): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const [at, source] of sources.entries()) {
    const file = await toSourceFile(`sources[${at}]`, source);
    files.push(await detectCompressed(file, signal));
  }
  return files;
}

/**
 * The URLs that were signed anew, as steps of the journal.
 * @param mayBeOfOthers whether URLs may be those of other batches of a load.
 * @throws {InvalidInputError} for a URL that the ingest does not have, whatever its query.
 */
export function toMoves(
  state: IngestState,
  urls: readonly string[],
  mayBeOfOthers = false,
): Entry[] {
  if (urls.length === 0) return [];
  const planned = new Map<string, { path: string; url: string }[]>();
  for (const { entry } of state.originals()) {
    const { path, source } = entry;
    if (source?.url === undefined) continue;
    const { identity } = parseAddress('journal', source.url);
    planned.set(identity, [...(planned.get(identity) ?? []), { path, url: source.url }]);
  }
  return urls.flatMap((text) => {
    const { identity, href } = parseAddress('sources', text);
    const files = planned.get(identity);
    if (files === undefined && mayBeOfOthers) return [];
    if (files === undefined) {
      const message = `Invalid sources: the ingest of the journal has no URL ${identity}.`;
      throw new InvalidInputError('sources', message);
    }
    const moved = files.filter(({ url }) => url !== href);
    return moved.map(({ path }) => ({ type: 'moved', path, url: href }) as const);
  });
}

/** @throws {InvalidInputError} for a source that the ingest does not have. */
function assertPlannedSources(state: IngestState, given: readonly SourceFile[]): void {
  if (given.length === 0) return;
  const originals = [...state.originals()].map(({ entry }) => entry);
  const planned = new Set(originals.flatMap(({ path, source }) => (source ? [path] : [])));
  for (const [at, { path }] of given.entries()) {
    if (planned.has(path)) continue;
    const message = `Invalid sources[${at}]: the ingest of the journal has no source ${path}.`;
    throw new InvalidInputError('sources', message);
  }
}

/** Goes on where an ingest broke off. */
export async function continueIngest(context: IngestContext): Promise<Receipt> {
  const { state, progress } = context;
  if (!state.sourcesKnown) {
    await abandonStream(context, 'the stream had not ended, so it cannot be read on');
  }
  await locateBatch(context);
  if (!state.batchCompleted) await assertUnchanged(context);
  progress.resume(state);
  const pending = state.files.filter(({ path }) => !state.uploaded.has(path));
  const { given } = context;
  return runPipeline(
    context,
    pending.map((entry) => openFile(state, entry, given)),
  );
}

/** Which batch it is, and how far the platform says it has come. */
export async function locateBatch(context: IngestContext): Promise<void> {
  const { state } = context;
  const { batchId } = state;
  if (state.batchAborted) {
    await restartWithNewBatch(context, 'its batch was aborted');
    return;
  }
  if (state.batchCompleted) return;
  if (batchId === undefined) {
    // With a content, the batch is looked for among all that have it.
    if (!hasContent(state.plan)) await adoptOrCreateBatch(context);
    return;
  }
  const { status } = await getBatch(context, batchId);
  if (status === 'aborted' || status === 'abandoned') {
    await restartWithNewBatch(context, `batch ${batchId} is ${status}`);
    return;
  }
  // A status that is not known proves nothing, and COMPLETE may be sent twice.
  if (!COMPLETED_STATUSES.includes(status)) return;
  assertCompletedByUs(context, status);
  await context.record({ type: 'completed', batchId });
}

/** COMPLETE is only sent once all files are recorded as uploaded. */
function assertCompletedByUs({ state, journal }: IngestContext, status: string): void {
  try {
    state.assertAllUploaded();
  } catch (cause) {
    const { length } = state.files.filter(({ path }) => !state.uploaded.has(path));
    const message = `Batch ${state.batchId} is ${status}, although ${length} of its ${state.files.length} files are not recorded as uploaded: another program completed it, or the journal is damaged. Compare the batch's rows with the files before anything is loaded again.`;
    throw new JournalError(journal?.path ?? '', message, cause);
  }
}

/** The batch that was created before the crash, if the journal does not have its id; else a new one. */
export async function adoptOrCreateBatch(context: IngestContext): Promise<void> {
  const { client, state } = context;
  const { request } = state.plan;
  const findAdoptable = async () => {
    const found = await findOwnBatch(context);
    return found && assertAdoptable(found, request).id;
  };
  let batchId = await findAdoptable();
  if (batchId === undefined) {
    await assertUnchanged(context); // before there is a batch to be kept
    await context.beforeCreate?.();
  }
  try {
    if (batchId === undefined) await context.admitBatch();
    batchId ??= (await client.batches.create(request, context.callOptions)).id;
  } catch (error) {
    // A duplicate, perhaps: the batch exists, and the Catalog was late.
    const isRejected = error instanceof ApiError && [400, 409, 422].includes(error.status);
    batchId = isRejected ? await pollCatalog(context, findAdoptable) : undefined;
    if (batchId === undefined) throw creationFailed(context, error);
  }
  await context.record({ type: 'created', batchId });
}

const creationFailed = ({ journal }: IngestContext, error: unknown): IngestError =>
  new IngestError(error, {
    batchId: undefined,
    journal: journal?.path,
    batch: isStateUnknown(error) ? 'unknown' : 'none',
  });

/** A batch that was created before the crash. */
export async function getBatch(context: IngestContext, batchId: string): Promise<Batch> {
  const { client, journal, callOptions } = context;
  const failure = (error: unknown, batch: IngestError['batch']) =>
    new IngestError(error, { batchId, journal: journal?.path, batch });
  let missing: unknown;
  const batch = await pollCatalog(context, () =>
    client.batches.get(batchId, callOptions).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw failure(error, 'kept');
      missing = error;
      return undefined;
    }),
  );
  if (batch === undefined) throw failure(missing, 'unknown');
  return batch;
}

/** @throws {SourceError} that says what to do if a source is not as it was planned. */
export async function assertUnchanged(context: IngestContext): Promise<void> {
  const { state, given, signal } = context;
  try {
    await assertSourcesUnchanged(state, given, signal);
    await assertUrlsUnchanged(state, signal);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    error.message += ` ${suggestRestore(context)}`;
    throw error;
  }
}

function suggestRestore({ state, journal }: IngestContext): string {
  // Of a queue.
  if (journal?.path === undefined)
    return 'Restore it and try again, or cancel the load and enqueue its files as they are now.';
  const { batchId } = state;
  const kept = batchId === undefined ? '' : `, and abort batch ${batchId}, which is kept`;
  return `Restore it and resume again, or run the ingest again${kept}.`;
}
