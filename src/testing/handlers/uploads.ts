/** Files on their way into a batch: whole, or in parts. */
import type { ByteRange } from '../../resources/types.js';
import type { Batch, OpenUpload } from '../platform/batch.js';
import type { Platform } from '../platform/platform.js';
import { Ledger } from '../platform/received-parts.js';
import { problem } from '../server/error-bodies.js';
import type { Answer, Call, Handlers } from '../server/handler.js';
import type { OperationId } from '../server/routes.js';

/** The largest file that goes in one piece: 256 MB. */
const MAX_FILE_BYTES = 256_000_000;
const MAX_PART_BYTES = 512_000_000;

type Upload = 'uploadFile' | 'uploadFilePart' | 'fileAction' | 'getReceivedRanges';

/** The handlers of all operations on a file that is uploaded. */
export function uploads(platform: Platform): Pick<Handlers, Upload> {
  return {
    uploadFile: (call) => putFile(platform, call),
    uploadFilePart: (call) => putPart(platform, call),
    fileAction: (call) =>
      call.query.action === 'INITIALIZE' ? announce(platform, call) : finish(platform, call),
    getReceivedRanges: (call) => received(platform, call),
  };
}

/** The batch that a file belongs to. */
function batchOf<Id extends Upload & OperationId>(
  platform: Platform,
  { path, sandbox }: Call<Id>,
): Batch {
  const { batchId, datasetId, filePath } = path;
  if (filePath.split('/').some((part) => ['', '.', '..'].includes(part))) {
    throw problem(400, `${filePath} is no path of a file`);
  }
  const batch = platform.batchIn(sandbox, batchId);
  if (batch.request.datasetId === datasetId) return batch;
  throw problem(404, `The batch ${batchId} is not of the dataset ${datasetId}`);
}

/** Files are taken until the batch is completed or given up. */
function mustBeLoading(batch: Batch): void {
  if (batch.status === 'loading') return;
  throw problem(400, `The batch is ${batch.status} and takes no files`, 'ERR-BI-104');
}

async function putFile(platform: Platform, call: Call<'uploadFile'>): Promise<Answer> {
  const batch = batchOf(platform, call);
  mustBeLoading(batch);
  const tooLarge = () => problem(413, `The file has more than ${MAX_FILE_BYTES} bytes`);
  if (Number(call.headers['content-length']) > MAX_FILE_BYTES) throw tooLarge();
  const { disk } = platform;
  const file = disk.newFile();
  try {
    const sizeBytes = await disk.write(file, atMost(call, MAX_FILE_BYTES, tooLarge));
    mustBeLoading(batch);
    await replace(platform, batch, call.path.filePath, { file, sizeBytes });
  } catch (error) {
    await disk.remove(file);
    throw error;
  }
  return { status: 200 };
}

/** What comes last under a path is the file; what was there before is gone. */
async function replace(
  platform: Platform,
  batch: Batch,
  path: string,
  { file, sizeBytes }: { file: string; sizeBytes: number },
): Promise<void> {
  const before = [batch.files.get(path)?.file, batch.uploads.get(path)?.file];
  batch.uploads.delete(path);
  batch.files.set(path, { path, file, sizeBytes });
  for (const old of before) {
    if (old !== undefined && old !== file) await platform.disk.remove(old);
  }
}

/** Initializing a file again begins it anew, or is refused: which of the two was never published. */
async function announce(platform: Platform, call: Call<'fileAction'>): Promise<Answer> {
  const batch = batchOf(platform, call);
  mustBeLoading(batch);
  const path = call.path.filePath;
  const exists = batch.files.has(path) || batch.uploads.has(path);
  if (exists && platform.settings.quirks.reinitialize === 'refused') {
    throw problem(400, `The file ${path} was initialized already`);
  }
  const before = [batch.files.get(path)?.file, batch.uploads.get(path)?.file];
  const file = await platform.disk.newEmptyFile();
  batch.files.delete(path);
  batch.uploads.set(path, { file, ledger: new Ledger() });
  for (const old of before) if (old !== undefined) await platform.disk.remove(old);
  return { status: 201 };
}

async function putPart(platform: Platform, call: Call<'uploadFilePart'>): Promise<Answer> {
  const batch = batchOf(platform, call);
  mustBeLoading(batch);
  const { quirks } = platform.settings;
  const upload = openUpload(batch, call.path.filePath);
  const part = partOf(call.headers['content-range'] ?? '', quirks.totalRequired);
  const size = part.end - part.start;
  if (size > MAX_PART_BYTES) throw problem(413, `The part has more than ${MAX_PART_BYTES} bytes`);
  const wrong = () => problem(400, `Content-Range says ${size} bytes, the body has another number`);
  const length = call.headers['content-length'];
  if (length !== undefined && Number(length) !== size) throw wrong();
  const written = await platform.disk.write(upload.file, atMost(call, size, wrong), part.start);
  if (written !== size) throw wrong();
  mustBeLoading(batch);
  // A part that was on its way when the file was announced anew belongs to no file any more.
  if (batch.uploads.get(call.path.filePath) !== upload) throw problem(400, 'The file began anew');
  upload.ledger.add(part, quirks.identicalRangeOverlaps);
  return { status: 200 };
}

async function finish(platform: Platform, call: Call<'fileAction'>): Promise<Answer> {
  const batch = batchOf(platform, call);
  mustBeLoading(batch);
  const path = call.path.filePath;
  if (batch.files.has(path)) throw problem(400, `The file ${path} is finished already`);
  const { file, ledger } = openUpload(batch, path);
  const closed = ledger.close();
  if ('wrong' in closed) throw problem(400, `The file ${path} cannot be joined: ${closed.wrong}`);
  await replace(platform, batch, path, { file, sizeBytes: closed.sizeBytes });
  const { completeFileStatus: status } = platform.settings.quirks;
  return status === 200
    ? { status, json: { name: path, sizeInBytes: closed.sizeBytes } }
    : { status };
}

function received(platform: Platform, call: Call<'getReceivedRanges'>): Answer {
  const batch = batchOf(platform, call);
  const { headFormat, finishedFileStatus } = platform.settings.quirks;
  const done = batch.files.get(call.path.filePath);
  if (done !== undefined && finishedFileStatus === 200) {
    const whole = new Ledger();
    if (done.sizeBytes > 0) whole.add({ start: 0, end: done.sizeBytes }, false);
    return withRange(whole.header(headFormat));
  }
  return withRange(openUpload(batch, call.path.filePath).ledger.header(headFormat));
}

const withRange = (range: string | undefined): Answer =>
  range === undefined ? { status: 200 } : { status: 200, headers: { range } };

function openUpload(batch: Batch, path: string): OpenUpload {
  const upload = batch.uploads.get(path);
  if (upload !== undefined) return upload;
  throw problem(404, `No file ${path} was announced in batch ${batch.id}`);
}

/** The range of a part; the one place where an end that is included becomes one that is not. */
function partOf(header: string, totalRequired: boolean): ByteRange {
  const match = /^bytes (\d+)-(\d+)(?:\/(\d+))?$/.exec(header);
  const [start, last, total] = match?.slice(1).map(Number) ?? [];
  if (start === undefined || last === undefined || last < start) {
    throw problem(400, `Content-Range ${header} is not of the form bytes 0-99`);
  }
  const hasTotal = match?.[3] !== undefined;
  if (totalRequired && !hasTotal) throw problem(400, `Content-Range ${header} has no total`);
  if (hasTotal && last >= Number(total)) {
    throw problem(400, `Content-Range ${header} ends after the total`);
  }
  return { start, end: last + 1 };
}

/** The bytes of a request; where its head does not say how many they are, they are counted. */
function atMost(
  { bytes, headers }: Pick<Call, 'bytes' | 'headers'>,
  limit: number,
  tooMany: () => Error,
): AsyncIterable<Uint8Array> {
  return headers['content-length'] === undefined ? counted(bytes, limit, tooMany) : bytes;
}

async function* counted(bytes: AsyncIterable<Uint8Array>, limit: number, tooMany: () => Error) {
  let left = limit;
  for await (const chunk of bytes) {
    left -= chunk.length;
    if (left < 0) throw tooMany();
    yield chunk;
  }
}
