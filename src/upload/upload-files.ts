/**
 * The one way in which files get into a batch: several at a time, each by PUT or in parts. Used by
 * `client.files.upload()`, by an ingest and by the command's `upload`. Imports resources, http, shared.
 */
import type { SpanStart, Tracer } from '../http/telemetry.js';
import { count, trace } from '../http/tracing.js';
import { checkBatchAddress } from '../resources/options.js';
import type { ByteRange } from '../resources/types.js';
import type { UploadOperations } from '../resources/upload-calls.js';
import { TaskGroup } from '../shared/task-group.js';
import { type Admission, AdmissionQueue } from './admission.js';
import {
  callOptions,
  NO_LISTENERS,
  type UploadContext,
  type UploadListeners,
  type UploadResult,
} from './context.js';
import { AdaptiveLimiter } from './limiter.js';
import type { UploadPlan } from './options.js';
import type { RunPacer } from './pace.js';
import type { SourceFile } from './source.js';
import { uploadFile } from './upload-file.js';

/** Where the files go, and the calls that take them there. */
export interface UploadTarget {
  calls: UploadOperations;
  batchId: string;
  datasetId: string;
}

/** How files are uploaded, complete and checked. */
export interface UploadFilesOptions extends UploadPlan {
  sha256: boolean;
  maxPartRetries: number;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** The limits of the run, which other uploads may share. */
  pacer?: RunPacer | undefined;
  tracer?: Tracer | undefined;
  /** Whether each file may go into the batch. Default: all of them. */
  admission?: Admission | undefined;
  /** What an earlier run of the same upload has found out. */
  resumed?: {
    /** The files that it initialized, with the parts of each that are known to have arrived. */
    parts: ReadonlyMap<string, readonly ByteRange[]>;
    /** Whether HEAD has shown received ranges. */
    rangesShown: boolean;
  };
}

/**
 * Uploads files into a batch; as many are open as there may be requests. After the first failure no
 * other file is started, and all that were started end.
 * @returns the files in the order in which they came, without those that were not admitted.
 * @throws the first failure, once no request is in flight any more.
 */
export async function uploadFiles(
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>,
  { calls, ...batch }: UploadTarget,
  options: UploadFilesOptions,
  some: Partial<UploadListeners> = {},
): Promise<UploadResult[]> {
  const { batchId, datasetId } = checkBatchAddress(batch);
  const { tracer } = options;
  const listeners = countSent({ ...NO_LISTENERS, ...some }, tracer);
  const group = new TaskGroup(options.signal);
  const context = toContext(calls, options, listeners, group.signal);
  const earlier = options.resumed?.parts;
  const results: UploadResult[] = [];
  const turns = new AdmissionQueue(options.admission);
  const queue = readOneByOne(files);
  const worker = async () => {
    for (let next = await queue.next(); next !== undefined; next = await queue.next()) {
      if (group.signal.aborted) return;
      if (turns.isClosed) return;
      const { file, index } = next;
      const turn = turns.next(file);
      try {
        await listeners.started(file);
        const address = { batchId, datasetId, path: file.path };
        const start = { earlier: earlier?.get(file.path), turn };
        const result = await trace(
          tracer,
          () => toFileSpan(file),
          () => uploadFile(file, address, context, start),
        );
        if (result === undefined) return;
        await listeners.uploaded(file, result);
        await file.cleanup?.();
        results[index] = result;
      } finally {
        turn.release();
      }
    }
  };
  const workers = Array.from({ length: options.concurrency }, () =>
    worker().catch((error: unknown) => {
      group.abortOthers(error);
      listeners.failed(error);
    }),
  );
  await group.settle([Promise.all(workers).then(() => queue.close())]);
  return results;
}

const toFileSpan = ({ path, sizeBytes }: SourceFile): SpanStart => ({
  name: 'aep_batch.file',
  kind: 'internal',
  attributes: { 'file.path': path, 'file.size': sizeBytes },
});

/** Bytes that are sent again are counted again, as a counter never falls. */
function countSent(listeners: UploadListeners, tracer: Tracer | undefined): UploadListeners {
  if (tracer === undefined) return listeners;
  return {
    ...listeners,
    sent(file, bytes, requestsInFlight) {
      count(tracer, 'aep_batch.bytes', bytes, {});
      listeners.sent(file, bytes, requestsInFlight);
    },
  };
}

function toContext(
  calls: UploadOperations,
  { maxPartRetries, timeoutMs, sha256, resumed, pacer, ...options }: UploadFilesOptions,
  listeners: UploadListeners,
  signal: AbortSignal,
): UploadContext {
  const { concurrency, largeFileThresholdBytes, partSizeBytes } = options;
  const plan = { concurrency, largeFileThresholdBytes, partSizeBytes };
  const limiter = new AdaptiveLimiter(concurrency);
  return {
    calls,
    limiter,
    plan: pacer === undefined ? plan : pacer.fitPlan(plan),
    pace: pacer?.paceBytes((pause) => listeners.paused(pause)),
    ranges: { shown: resumed?.rangesShown ?? false },
    sha256,
    callOptions: callOptions(limiter, maxPartRetries, timeoutMs, signal),
    listeners,
    signal,
  };
}

/** Gives each worker the next file, one after another. */
function readOneByOne(files: AsyncIterable<SourceFile> | Iterable<SourceFile>) {
  const iterator =
    Symbol.asyncIterator in files ? files[Symbol.asyncIterator]() : files[Symbol.iterator]();
  let count = 0;
  return {
    async next(): Promise<{ file: SourceFile; index: number } | undefined> {
      const index = count++;
      const { value, done } = await iterator.next();
      return done ? undefined : { file: value, index };
    },
    /** Whoever makes the files may have started another one. */
    close: async () => {
      await iterator.return?.();
    },
  };
}
