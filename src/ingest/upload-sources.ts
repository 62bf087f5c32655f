/** The second step of an ingest: uploads its files, and records each step of that. */
import { SourceError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import type { UploadListeners } from '../upload/context.js';
import { DEFAULT_MAX_PART_RETRIES } from '../upload/options.js';
import type { SourceFile } from '../upload/source.js';
import { uploadFiles } from '../upload/upload-files.js';
import { BatchRoom } from './batch-room.js';
import type { IngestContext } from './context.js';
import { toFileEntry } from './plan.js';

/** Uploads the files that are not in the batch yet. @throws the first failure. */
export async function uploadSources(
  context: IngestContext,
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>,
): Promise<void> {
  const { client, state, options, progress, batchId, signal } = context;
  const { upload, sha256, request, maxBytes } = state.plan;
  progress.phase('upload');
  const target = { calls: client.files, batchId, datasetId: request.datasetId };
  const room = maxBytes === undefined ? undefined : new BatchRoom(context, maxBytes);
  const uploadOptions = {
    ...upload,
    sha256,
    maxPartRetries: options.maxPartRetries ?? DEFAULT_MAX_PART_RETRIES,
    timeoutMs: options.timeoutMs,
    signal,
    pacer: context.pacer,
    tracer: client.tracer,
    admission: room,
    resumed: { parts: state.initialized, rangesShown: state.rangesShown },
  };
  try {
    await uploadFiles(files, target, uploadOptions, recordUploads(context));
  } catch (error) {
    signal.throwIfAborted(); // a failure that the caller's signal caused says less
    throw error;
  }
  await room?.close();
  if (!state.sourcesKnown) await context.record({ type: 'ended', files: state.files.length });
}

function recordUploads(context: IngestContext): UploadListeners {
  const { state, progress, options, batchId } = context;
  return {
    async started(file) {
      if (!state.sourcesKnown) await context.record(toFileEntry(file));
      progress.fileStarted(file.path, file.sizeBytes);
    },
    sent: ({ path }, bytes, requestsInFlight) => progress.sent(path, bytes, requestsInFlight),
    accepted: (_, bytes, requestsInFlight) => progress.accepted(bytes, requestsInFlight),
    resumed: ({ path }, bytes) => progress.found(path, bytes),
    initialized: ({ path }) => context.record({ type: 'initialized', batchId, path }),
    part: ({ path }, { start, end }) => context.record({ type: 'part', batchId, path, start, end }),
    // Only an advantage for a resume: a journal that cannot be written fails at the next step.
    rangesShown: () => context.record({ type: 'ranges-shown' }).catch(() => undefined),
    uploaded(file, { sizeBytes, sha256, parts }) {
      const { path, stream } = file;
      assertSameBytes(file, sha256, state.findFile(path)?.hashed?.sha256);
      const ranges = parts?.map(({ start, end }): [number, number] => [start, end]);
      const size = stream === undefined ? {} : { sizeBytes };
      return context.record({ type: 'uploaded', batchId, path, ...size, sha256, parts: ranges });
    },
    paused: (pause) => progress.pause(pause),
    warned: ({ path }, message) =>
      notify(options.onWarning, { level: 'warning', file: path, message }),
    failed: () => context.stopReading?.(),
  };
}

/** @throws {SourceError} if the bytes that were sent are not those that were read before. */
function assertSameBytes(
  { path, localPath = path }: SourceFile,
  sent: string | undefined,
  planned: string | undefined,
): void {
  if (planned === undefined || planned === sent) return;
  const message = `${localPath} changed after it was read for the first time, so it is not known whether it is loaded already. Run the ingest again once it is complete.`;
  throw new SourceError(localPath, message);
}
