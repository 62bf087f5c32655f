import type {
  IngestOptions,
  IngestOutcome,
  IngestProgress,
  Receipt,
  ReceiptFile,
} from '../ingest/types.js';
import type { LoadLimits } from './plan-load.js';

/** Where a load is. The counts are of all its batches; `batchId`, `status` and `phase` of one that runs. */
export interface LoadProgress extends IngestProgress {
  /** Batches that have ended. */
  batchesDone: number;
  /** All batches, once they are planned. */
  batchesTotal: number | undefined;
}

/** The options of a load: those of an ingest, which hold for each batch, and how the files are divided. */
export interface LoadOptions
  extends Omit<IngestOptions, 'journal' | 'replace' | 'onProgress'>,
    LoadLimits {
  /** The file that makes the load resumable. The journals of its batches are in the folder `<journal>.batches`. */
  journal: string;
  /** The caller's own id for the load. Batches have it with their number: `<id>-1`. Default: a new one. */
  externalId?: string;
  /** How many batches run at a time. Default 1, at most 16. */
  batchConcurrency?: number;
  /** Called with every change. */
  onProgress?: (progress: LoadProgress) => void;
}

/** The result of one batch of a load: a receipt whose files are in the batch's journal. */
export interface BatchReceipt
  extends Omit<Receipt, 'files' | 'packedFiles' | 'datasetId' | 'sandbox' | 'skipped'> {
  /** Which batch of the load it is, from 1. */
  number: number;
  /** How many files are in it; a packed one is one file. */
  fileCount: number;
  /** How many files there were before some of them were packed. Missing where none was. */
  originalCount?: number;
  /** How many bytes they have. */
  sizeBytes: number;
}

/** The result of a load, as plain JSON. `client.loadedFiles()` reads its files, of which there may be many. */
export interface LoadReceipt {
  /** The caller's own id for the load, or the one that was generated for it. */
  externalId: string;
  /** The dataset that the batches are loaded into. */
  datasetId: string;
  /** The sandbox of the client. */
  sandbox: string;
  /** The worst outcome of a batch. */
  outcome: IngestOutcome;
  /** The batches that have ended, in their order. */
  batches: BatchReceipt[];
  /** How many batches were not begun, because one before them was not loaded. A resume begins them. */
  notBegun: number;
  /** How many files were planned, in all batches; a packed one is one file. */
  fileCount: number;
  /** How many files there were before some of them were packed. Missing where none was. */
  originalCount?: number;
  /** How many bytes they have. */
  sizeBytes: number;
  /** Names that were not loaded: `_SUCCESS`, `.crc`, … */
  skipped: number;
  /** When this run started, as an ISO 8601 time in UTC. */
  startedAt: string;
  /** When it ended, as an ISO 8601 time in UTC. */
  endedAt: string;
}

/** A file that a load has put into a batch. */
export interface LoadedFile extends ReceiptFile {
  /** Which batch of the load it is in, from 1. */
  batchNumber: number;
  batchId: string;
}
