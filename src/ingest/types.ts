import type { PackOptions } from '../packing/options.js';
import type { CsvOptions, Finding } from '../preflight/types.js';
import type { BatchSummary, WaitOutcome } from '../resources/outcome.js';
import type { BatchStatus, CreateBatchRequest, FileFormat } from '../resources/types.js';
import type { RowSchemaOptions } from '../schema/options.js';
import type { FileChoice } from '../shared/file-choice.js';
import type { Source } from '../sources/source.js';
import type { Pause } from '../upload/budget.js';
import type { UploadResult } from '../upload/context.js';
import type { ByteRates } from '../upload/options.js';

/**
 * What is ingested: a path of a file or a folder, a pattern such as `exports/2026-*.jsonl`, a `Source`, several of them, bytes under a name, or records.
 * A file is stored under its base name, a folder's files under their paths in it, a source under its own path.
 * `Row` is what records are, such as the type that `aep-batch types` writes. Default: anything.
 */
export type IngestSource<Row = unknown> =
  | string
  | Source
  | readonly (string | Source)[]
  | { readonly name: string; readonly bytes: Uint8Array | Blob }
  | { readonly records: AsyncIterable<Row> | Iterable<Row> }
  | { readonly jsonLines: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };

/** Where an ingest is, for a progress display. */
export interface IngestProgress {
  /** What the ingest is doing; `done` once the result is known. */
  phase: 'preflight' | 'create' | 'upload' | 'complete' | 'wait' | 'done';
  /** Bytes that the batch has accepted; it falls only when a new batch is started, to 0. */
  transferredBytes: number;
  /** Bytes that this run has sent; it falls when a part, a file or all have to be sent again. */
  sentBytes: number;
  /** Bytes of the accepted ones that an earlier run had sent; 0 unless this is a resume. */
  resumedBytes: number;
  /** All bytes there are, or `undefined` while a stream has not ended. */
  totalBytes: number | undefined;
  /** Files that are in the batch. */
  filesDone: number;
  /** All files there are, or `undefined` while a stream has not ended. */
  filesTotal: number | undefined;
  /** Requests with bytes that are in flight. */
  partsInFlight: number;
  /** The files that are being uploaded: path, bytes of it that are sent, its size. */
  current: readonly { path: string; sentBytes: number; sizeBytes: number }[];
  /** The limit that is reached, and when it goes on; `undefined` while nothing is held back for long. */
  pause: Pause | undefined;
  /** The batch, once there is one. */
  batchId: string | undefined;
  /** The batch's status, while it is waited for. */
  status: BatchStatus | undefined;
}

/** A finding of preflight, or a warning that comes up later: that has no rule and no places. */
export type IngestWarning = Pick<Finding, 'level' | 'message'> & Partial<Finding>;

/** How rows are judged where Adobe's pages leave it open. */
export interface RowRules extends Pick<RowSchemaOptions, 'empty' | 'unknown' | 'strict'> {
  /** Whether the identities of the schema are read as well, and rows need the primary one. Default `false`. */
  identities?: boolean;
}

/** The options of `ingest()`. */
export interface IngestOptions extends ByteRates, FileChoice, PackOptions {
  /** The dataset that the batch is loaded into. */
  datasetId: string;
  /** The format of the files. Default: detected. */
  format?: FileFormat;
  /** Whether each JSON file is one array. Default: detected. */
  isMultiLineJson?: boolean;
  /** How CSV is read: `delimiter`, `quote`, `escape`, `charset`, `header`, `nullMarker`. */
  csv?: CsvOptions;
  /** The caller's own id for the batch. Default: a new one; there always is one. */
  externalId?: string;
  /**
   * Whether files that a batch of the dataset has already are not loaded again. What counts is dataset, format, and
   * the names and the contents of all files, which are read for that before they are sent. Only files and bytes can
   * be looked up so, not streams, and there can be no `externalId` beside it. Default `false`.
   */
  skipLoaded?: boolean;
  /** Whether `skipLoaded` passes over batches that have the files already. Default `false`. */
  force?: boolean;
  /** Ids of the batches that this one replaces. They are deleted with all their rows. */
  replace?: readonly string[];
  /** Labels for the batch. */
  tags?: CreateBatchRequest['tags'];
  /** Whether the platform keeps a report of every rejected row. Default `false`. */
  errorDiagnostics?: boolean;
  /** The share of rows, in percent, that may be rejected. Default 0: one bad row fails the batch. */
  partialIngestionPercent?: number;
  /**
   * Which rows are checked by the schema of the dataset before they are sent. `sample`: the first 200 of at most 10
   * files, whose findings are warnings. `all`: every row; an error in one rejects the ingest, as do more rows that
   * the platform would reject than `partialIngestionPercent` allows. Default `none`. A schema that cannot be
   * read is a note, and so is that rows are not checked because the label `aep_sip_mapper` maps them.
   */
  checkRows?: 'all' | 'sample' | 'none';
  /** How `checkRows` judges what Adobe's pages leave open; it cannot be without it. Default: as for `RowSchema`. */
  rowRules?: RowRules;
  /**
   * Whether the last batch of the dataset is looked up first, and the ingest refused if it is failed, stalled or
   * abandoned. One that has not ended is a warning; no batch, and one that was aborted or deleted, are fine.
   * Default `false`.
   */
  afterSuccess?: boolean;
  /** Files above this go in parts. Default, and at most, 256,000,000 bytes. */
  largeFileThresholdBytes?: number;
  /** The size of a part. Default 64 MiB, at most 512,000,000 bytes. */
  partSizeBytes?: number;
  /** The maximum number of concurrent requests with bytes. Default 4. */
  concurrency?: number;
  /**
   * The most batches that a run creates within any minute, 1 to 60,000. A run may need several, as when a file was
   * rejected and a new batch is started. Default: no limit.
   */
  maxBatchesPerMinute?: number;
  /** How often a part or a file is retried. Default 4. */
  maxPartRetries?: number;
  /** Whether the sha256 of every file is computed while it is sent. Default `true`. */
  sha256?: boolean;
  /** Whether to wait until the batch is ingested. Default `true`. */
  wait?: boolean;
  /** The shortest time between two polls of the status, in milliseconds. Default 2000. */
  pollIntervalMs?: number;
  /** How long to wait in all, in milliseconds. Default 24 hours. */
  waitTimeoutMs?: number;
  /** The timeout of each request, in milliseconds. Default: the client's `timeoutMs`. */
  timeoutMs?: number;
  /** Aborts the ingest. */
  signal?: AbortSignal;
  /** The file that makes the ingest resumable. Default: none is kept. */
  journal?: string;
  /**
   * Takes the journal from a process that cannot be checked, as on another machine or in another
   * container. Default `false`. Only a journal whose ingest has ended is used again.
   */
  takeOver?: boolean;
  /**
   * What happens to the batch if the ingest fails before it is completed. Default: it is kept if there
   * is a journal and a resume can overcome the failure; else it is aborted.
   */
  onFailure?: 'abort' | 'leave';
  /**
   * Where the totals are sent as JSON when the run has ended for good: the receipt without its files, or `outcome: null` and
   * the name of the error. One POST, after the end is recorded in the journal, and never a second one for the same ingest,
   * however often it is resumed; pass it again with `resume()`. None is sent while a resume can go on. An https URL, or
   * http on loopback; without the platform's credentials, redirects and retries, and at most 10 s. Its failure is a
   * warning. Default: none.
   */
  notify?: string | URL;
  /** Called with every change. */
  onProgress?: (progress: IngestProgress) => void;
  /** Called with warnings and notes, which do not stop the ingest. */
  onWarning?: (warning: IngestWarning) => void;
}

/**
 * How an ingest ended. `accepted`: it was completed and not waited for. `skipped`: with `skipLoaded`, another batch
 * has the files, and nothing was sent; `stalled` and `timed-out` may be said of such a batch, too.
 */
export type IngestOutcome = WaitOutcome | 'accepted' | 'skipped';

/** The result of `ingest()`, as plain JSON. */
export interface Receipt extends BatchSummary {
  /** The batch's id; of the batch that has the files already, where they were not loaded again. */
  batchId: string;
  /** The caller's own id for the batch, or the one that was generated for it. */
  externalId: string;
  /** The dataset that the batch is loaded into. */
  datasetId: string;
  /** The sandbox of the client. */
  sandbox: string;
  /** The batch's last known status. */
  status: BatchStatus;
  /** How the ingest ended. */
  outcome: IngestOutcome;
  /** The files that were loaded. */
  files: ReceiptFile[];
  /** The packed files that some of them were put into, as they are in the batch. Missing where none was packed. */
  packedFiles?: UploadResult[];
  /** When the ingest started, as an ISO 8601 time in UTC. */
  startedAt: string;
  /** When it ended, as an ISO 8601 time in UTC. */
  endedAt: string;
  /** How long each phase took, in milliseconds. */
  phasesMs: Record<string, number>;
  /** Names that were not ingested: `_SUCCESS`, `.crc`, … */
  skipped: number;
}

/** Where a file is within the packed file that was sent in its place. */
export interface PackedInto {
  /** The packed file, by its path in the batch. */
  into: string;
  /** The line of the packed file that it begins in, from 1. */
  firstLine: number;
  /** How many lines of the packed file are its own. */
  lines: number;
  /** How many of its first lines the packed file does not have: the header, except that of the first file. */
  skippedLines: number;
}

/** A file that was loaded. Of one that was packed, size and sha256 are its own. */
export interface ReceiptFile extends UploadResult {
  /** Where it is in a packed file. Missing for a file that is in the batch itself. */
  packed?: PackedInto;
}
