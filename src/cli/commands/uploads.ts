/** Uploads files into a batch, several at a time. */
import type { ReceiptFile } from '../../ingest/types.js';
import { walk } from '../../ingest/walk.js';
import { NO_LISTENERS, type UploadCalls } from '../../upload/context.js';
import { AdaptiveLimiter } from '../../upload/limiter.js';
import { type UploadPlan, uploadPlan } from '../../upload/plan.js';
import type { SourceFile } from '../../upload/source.js';
import { uploadFile } from '../../upload/uploader.js';

/** As often as an ingest tries a part. */
const MAX_PART_RETRIES = 4;

export interface Upload {
  batchId: string;
  datasetId: string;
  files: readonly SourceFile[];
  plan: Partial<UploadPlan>;
  timeoutMs: number | undefined;
  signal: AbortSignal;
}

/** The files at some paths. */
export const filesAt = walk;

/** @param done told of each file that is in the batch. */
export async function uploadFiles(
  calls: UploadCalls,
  { batchId, datasetId, files, plan: given, timeoutMs, signal }: Upload,
  done: (file: ReceiptFile) => void,
): Promise<ReceiptFile[]> {
  const plan = uploadPlan(given);
  const budget = new AdaptiveLimiter(plan.concurrency);
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const context = {
    calls,
    budget,
    plan,
    ranges: { shown: false },
    sha256: true,
    timeoutMs,
    signal: both,
  };
  const left = [...files];
  const sent = new Map<string, ReceiptFile>();
  const worker = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      both.throwIfAborted();
      const { path, sizeBytes } = file;
      const address = { batchId, datasetId, path };
      const all = { ...context, maxRetries: MAX_PART_RETRIES };
      const { sha256, parts } = await uploadFile(file, address, all, NO_LISTENERS, undefined);
      const about: ReceiptFile = { path, sizeBytes };
      if (sha256 !== undefined) about.sha256 = sha256;
      if (parts !== undefined) about.parts = parts;
      sent.set(path, about);
      done(about);
    }
  };
  const workers = Array.from({ length: plan.concurrency }, () =>
    worker().catch((error: unknown) => stop.abort(error)),
  );
  await Promise.all(workers);
  if (stop.signal.aborted) throw stop.signal.reason;
  return files.flatMap(({ path }) => sent.get(path) ?? []);
}
