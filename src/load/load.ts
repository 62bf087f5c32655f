/**
 * `client.load()`. This folder takes more files than a batch may hold to the platform: it divides them into
 * batches, writes the plan of each into a journal, and runs them as ingests. It imports ingest and what ingest
 * imports.
 */
import { randomUUID } from 'node:crypto';
import { assertLastBatchSucceeded } from '../ingest/after-success.js';
import { toExternalId } from '../ingest/content.js';
import type { IngestClient, RunOptions } from '../ingest/context.js';
import { checkInputs, type Input } from '../ingest/input.js';
import {
  type FindOptions,
  FoundFiles,
  findFiles,
  type IngestPlan,
  planIngest,
  toPlanEntries,
} from '../ingest/plan.js';
import { writePlan } from '../ingest/planned.js';
import { assertSameTarget, openSources } from '../ingest/resume.js';
import { openRowCheck } from '../ingest/row-check.js';
import type { Walked } from '../ingest/walk.js';
import { countOriginals, listOriginals } from '../packing/originals.js';
import { OWNER_TAG } from '../resources/owner-tag.js';
import { checkLocalPath } from '../shared/checks.js';
import { omit, omitUndefined, validateOptions } from '../shared/options.js';
import { isSource } from '../sources/source.js';
import { createPacer } from '../upload/pace.js';
import type { SourceFile } from '../upload/source.js';
import { toBatchContent } from './batch-content.js';
import { createBatchFolder, toBatchJournal } from './batch-journals.js';
import { LoadError } from './errors.js';
import { assertKnownUrls } from './known-urls.js';
import { type BatchEntry, LOAD_JOURNAL } from './load-entries.js';
import { LoadJournal } from './load-journal.js';
import { withLoadNotice } from './notice.js';
import {
  LOAD_RESUME_OPTIONS,
  type LoadResumeOptions,
  limitPackBytes,
  type ValidLoadOptions,
  validateLoadOptions,
} from './options.js';
import { type LoadLimits, type PlannedBatch, planLoad } from './plan-load.js';
import { LoadProgressReporter } from './progress.js';
import { type LoadContext, runBatches } from './run-batches.js';
import type { LoadOptions, LoadReceipt } from './types.js';

export { readLoadedFiles } from './receipt.js';

/** The files of a load, and the batches that they are divided into. */
export interface LoadPlan {
  readonly walked: Walked;
  readonly batches: readonly PlannedBatch<SourceFile>[];
}

/** Sources that were planned; whoever takes the plan has it alone, so that its memory is free once it is written. */
export class PlannedSources {
  #plan: LoadPlan | undefined;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  take(): LoadPlan {
    const plan = this.#plan;
    if (plan === undefined) throw new Error('the plan was taken before');
    this.#plan = undefined;
    return plan;
  }
}

/**
 * Finds files and divides them into batches. Sends nothing.
 * @throws {InvalidInputError | SourceError} for paths that cannot be used.
 */
export async function planSources(
  inputs: Input | readonly Input[],
  { maxBatchFiles, maxBatchBytes, ...options }: LoadLimits & FindOptions,
): Promise<LoadPlan> {
  const packing = limitPackBytes({ ...options, ...omitUndefined({ maxBatchBytes }) });
  const walked = await findFiles(checkInputs('source', inputs), { ...options, ...packing });
  const batches = planLoad(walked.files, omitUndefined({ maxBatchFiles, maxBatchBytes }));
  return { walked, batches };
}

/**
 * Loads files and folders as several batches, with one journal. What was loaded is not touched by a resume.
 * @param sources paths and sources, or what `planSources()` has found of them before.
 * @throws {PreflightError | InvalidInputError | SourceError | JournalError} before anything was sent.
 * @throws {LoadError} afterwards, for batches of which it is not known how they end.
 */
export async function load(
  client: IngestClient,
  sources: Input | readonly Input[] | PlannedSources,
  loadOptions: LoadOptions,
): Promise<LoadReceipt> {
  const startedMs = Date.now();
  const options = validateLoadOptions(loadOptions);
  const loadJournal = new LoadJournal();
  try {
    const plan = async () =>
      sources instanceof PlannedSources ? sources.take() : planSources(sources, options);
    const context = await preparePlan(client, plan, options, loadJournal);
    return await withLoadNotice(context, startedMs, () => runBatches(context));
  } catch (error) {
    // A journal would only keep the same load from being run again.
    if (error instanceof LoadError && error.journal === undefined) loadJournal.setUseless();
    throw error;
  } finally {
    await loadJournal.close();
  }
}

/** Checks the files and writes the plan. When it returns, no file is in memory any more. */
async function preparePlan(
  client: IngestClient,
  findPlan: () => Promise<LoadPlan>,
  options: ValidLoadOptions,
  loadJournal: LoadJournal,
): Promise<LoadContext> {
  const { batchConcurrency, onProgress, ...others } = options;
  const ingestOptions = omit(others, ['maxBatchFiles', 'maxBatchBytes', 'journal']);
  const progress = new LoadProgressReporter(onProgress);
  progress.checking();
  const { walked, batches: found } = await findPlan();
  const given = listOriginals(walked.files).filter(({ localPath }) => localPath === undefined);
  const files = new FoundFiles(walked, found.length > 1);
  const shared = await planIngest(files, ingestOptions, client, async (valid) => {
    await loadJournal.open(options);
    await assertLastBatchSucceeded(client.datasets, valid);
    return openRowCheck(client, valid);
  });
  const batches = planByContent(walked.files, shared, options) ?? found;
  await recordPlan(loadJournal, shared, batches, options);
  const { state, current: journal } = loadJournal;
  progress.planned(state);
  const runOptions = toRunOptions(options);
  const limited = withSharedLimits(client, runOptions);
  return {
    client: limited,
    state,
    journal,
    progress,
    options: runOptions,
    batchConcurrency,
    given,
    urls: [],
  };
}

const isStream = ({ stream }: SourceFile): boolean => stream !== undefined;

/** Where the contents were read, sizes that were not known before are: so the batches are what they are to be. */
function planByContent(
  files: readonly SourceFile[],
  { content }: IngestPlan,
  { maxBatchFiles, maxBatchBytes }: ValidLoadOptions,
): PlannedBatch<SourceFile>[] | undefined {
  if (content === undefined || !files.some(isStream)) return undefined;
  const sized = files.map((file) => {
    const { path, members } = file;
    const hashed = members === undefined ? content.hashed.get(path) : undefined;
    return { path, sizeBytes: hashed?.sizeBytes ?? file.sizeBytes, file };
  });
  return planLoad(sized, { maxBatchFiles, maxBatchBytes }).map(({ sizeBytes, files: own }) => ({
    sizeBytes,
    files: own.map(({ file }) => file),
  }));
}

/** The limits of a run hold for all batches together. */
const withSharedLimits = (client: IngestClient, options: RunOptions): IngestClient => ({
  ...client,
  pacer: client.pacer ?? createPacer(options, client.clock),
});

async function recordPlan(
  loadJournal: LoadJournal,
  shared: IngestPlan,
  batches: readonly PlannedBatch<SourceFile>[],
  { batchConcurrency, maxBatchBytes }: ValidLoadOptions,
): Promise<void> {
  const { request, target, options, skipped } = shared;
  const { externalId } = request;
  const contents = batches.map(({ files }) => toBatchContent(shared, files));
  const entries = batches.map(({ files, sizeBytes }, at): BatchEntry => {
    const content = contents[at];
    const id = content === undefined ? `${externalId}-${at + 1}` : toExternalId(content);
    const own = { number: at + 1, externalId: id };
    const counts = { fileCount: files.length, ...countOriginals(files) };
    const isEstimate = content === undefined && files.some(isStream);
    return { type: 'batch', ...own, ...counts, sizeBytes, ...(isEstimate ? { isEstimate } : {}) };
  });
  const { datasetId } = options;
  const head = { type: 'load', version: LOAD_JOURNAL.version, externalId, ...target } as const;
  const counts = { batches: batches.length, batchConcurrency, skipped };
  await loadJournal.record({ ...head, datasetId, ...counts }, ...entries);
  const { path } = loadJournal.current;
  await createBatchFolder(path);
  for (const [at, entry] of entries.entries()) {
    const tags = { ...request.tags, [OWNER_TAG]: [randomUUID()] };
    const ownRequest = { ...request, externalId: entry.externalId, tags };
    const own = { request: ownRequest, files: batches[at]?.files ?? [], content: contents[at] };
    const maxBytes = entry.isEstimate === true ? maxBatchBytes : undefined;
    const plan = { ...shared, ...own, skipped: 0, maxBytes };
    await writePlan(toBatchJournal(path, entry.number), toPlanEntries(plan));
  }
  await loadJournal.record({ type: 'planned' });
}

const toRunOptions = (options: RunOptions & { takeOver?: boolean }): LoadContext['options'] => {
  const { wait, pollIntervalMs, waitTimeoutMs, timeoutMs, takeOver } = options;
  const { maxBytesPerSecond, maxBytesPerHour, maxBatchesPerMinute } = options;
  const { maxPartRetries, onFailure, onWarning, signal, notify } = options;
  return omitUndefined({
    wait,
    pollIntervalMs,
    waitTimeoutMs,
    timeoutMs,
    takeOver,
    maxBytesPerSecond,
    maxBytesPerHour,
    maxBatchesPerMinute,
    maxPartRetries,
    onFailure,
    onWarning,
    signal,
    notify,
  });
};

/**
 * Continues a load that broke off: what is loaded is not touched, batches that broke off are resumed, those that
 * were not loaded are started again, and the others are begun.
 * @throws {JournalError} if a journal cannot be used, {InvalidInputError} if it is of another organisation, sandbox
 * or origin; {LoadError} as `load()`.
 */
export async function resumeLoad(
  client: IngestClient,
  journalPath: string,
  resumeOptions?: LoadResumeOptions,
): Promise<LoadReceipt> {
  const startedMs = Date.now();
  const { sources = [], ...options } = validateOptions(LOAD_RESUME_OPTIONS, resumeOptions);
  checkLocalPath('journal', journalPath);
  const given = await openSources(sources.filter(isSource), options.signal);
  const urls = sources.filter((source) => typeof source === 'string');
  const loadJournal = new LoadJournal();
  try {
    await loadJournal.reopen(journalPath, options.takeOver);
    const { state, current: journal } = loadJournal;
    assertSameTarget(state.plan, client, journalPath);
    await assertKnownUrls(journalPath, state, urls);
    const progress = new LoadProgressReporter(options.onProgress);
    progress.planned(state);
    const { batchConcurrency = state.plan.batchConcurrency } = options;
    const runOptions = toRunOptions(options);
    const limited = withSharedLimits(client, runOptions);
    const shared = { state, journal, progress, batchConcurrency, given, urls };
    const context = { client: limited, options: runOptions, ...shared };
    return await withLoadNotice(context, startedMs, () => runBatches(context));
  } finally {
    await loadJournal.close();
  }
}
