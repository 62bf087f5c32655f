/** What is stored of a load, and what its jobs hold. */
import type { Queue } from 'bullmq';
import type { IngestTarget } from '../ingest/context.js';
import type { FileEntry } from '../ingest/journal-entries.js';
import type { IngestOutcome, Receipt } from '../ingest/types.js';
import type { BatchStatus } from '../resources/types.js';

/** Goes up when an older worker could not carry out what a newer program enqueues. */
export const JOB_VERSION = 1;

/** What a load is; written when it is enqueued. */
export interface LoadDescription extends IngestTarget {
  readonly version: number;
  readonly loadId: string;
  readonly externalId: string;
  readonly datasetId: string;
  /** Of the files and of everything that says how they are loaded. */
  readonly digest: string;
  readonly batches: number;
  readonly files: number;
  readonly bytes: number;
  readonly skipped: number;
  /** How many batches take files at a time. */
  readonly maxOpenBatches: number;
  /** As an ISO 8601 time in UTC. */
  readonly enqueuedAt: string;
}

/** The data of a job that takes a batch from its creation to its result. */
export interface BatchJobData {
  readonly version: number;
  readonly loadId: string;
  /** Which batch of the load it is, from 1. */
  readonly batch: number;
  /** Where it is loaded. A worker whose client goes elsewhere fails the job. */
  readonly target: IngestTarget;
}

/** The data of a job that uploads one file. */
export interface FileJobData extends BatchJobData {
  /** Which file of the batch it is, from 0. */
  readonly index: number;
  readonly batchId: string;
  readonly file: FileEntry;
}

export type JobData = BatchJobData | FileJobData;

/** The jobs of a load: `batch` takes one batch from its creation to its result, `file` uploads one file. */
export type JobName = 'batch' | 'file';

export type LoadQueue = Queue<JobData, unknown, JobName>;

/** The result of a batch of a load; its files are kept beside it. */
export interface QueuedReceipt
  extends Omit<Receipt, 'files' | 'packedFiles' | 'batchId' | 'status' | 'outcome'> {
  /** Which batch of the load it is, from 1. */
  readonly number: number;
  /** How many files are in it. */
  readonly fileCount: number;
  /** How many bytes they have. */
  readonly sizeBytes: number;
  /** Missing where the load was cancelled before there was a batch. */
  readonly batchId?: string;
  /** The batch's last known status. */
  readonly status?: BatchStatus;
  /** How it ended; `cancelled`: nothing was loaded. */
  readonly outcome: IngestOutcome | 'cancelled';
}

/** A batch or a file that was given up; its batch stays open. */
export interface QueuedFailure {
  /** Which batch of the load it is, from 1. */
  batch: number;
  /** The file's path in the batch; missing where it is the batch itself. */
  path?: string;
  reason: string;
}
