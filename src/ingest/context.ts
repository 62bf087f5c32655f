/** What an ingest works with, all through. */
import type { Batches } from '../resources/batches.js';
import type { UploadCalls } from '../resources/upload-calls.js';
import type { SourceFile } from '../upload/source.js';
import type { Journal } from './journal.js';
import type { Progress } from './progress.js';
import type { Job } from './state.js';
import type { IngestOptions } from './types.js';

/** What of a client an ingest needs. */
export interface IngestClient {
  readonly batches: Pick<Batches, 'create' | 'get' | 'list' | 'complete' | 'abort' | 'wait'>;
  readonly files: UploadCalls;
  /** Waits, on the client's clock. */
  pause(ms: number, what: string, signal?: AbortSignal): Promise<void>;
  readonly origin: string;
  readonly orgId: string;
  readonly sandbox: string;
}

/** How a job is carried out; nothing of it is in the journal. */
export type RunOptions = Pick<
  IngestOptions,
  | 'wait'
  | 'pollIntervalMs'
  | 'waitTimeoutMs'
  | 'timeoutMs'
  | 'maxPartRetries'
  | 'onFailure'
  | 'onWarning'
>;

export interface Run {
  client: IngestClient;
  job: Job;
  /** The files that are still to be uploaded, as they come. */
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>;
  /** All files as this call was given them; a resume makes them from its journal. */
  sources?: readonly SourceFile[];
  /** Ends a stream that may bring nothing more for long. */
  stopReading?: (() => void) | undefined;
  journal: Journal | undefined;
  progress: Progress;
  options: RunOptions;
  signal: AbortSignal;
}

export const batchIdOf = ({ batchId }: Job): string => {
  if (batchId === undefined) throw new Error('the job has no batch yet');
  return batchId;
};
