/** What an ingest has to do and has done, made from the options or from a journal. */
import { InvalidInputError } from '../http/errors.js';
import type { CreateBatchRequest } from '../resources/types.js';
import {
  type Entry,
  type FileEntry,
  JOURNAL_VERSION,
  JournalError,
  type PlanEntry,
} from '../upload/journal.js';
import type { IngestOptions, ReceiptFile } from './types.js';

/** A plan, and how far it has come. */
export interface Job {
  plan: PlanEntry;
  files: FileEntry[];
  /** Whether all files are known: a stream's are only once it has ended. */
  complete: boolean;
  batchId: string | undefined;
  initialized: Set<string>;
  uploaded: Map<string, ReceiptFile>;
  completed: boolean;
  aborted: boolean;
}

export const newJob = (plan: PlanEntry): Job => ({
  plan,
  files: [],
  complete: false,
  batchId: undefined,
  initialized: new Set(),
  uploaded: new Map(),
  completed: false,
  aborted: false,
});

/** The job that a journal tells of. @throws {JournalError} when it tells of none. */
export function jobOf(entries: readonly Entry[], path: string): Job {
  let job: Job | undefined;
  for (const entry of entries) {
    // A further plan is a new start: the batch before it was given up.
    if (entry.type === 'plan') job = newJob(entry);
    else if (job !== undefined) replay(job, entry);
  }
  if (job === undefined) throw new JournalError(path, `the journal ${path} holds no ingest.`);
  const { plan, files } = job;
  if (plan.version !== JOURNAL_VERSION) {
    const message = `the journal ${path} is of version ${plan.version}, and this program reads ${JOURNAL_VERSION}.`;
    throw new JournalError(path, message);
  }
  const planned = plan.files === undefined || plan.files === files.length;
  if (!planned) {
    // The crash came before anything was sent: the plan is on the disk before the batch is created.
    throw new JournalError(
      path,
      `the journal ${path} ends within its plan: nothing was sent, so run the ingest again.`,
    );
  }
  return job;
}

function replay(job: Job, entry: Entry): void {
  switch (entry.type) {
    case 'file':
      job.files.push(entry);
      break;
    case 'planned':
    case 'ended':
      job.complete = true;
      break;
    case 'created':
      job.batchId = entry.batchId;
      break;
    case 'initialized':
      job.initialized.add(entry.path);
      break;
    case 'uploaded':
      job.uploaded.set(entry.path, receiptFile(job, entry));
      break;
    case 'completed':
      job.completed = true;
      break;
    case 'aborted':
      job.aborted = true;
      break;
    default: // claims, parts (HEAD knows better) and the outcome (the Catalog does)
  }
}

function receiptFile(job: Job, { path, sha256, parts }: Entry & { type: 'uploaded' }): ReceiptFile {
  const sizeBytes = job.files.find((file) => file.path === path)?.sizeBytes ?? 0;
  const file: ReceiptFile = { path, sizeBytes };
  if (sha256 !== undefined) file.sha256 = sha256;
  if (parts !== undefined) file.parts = parts.map(([start, end]) => ({ start, end }));
  return file;
}

/** The request that the batch is created with. */
export function requestOf(
  options: IngestOptions,
  externalId: string,
  found: { format: CreateBatchRequest['inputFormat'] },
): CreateBatchRequest {
  const { datasetId, replace, tags, errorDiagnostics, partialIngestionPercent } = options;
  const request: CreateBatchRequest = { datasetId, externalId };
  if (found.format !== undefined) request.inputFormat = { ...found.format, ...options.csv };
  if (replace !== undefined && replace.length > 0) {
    request.replay = { predecessors: [...replace], reason: 'replace' };
  }
  if (tags !== undefined) request.tags = tags;
  if (errorDiagnostics !== undefined) request.enableErrorDiagnostics = errorDiagnostics;
  if (partialIngestionPercent !== undefined)
    request.partialIngestionPercent = partialIngestionPercent;
  return request;
}

/** @throws {InvalidInputError} when a journal is of another place than the client. */
export function checkPlace(
  { plan }: Job,
  client: { origin: string; orgId: string; sandbox: string },
  journal: string,
): void {
  for (const field of ['origin', 'orgId', 'sandbox'] as const) {
    if (plan[field] === client[field]) continue;
    const message = `the journal ${journal} is of ${field} ${plan[field]}, and this client of ${client[field]}: resume it with the former, or run the ingest anew.`;
    throw new InvalidInputError(field, message);
  }
}
