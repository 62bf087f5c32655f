/** What all steps of an ingest share. */
import type { CallOptions } from '../http/options.js';
import type { Tracer } from '../http/telemetry.js';
import { listOriginals } from '../packing/originals.js';
import type { Batches } from '../resources/batches.js';
import type { Datasets } from '../resources/datasets.js';
import type { FindableRequest, LookupOptions } from '../resources/find-batch.js';
import type { Batch } from '../resources/types.js';
import type { UploadOperations } from '../resources/upload-calls.js';
import type { RowSchema } from '../schema/index.js';
import { groupItems } from '../shared/group-items.js';
import { omitUndefined } from '../shared/options.js';
import type { PaceClock } from '../upload/budget.js';
import { createPacer, type RunPacer } from '../upload/pace.js';
import type { SourceFile } from '../upload/source.js';
import type { Entry } from './journal-entries.js';
import type { Progress } from './progress.js';
import type { GivenFiles } from './sources.js';
import { IngestState } from './state.js';
import type { IngestOptions, RowRules } from './types.js';

/** Where an ingest goes. */
export interface IngestTarget {
  readonly origin: string;
  readonly orgId: string;
  readonly sandbox: string;
}

/** The part of a client that sends notices. */
export interface NoticeClient {
  /** Sends JSON to a URL of the caller's, once and without credentials. @throws {Error} that says why it failed. */
  postNotice(url: URL, body: object, signal: AbortSignal): Promise<void>;
}

/** The part of a client that an ingest uses. */
export interface IngestClient extends IngestTarget, NoticeClient {
  readonly batches: Pick<Batches, 'create' | 'get' | 'list' | 'complete' | 'abort' | 'wait'>;
  readonly files: UploadOperations;
  /** The batch that this request created, if the Catalog has it. */
  findOwnBatch(request: FindableRequest, options: LookupOptions): Promise<Batch | undefined>;
  /** The schema of a dataset's rows; `undefined` for a dataset without one. */
  readRowSchema(datasetId: string, options: CallOptions & RowRules): Promise<RowSchema | undefined>;
  readonly datasets: Pick<Datasets, 'lastBatches'>;
  /** Waits, on the client's clock. */
  pause(ms: number, what: string, signal?: AbortSignal): Promise<void>;
  readonly clock: PaceClock;
  readonly tracer?: Tracer | undefined;
  /** The limits of a run of several ingests. Default: those of the options, for one ingest alone. */
  readonly pacer?: RunPacer | undefined;
}

/** The options that a resume takes as well: none of them is in the journal. */
export type RunOptions = Pick<
  IngestOptions,
  | 'wait'
  | 'pollIntervalMs'
  | 'waitTimeoutMs'
  | 'timeoutMs'
  | 'maxPartRetries'
  | 'onFailure'
  | 'maxBytesPerSecond'
  | 'maxBytesPerHour'
  | 'maxBatchesPerMinute'
  | 'notify'
  | 'onWarning'
  | 'signal'
>;

/** Where the steps of an ingest are recorded: a journal, or a database that several processes share. */
export interface StepLog {
  /** How messages name it to resume from; `undefined` where nobody resumes by hand. */
  readonly path: string | undefined;
  /** Records steps, durably, in their order. @throws {Error} if this process may not write any more. */
  append(...entries: readonly Entry[]): Promise<void>;
  /** @throws {Error} if another process carries out the ingest. */
  assertHeld(): Promise<void>;
  /** Forgets an ingest of which nothing was sent. */
  remove(): Promise<void>;
}

export interface ContextParts {
  client: IngestClient;
  options: RunOptions;
  progress: Progress;
  state?: IngestState;
  journal?: StepLog | undefined;
  sources?: readonly SourceFile[] | undefined;
  /** The sources that a resume was given again. */
  given?: readonly SourceFile[];
  stopReading?: (() => void) | undefined;
  beforeCreate?: (() => Promise<void>) | undefined;
  onLeft?: ((state: IngestState) => Promise<void>) | undefined;
  /** Whether the plan was made before and is only in the journal, which is then kept whatever happens. */
  isPlannedBefore?: boolean;
}

export class IngestContext {
  readonly client: IngestClient;
  readonly options: RunOptions;
  readonly progress: Progress;
  readonly state: IngestState;
  readonly journal: StepLog | undefined;
  /** All files as this call was given them; a resume builds them from its journal. */
  readonly sources: readonly SourceFile[] | undefined;
  /** The files of this call that are not on this machine. */
  readonly given: GivenFiles;
  /** Ends a stream that may pause for long. */
  readonly stopReading: (() => void) | undefined;
  /** Called before a batch is created. */
  readonly beforeCreate: (() => Promise<void>) | undefined;
  /** Called where files were left for another batch, before this one is completed. */
  readonly onLeft: ((state: IngestState) => Promise<void>) | undefined;
  /** Whether the plan is in the journal and nowhere else. */
  readonly isPlannedBefore: boolean;
  /** The caller's signal, or one that is never aborted. */
  readonly signal: AbortSignal;
  readonly pacer: RunPacer | undefined;

  constructor(parts: ContextParts) {
    this.client = parts.client;
    this.options = parts.options;
    this.progress = parts.progress;
    this.state = parts.state ?? new IngestState();
    this.journal = parts.journal;
    this.sources = parts.sources;
    const elsewhere = listOriginals(parts.given ?? parts.sources ?? []).filter(
      ({ localPath }) => localPath === undefined,
    );
    this.given = new Map(elsewhere.map((file) => [file.path, file]));
    this.stopReading = parts.stopReading;
    this.beforeCreate = parts.beforeCreate;
    this.onLeft = parts.onLeft;
    this.isPlannedBefore = parts.isPlannedBefore ?? false;
    this.signal = parts.options.signal ?? new AbortController().signal;
    this.pacer = parts.client.pacer ?? createPacer(parts.options, parts.client.clock);
  }

  /** The options of a call that the caller's signal may abort. */
  get callOptions(): CallOptions {
    return omitUndefined({ signal: this.signal, timeoutMs: this.options.timeoutMs });
  }

  /** @throws {Error} before the batch was created. */
  get batchId(): string {
    const { batchId } = this.state;
    if (batchId === undefined) throw new Error('the ingest has no batch yet');
    return batchId;
  }

  /** Waits until the limits of the run allow another batch. @throws the signal's reason. */
  async admitBatch(): Promise<void> {
    await this.pacer?.admitBatch(this.signal, (pause) => this.progress.pause(pause));
  }

  /** Records any number of steps, as `record()` does. */
  async recordAll(entries: Iterable<Entry>): Promise<void> {
    for (const group of groupItems(entries)) await this.record(...group);
  }

  /**
   * Records steps that were just done: appends them to the journal, applies them to the state and
   * reports them. A step that cannot be written was done all the same, so it is applied in any case.
   * @throws {JournalError} if the journal cannot be written.
   */
  async record(...entries: readonly Entry[]): Promise<void> {
    try {
      await this.journal?.append(...entries);
    } finally {
      for (const entry of entries) {
        this.state.apply(entry);
        this.progress.report(entry, this.state);
      }
    }
  }
}
