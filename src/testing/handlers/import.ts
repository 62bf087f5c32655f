/** Batch ingestion: batches and their actions, and the upload of files, whole or in parts. */
import type { ByteRange } from '../../resources/types.js';
import type { Batch } from '../platform/batch.js';
import type { OpenUpload } from '../platform/batch-files.js';
import { problem } from '../platform/http-error.js';
import type { Platform } from '../platform/platform.js';
import { ReceivedParts } from '../platform/received-parts.js';
import type { HandlerRequest, HandlerResponse, Handlers } from '../server/handler.js';

/** The platform's limits for a file that is sent whole, and for a part. */
const MAX_FILE_BYTES = 256_000_000;
const MAX_PART_BYTES = 512_000_000;

type FileOperation = 'uploadFile' | 'uploadFilePart' | 'fileAction' | 'getReceivedRanges';
type ImportOperation = FileOperation | 'createBatch' | 'batchAction';

export function createImportHandlers(platform: Platform): Pick<Handlers, ImportOperation> {
  return {
    createBatch: ({ body, sandbox, headers }) => {
      const client = String(headers['x-api-key']);
      const batch = platform.createBatch(body, { sandbox, client });
      return { status: 201, json: batch.toCreatedBatch() };
    },
    batchAction: async ({ path, query, sandbox }) => {
      await platform.applyAction(platform.getBatch(sandbox, path.batchId), query.action);
      return { status: 200 };
    },
    uploadFile: (request) => uploadFile(platform, request),
    uploadFilePart: (request) => uploadPart(platform, request),
    fileAction: (request) =>
      request.query.action === 'INITIALIZE'
        ? initializeFile(platform, request)
        : completeFile(platform, request),
    getReceivedRanges: (request) => getReceivedRanges(platform, request),
  };
}

/** The batch of a file. */
function getFileBatch<Id extends FileOperation>(
  platform: Platform,
  { path, sandbox }: HandlerRequest<Id>,
): Batch {
  const { batchId, datasetId, filePath } = path;
  if (filePath.split('/').some((part) => ['', '.', '..'].includes(part))) {
    throw problem(400, `${filePath} is not a valid path of a file`);
  }
  const batch = platform.getBatch(sandbox, batchId);
  if (batch.request.datasetId === datasetId) return batch;
  throw problem(404, `The batch ${batchId} does not belong to the dataset ${datasetId}`);
}

function assertLoading(batch: Batch): void {
  if (batch.status === 'loading') return;
  throw problem(400, `The batch is ${batch.status} and takes no files`, { code: 'ERR-BI-104' });
}

/** The batch that takes the file of a request. */
function getLoadingBatch(...args: Parameters<typeof getFileBatch>): Batch {
  const batch = getFileBatch(...args);
  assertLoading(batch);
  return batch;
}

async function uploadFile(
  platform: Platform,
  request: HandlerRequest<'uploadFile'>,
): Promise<HandlerResponse> {
  const batch = getLoadingBatch(platform, request);
  const tooLarge = () => problem(413, `The file has more than ${MAX_FILE_BYTES} bytes`);
  if (Number(request.headers['content-length']) > MAX_FILE_BYTES) throw tooLarge();
  const { disk } = platform;
  const file = disk.newFile();
  try {
    const sizeBytes = await disk.write(file, limitBytes(request, MAX_FILE_BYTES, tooLarge));
    assertLoading(batch); // the batch may have been completed or aborted meanwhile
    await batch.files.put({ path: request.path.filePath, file, sizeBytes });
  } catch (error) {
    await disk.remove(file);
    throw error;
  }
  return { status: 200 };
}

async function initializeFile(
  platform: Platform,
  request: HandlerRequest<'fileAction'>,
): Promise<HandlerResponse> {
  const batch = getLoadingBatch(platform, request);
  const path = request.path.filePath;
  const exists = (batch.files.find(path) ?? batch.files.findUpload(path)) !== undefined;
  if (exists && platform.options.quirks.reinitialize === 'refused') {
    throw problem(400, `The file ${path} was initialized already`);
  }
  await batch.files.initialize(path);
  return { status: 201 };
}

async function uploadPart(
  platform: Platform,
  request: HandlerRequest<'uploadFilePart'>,
): Promise<HandlerResponse> {
  const batch = getLoadingBatch(platform, request);
  const { totalRequired, identicalRangeOverlaps } = platform.options.quirks;
  const path = request.path.filePath;
  const upload = getUpload(batch, path);
  const range = parseContentRange(request.headers['content-range'] ?? '', totalRequired);
  const size = range.end - range.start;
  if (size > MAX_PART_BYTES) throw problem(413, `The part has more than ${MAX_PART_BYTES} bytes`);
  const otherSize = () =>
    problem(400, `Content-Range names ${size} bytes, the body has another number`);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== size) throw otherSize();
  const bytes = limitBytes(request, size, otherSize);
  const written = await platform.disk.write(upload.file, bytes, range.start);
  if (written !== size) throw otherSize();
  assertLoading(batch);
  // The file may have been initialized again while the part was read: the part belongs to neither.
  if (batch.files.findUpload(path) !== upload) {
    throw problem(400, `The file ${path} was initialized again`);
  }
  upload.parts.add(range, identicalRangeOverlaps);
  return { status: 200 };
}

async function completeFile(
  platform: Platform,
  request: HandlerRequest<'fileAction'>,
): Promise<HandlerResponse> {
  const batch = getLoadingBatch(platform, request);
  const path = request.path.filePath;
  if (batch.files.find(path) !== undefined) {
    throw problem(400, `The file ${path} is completed already`);
  }
  const { file, parts } = getUpload(batch, path);
  const joined = parts.join();
  if ('wrong' in joined) throw problem(400, `The file ${path} cannot be joined: ${joined.wrong}`);
  const { sizeBytes } = joined;
  await batch.files.put({ path, file, sizeBytes });
  const { completeFileStatus: status } = platform.options.quirks;
  return status === 200 ? { status, json: { name: path, sizeInBytes: sizeBytes } } : { status };
}

function getReceivedRanges(
  platform: Platform,
  request: HandlerRequest<'getReceivedRanges'>,
): HandlerResponse {
  const batch = getFileBatch(platform, request);
  const { headFormat, finishedFileStatus } = platform.options.quirks;
  const path = request.path.filePath;
  const stored = batch.files.find(path);
  if (stored === undefined || finishedFileStatus === 404) {
    return toRangeResponse(getUpload(batch, path).parts.toRangeHeader(headFormat));
  }
  const whole = new ReceivedParts();
  if (stored.sizeBytes > 0) whole.add({ start: 0, end: stored.sizeBytes }, false);
  return toRangeResponse(whole.toRangeHeader(headFormat));
}

const toRangeResponse = (range: string | undefined): HandlerResponse =>
  range === undefined ? { status: 200 } : { status: 200, headers: { range } };

function getUpload(batch: Batch, path: string): OpenUpload {
  const upload = batch.files.findUpload(path);
  if (upload !== undefined) return upload;
  throw problem(404, `No file ${path} was initialized in batch ${batch.id}`);
}

/** The range of a part. Its last byte is included in the header, and not in the result. */
function parseContentRange(header: string, isTotalRequired: boolean): ByteRange {
  const match = /^bytes (\d+)-(\d+)(?:\/(\d+))?$/.exec(header);
  const [start, last, total] = match?.slice(1).map(Number) ?? [];
  if (start === undefined || last === undefined || last < start) {
    throw problem(400, `Content-Range ${header} is not of the form bytes 0-99`);
  }
  const hasTotal = match?.[3] !== undefined;
  if (isTotalRequired && !hasTotal) throw problem(400, `Content-Range ${header} has no total`);
  if (hasTotal && last >= Number(total)) {
    throw problem(400, `Content-Range ${header} ends after the total`);
  }
  return { start, end: last + 1 };
}

/** The bytes of a request. Only those without a Content-Length are counted: Node enforces it for the others. */
function limitBytes(
  { bytes, headers }: Pick<HandlerRequest, 'bytes' | 'headers'>,
  limit: number,
  createError: () => Error,
): AsyncIterable<Uint8Array> {
  return headers['content-length'] === undefined ? countBytes(bytes, limit, createError) : bytes;
}

async function* countBytes(
  bytes: AsyncIterable<Uint8Array>,
  limit: number,
  createError: () => Error,
) {
  let left = limit;
  for await (const chunk of bytes) {
    left -= chunk.length;
    if (left < 0) throw createError();
    yield chunk;
  }
}
