/** The ingests that broke off on this machine, from their journals. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { omitUndefined } from '../shared/options.js';
import { type RunRecord, readRuns } from './run-history.js';
import { findRunsFolder, findStateFolder, JOURNAL_NAME } from './state-dir.js';

/** An ingest that can be resumed, or that a process is running. */
export interface OpenIngest {
  journal: string;
  /** When its last step was recorded, as an ISO time. */
  changedAt: string;
  origin: string;
  orgId: string;
  sandbox: string;
  datasetId: string;
  /** Missing where no batch was created, or a crash came first. */
  batchId?: string;
  /** Of a load of several batches: how many they are, and how many of them are loaded. */
  batches?: number;
  loadedBatches?: number;
  /** How many files are known, and how many of them are in the batch. */
  files: number;
  uploadedFiles: number;
  /** Whether the batch was completed, so that only its outcome is missing. */
  completed: boolean;
  /** Whether a process is using it. */
  running: boolean;
}

/** The open ingests of the state folder and of the journals that earlier runs named; newest first. */
export async function listOpenIngests(runs?: readonly RunRecord[]): Promise<OpenIngest[]> {
  const open: OpenIngest[] = [];
  for (const path of await listKnownJournals(runs ?? (await readHistory()))) {
    const found = await readOpenIngest(path).catch(() => undefined);
    if (found !== undefined) open.push(found);
  }
  return open.sort((one, two) => (one.changedAt < two.changedAt ? 1 : -1));
}

/** The records of earlier runs, newest first. */
export async function readHistory(): Promise<RunRecord[]> {
  const folder = findRunsFolder();
  return folder === undefined ? [] : readRuns(folder);
}

/** The journals of the state folder, and those that runs named. Some are gone. */
export async function listKnownJournals(runs: readonly RunRecord[]): Promise<string[]> {
  const folder = findStateFolder();
  const own = folder === undefined ? [] : await listJournals(folder);
  return [...new Set([...own, ...runs.map(({ journal }) => resolve(journal))])];
}

async function listJournals(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => JOURNAL_NAME.test(name)).map((name) => join(folder, name));
}

/** What a journal records; `undefined` where nothing can be resumed from it. */
async function readOpenIngest(path: string): Promise<OpenIngest | undefined> {
  const { isLoadJournal } = await import('../load/inspect-load.js');
  if (await isLoadJournal(path)) return readOpenLoad(path);
  const { inspectJournal } = await import('../ingest/read-journal.js');
  const { INGEST_JOURNAL } = await import('../ingest/journal-entries.js');
  const { IngestState } = await import('../ingest/state.js');
  const { mtime } = await stat(path);
  const state = new IngestState();
  const running = await inspectJournal(path, INGEST_JOURNAL, (entry) => state.apply(entry));
  // The platform may go on with a stalled batch later: a resume waits for it again.
  const hasEnded = state.hasEnded && state.outcome !== 'stalled';
  if (!state.hasPlan || hasEnded) return undefined;
  // The rest of a stream is gone with the process that read it.
  if (!running && !state.sourcesKnown) return undefined;
  const { origin, orgId, sandbox, request } = state.plan;
  return {
    journal: path,
    changedAt: mtime.toISOString(),
    origin,
    orgId,
    sandbox,
    datasetId: request.datasetId,
    ...omitUndefined({ batchId: state.batchId }),
    files: state.files.length,
    uploadedFiles: state.uploaded.size,
    completed: state.batchCompleted,
    running,
  };
}

async function readOpenLoad(path: string): Promise<OpenIngest | undefined> {
  const { inspectLoad } = await import('../load/inspect-load.js');
  const { isSettled } = await import('../load/state.js');
  const { mtime } = await stat(path);
  const { state, isRunning, uploadedFiles, batchId } = await inspectLoad(path);
  if (!state.isPlanned || state.isSettled) return undefined;
  const { origin, orgId, sandbox, datasetId } = state.plan;
  const loaded = state.batches.filter(isSettled);
  return {
    journal: path,
    changedAt: mtime.toISOString(),
    origin,
    orgId,
    sandbox,
    datasetId,
    ...omitUndefined({ batchId }),
    batches: state.batches.length,
    loadedBatches: loaded.length,
    files: state.fileCount,
    uploadedFiles,
    completed: false,
    running: isRunning,
  };
}
