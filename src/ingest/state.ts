/** What an ingest has to do and has done, made from the options or from a journal. */

import type { ByteRange, CreateBatchRequest } from '../resources/types.js';
import { AepBatchError, InvalidInputError } from '../shared/errors.js';
import { assertPartsCoverFile } from '../upload/part-ranges.js';
import { JournalError } from './journal.js';
import type { Entry, FileEntry, PlanEntry, UploadedEntry } from './journal-entries.js';
import type { IngestOptions, ReceiptFile } from './types.js';

/** A plan, and how far it has come. */
export interface Job {
  plan: PlanEntry;
  files: FileEntry[];
  /** Whether all files are known: a stream's are only once it has ended. */
  complete: boolean;
  batchId: string | undefined;
  /** The files in parts that were initialized, with the parts of each that are known to be accepted. */
  initialized: Map<string, ByteRange[]>;
  /** Whether HEAD has shown ranges in this ingest. */
  rangesShown: boolean;
  uploaded: Map<string, ReceiptFile>;
  /** Whether COMPLETE of the batch may have been sent: from then on nothing aborts it. */
  completing: boolean;
  completed: boolean;
  aborted: boolean;
}

export const newJob = (plan: PlanEntry): Job => ({
  plan,
  files: [],
  complete: false,
  batchId: undefined,
  initialized: new Map(),
  rangesShown: false,
  uploaded: new Map(),
  completing: false,
  completed: false,
  aborted: false,
});

/** What a journal holds of a job that was not begun. */
export const planEntries = ({ plan, files, complete }: Job): Entry[] => [
  plan,
  ...files,
  ...(complete ? [{ type: 'planned' } as const] : []),
];

/** Builds the job of a journal, step by step. */
export class JobReplay {
  #job: Job | undefined;
  #files = new Map<string, FileEntry>();
  /** How the last ingest of the journal ended, once it has. */
  outcome: string | undefined;

  /** @throws {Error} for a step that cannot come here: then one before it is missing. */
  apply(entry: Entry): void {
    if (entry.type === 'claim' || entry.type === 'release') return;
    if (entry.type === 'plan') this.#plan(entry);
    else if (entry.type === 'file') this.#file(entry);
    else if (entry.type === 'outcome') this.#end(entry.outcome);
    else if ('path' in entry) this.#upload(entry);
    else this.#step(entry);
  }

  /** @throws {JournalError} when there is no whole plan: then nothing was sent. */
  job(path: string): Job {
    const job = this.#job;
    if (job === undefined || (job.plan.files !== undefined && !job.complete)) {
      const message = `the journal ${path} ends within its plan: nothing was sent, so delete it and run the ingest again.`;
      throw new JournalError(path, message);
    }
    return job;
  }

  /** A further plan is a new start: the batch before it was given up. */
  #plan(entry: PlanEntry): void {
    assert(this.#job === undefined || this.#job.complete, 'a plan within another one');
    this.#job = { ...newJob(entry), rangesShown: this.#job?.rangesShown ?? false };
    this.#files = new Map();
    this.outcome = undefined;
  }

  #file(entry: FileEntry): void {
    const { plan, files, complete } = this.#current();
    assert(!complete, 'a file after the end of the plan');
    assert(plan.files === undefined || files.length < plan.files, 'more files than were planned');
    assert(!this.#files.has(entry.path), `${entry.path} for the second time`);
    this.#files.set(entry.path, entry);
    files.push(entry);
  }

  #end(outcome: string): void {
    assert(this.#current().completed, 'an outcome before the batch was completed');
    this.outcome = outcome;
  }

  #step(entry: BatchStep): void {
    const job = this.#current();
    switch (entry.type) {
      case 'planned':
      case 'ended': {
        const { plan, files, complete } = job;
        const count = entry.type === 'planned' ? plan.files : entry.files;
        const isStream = plan.files === undefined;
        assert(isStream === (entry.type === 'ended') && !complete, 'an end of another plan');
        assert(count === files.length, `${files.length} of ${count} files`);
        job.complete = true;
        break;
      }
      case 'created':
        assert(job.complete || job.plan.files === undefined, 'a batch before the end of the plan');
        assert(job.batchId === undefined, 'a second batch');
        job.batchId = entry.batchId;
        break;
      case 'completed':
        assert(job.batchId !== undefined && job.complete, 'a completion before there was a batch');
        assertAllUploaded(job);
        job.completed = true;
        break;
      case 'ranges-shown':
        job.rangesShown = true;
        break;
      case 'aborted':
        assert(!job.completed, 'an abort after the completion');
        job.aborted = true;
    }
  }

  #upload(entry: UploadStep): void {
    const job = this.#current();
    const file = this.#files.get(entry.path);
    assert(file !== undefined, `${entry.path} is not in the plan`);
    assert(job.batchId !== undefined, 'an upload before there was a batch');
    if (entry.type === 'part') {
      const { path, start, end } = entry;
      const parts = job.initialized.get(path);
      assert(end <= file.sizeBytes, `${path} is shorter than that`);
      assert(parts !== undefined, `a part of ${path}, which was not initialized`);
      parts.push({ start, end });
    } else if (entry.type === 'initialized') {
      job.initialized.set(entry.path, []); // for the second time where the file was begun anew
    } else {
      job.uploaded.set(entry.path, receiptFile(file, entry));
    }
  }

  #current(): Job {
    assert(this.#job !== undefined, 'a step before the plan');
    return this.#job;
  }
}

type BatchStep = Extract<
  Entry,
  { type: 'planned' | 'ended' | 'created' | 'ranges-shown' | 'completed' | 'aborted' }
>;
type UploadStep = Extract<Entry, { type: 'initialized' | 'part' | 'uploaded' }>;

function assert(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`it records ${otherwise}`);
}

/**
 * The platform loads what it has when a batch is completed, and says nothing of what is missing.
 * @throws {AepBatchError} that names the first file that is not recorded as uploaded.
 */
export function assertAllUploaded({ plan, files, complete, uploaded }: Job): void {
  const missing = files.find(({ path, sizeBytes }) => uploaded.get(path)?.sizeBytes !== sizeBytes);
  const isWhole = complete && (plan.files === undefined || plan.files === files.length);
  if (missing === undefined && isWhole && uploaded.size === files.length) return;
  const what = missing === undefined ? '' : ` ${missing.path} is not.`;
  throw new AepBatchError(
    `the batch cannot be completed: ${uploaded.size} of ${plan.files ?? files.length} files are recorded as uploaded.${what}`,
  );
}

function receiptFile({ path, sizeBytes }: FileEntry, { sha256, parts }: UploadedEntry) {
  const file: ReceiptFile = { path, sizeBytes };
  if (sha256 !== undefined) file.sha256 = sha256;
  if (parts !== undefined) {
    file.parts = parts.map(([start, end]) => ({ start, end }));
    assertPartsCoverFile(path, sizeBytes, file.parts);
  }
  return file;
}

/** The request that the batch is created with. */
export function buildCreateRequest(
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
export function assertSameTarget(
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
