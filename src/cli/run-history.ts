/**
 * What this machine has loaded or left open: one small file for each run in the state folder. A file for
 * itself needs no lock, so any number of processes may write at the same time. It holds no secret.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedFile } from '../ingest/journal-sources.js';
import type { ProcessLock } from '../ingest/lock.js';
import { foreignAccess, openRegularFile } from '../shared/open-file.js';
import { omitUndefined } from '../shared/options.js';
import { replaceFile } from '../shared/replacement-file.js';
import { makeFolder } from './state-dir.js';

/** How many runs are kept; of more, the oldest are deleted. */
const MAX_RUNS = 100;
/** More than any record has. */
const MAX_RECORD_BYTES = 512 * 1024;
/** Of a batch of more files, or with longer names, none are kept: a part of them could name wrong lines. */
export const MAX_RECORDED_FILES = 1000;
const MAX_FILES_CHARACTERS = 128 * 1024;
/** How many batches of a load are kept. */
const MAX_BATCHES = 1000;
/** How many paths of a run are kept. */
const MAX_SOURCES = 10;
const RECORD_NAME = /^\d{8}T\d{9}Z-[0-9a-f]{8}\.json$/;

/** One batch of a load of several. */
export interface RecordedBatch {
  batchId: string;
  outcome: string;
  /** As those of a run; missing also where no row was rejected. */
  files?: RecordedFile[];
}

/** One run of `ingest` or `resume`. */
export interface RunRecord {
  command: 'ingest' | 'resume';
  /** ISO times. */
  startedAt: string;
  endedAt?: string;
  origin: string;
  orgId: string;
  sandbox: string;
  datasetId?: string;
  /** The paths as they were passed; `-` is standard input. */
  sources?: string[];
  journal: string;
  /** Of a load of several batches, the first one with its outcome. */
  batchId?: string;
  /** The batches of a load of several, and how they ended. */
  batches?: RecordedBatch[];
  /** Missing while the run goes on, and where it was killed; null where it failed. */
  outcome?: string | null;
  /** The name of the error that it failed with. */
  error?: string;
  /** What was loaded, so that the lines of rejected rows can be found. Missing where there is too much. */
  files?: RecordedFile[];
  /** The process of the run. */
  process?: ProcessLock;
}

type RunResult = Pick<
  RunRecord,
  'batchId' | 'batches' | 'outcome' | 'error' | 'datasetId' | 'files'
>;

/** The record of the run that goes on. History is a help: that it cannot be written fails no run. */
export class RunHistory {
  readonly #folder: string;
  readonly #name: string;
  #record: RunRecord;

  private constructor(folder: string, record: RunRecord) {
    this.#folder = folder;
    const time = record.startedAt.replace(/[-:.]/g, '');
    this.#name = `${time}-${randomUUID().slice(0, 8)}.json`;
    this.#record = record;
  }

  /** Records that a run has started, in a folder that is created if necessary. */
  static async start(
    folder: string,
    record: Omit<RunRecord, 'startedAt'>,
  ): Promise<RunHistory | undefined> {
    const sources = record.sources?.slice(0, MAX_SOURCES);
    const startedAt = new Date().toISOString();
    try {
      const { createLock } = await import('../ingest/lock.js');
      const process = await createLock();
      const full = { ...record, ...omitUndefined({ sources }), startedAt, process };
      const history = new RunHistory(folder, full);
      await makeFolder(folder);
      if (foreignAccess(folder, await stat(folder)) !== undefined) return undefined;
      await history.#write();
      await deleteOldest(folder);
      return history;
    } catch {
      return undefined;
    }
  }

  /** Records how the run ended. */
  async end({ files, ...result }: RunResult): Promise<void> {
    const endedAt = new Date().toISOString();
    const kept = files !== undefined && isSmall(files) ? { files } : {};
    const batches = result.batches && limitBatches(result.batches);
    this.#record = { ...this.#record, ...omitUndefined({ ...result, batches }), ...kept, endedAt };
    await this.#write().catch(() => undefined);
  }

  /** Deletes the record of a run that has sent nothing. */
  async discard(): Promise<void> {
    await rm(join(this.#folder, this.#name), { force: true }).catch(() => undefined);
  }

  #write(): Promise<void> {
    return replaceFile(join(this.#folder, this.#name), `${JSON.stringify(this.#record)}\n`);
  }
}

const isSmall = (files: readonly RecordedFile[]): boolean =>
  files.length > 0 &&
  files.length <= MAX_RECORDED_FILES &&
  JSON.stringify(files).length <= MAX_FILES_CHARACTERS;

/** As many as are kept; without their files if those are too many. */
function limitBatches(batches: readonly RecordedBatch[]): RecordedBatch[] {
  const kept = batches.slice(0, MAX_BATCHES);
  if (isSmall(kept.flatMap(({ files = [] }) => files))) return kept;
  return kept.map(({ files: _, ...batch }) => batch);
}

/** Another process may delete the same ones. */
async function deleteOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => RECORD_NAME.test(name)).sort();
  for (const name of names.slice(0, -MAX_RUNS)) await rm(join(folder, name), { force: true });
}

/** All records, newest first. One that cannot be read is left out. */
export async function readRuns(folder: string): Promise<RunRecord[]> {
  const names = await readdir(folder).catch(() => []);
  const records: RunRecord[] = [];
  for (const name of names
    .filter((one) => RECORD_NAME.test(one))
    .sort()
    .reverse()) {
    const record = await readRecord(join(folder, name)).catch(() => undefined);
    if (record !== undefined) records.push(record);
  }
  return records;
}

async function readRecord(path: string): Promise<RunRecord | undefined> {
  const { handle, stats } = await openRegularFile(path);
  await handle.close();
  if (stats.size > MAX_RECORD_BYTES || foreignAccess(path, stats) !== undefined) return undefined;
  const value: unknown = JSON.parse(await readFile(path, 'utf8'));
  return isRecord(value) ? value : undefined;
}

/** Whether the process of a run that has not ended is still there. */
export async function isRunning({ endedAt, process }: RunRecord): Promise<boolean> {
  if (endedAt !== undefined || process === undefined) return false;
  const { checkLiveness } = await import('../ingest/lock.js');
  return (await checkLiveness(process)) === 'alive';
}

const REQUIRED = ['command', 'startedAt', 'origin', 'orgId', 'sandbox', 'journal'] as const;

function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Partial<Record<string, unknown>> = { ...value };
  const { sources, outcome, files } = fields;
  const isText = (name: string) => typeof fields[name] === 'string';
  const isOptionalText = (name: string) => fields[name] === undefined || isText(name);
  return (
    REQUIRED.every(isText) &&
    ['endedAt', 'datasetId', 'batchId', 'error'].every(isOptionalText) &&
    (outcome === null || isOptionalText('outcome')) &&
    (fields['batches'] === undefined || isListOfBatches(fields['batches'])) &&
    areFiles(files) &&
    (fields['process'] === undefined || isLock(fields['process'])) &&
    (sources === undefined ||
      (Array.isArray(sources) && sources.every((one) => typeof one === 'string')))
  );
}

const isListOfBatches = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((one: unknown) => {
    const { batchId, outcome, files }: Partial<Record<string, unknown>> = { ...Object(one) };
    return typeof batchId === 'string' && typeof outcome === 'string' && areFiles(files);
  });

const areFiles = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every(isRecordedFile));

const FINGERPRINT_TEXTS = ['mtimeNs', 'ctimeNs', 'inode'];

function isRecordedFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { path, localPath, identity }: Partial<Record<string, unknown>> = { ...value };
  if (typeof path !== 'string') return false;
  if (localPath === undefined && identity === undefined) return true;
  if (typeof identity !== 'object' || identity === null) return false;
  const fields: Partial<Record<string, unknown>> = { ...identity };
  const hasTexts = FINGERPRINT_TEXTS.every((name) => typeof fields[name] === 'string');
  return typeof localPath === 'string' && hasTexts && Number.isSafeInteger(fields['sizeBytes']);
}

const LOCK_TEXTS = ['id', 'host', 'machineId', 'bootId', 'pidNamespace', 'startTime'];

function isLock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Partial<Record<string, unknown>> = { ...value };
  const { pid } = fields;
  const isPid = Number.isSafeInteger(pid) && Number(pid) > 0;
  return isPid && LOCK_TEXTS.every((name) => typeof fields[name] === 'string');
}
