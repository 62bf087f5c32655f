import type { ByteSource } from '../http/body.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import type { Turn } from './admission.js';
import { ByteCount } from './byte-count.js';
import type { SentBytes, UploadContext, UploadResult } from './context.js';
import { countedSource, HashedSource, hashFile, hasSentBytes } from './hashing.js';
import { paceSource } from './pace.js';
import { RangeReader } from './part-reader.js';
import { PartsUpload } from './parts.js';
import {
  checkedAtFirstRead,
  checkUnchanged,
  type SizedFile,
  type SourceFile,
  type StreamFile,
} from './source.js';
import { StreamReader } from './stream-reader.js';

interface FileStart {
  /**
   * The parts that an earlier run knows to have arrived, if that run initialized the file; then only what the platform
   * lacks is sent.
   */
  readonly earlier: readonly ByteRange[] | undefined;
  readonly turn: Turn;
}

/**
 * Uploads one file: by PUT, or in parts where it is larger than the threshold.
 * @returns `undefined` for a file that is not admitted to the batch, of which nothing was sent.
 * @throws {SourceError} when the file changed, or the parts do not cover the file.
 * @throws {FileRejectedError} when the platform does not complete it, not even after a restart.
 */
export async function uploadFile(
  file: SourceFile,
  address: FileAddress,
  context: UploadContext,
  start: FileStart,
): Promise<UploadResult | undefined> {
  const uploaded =
    file.stream === undefined
      ? await uploadSized(file, address, context, start)
      : await uploadStream(file, address, context, start);
  if (uploaded === undefined) return undefined;
  const { sizeBytes, sha256, parts } = uploaded;
  const result: UploadResult = { path: file.path, sizeBytes };
  if (sha256 !== undefined) result.sha256 = sha256;
  if (parts !== undefined) result.parts = parts;
  return result;
}

interface Uploaded extends SentBytes {
  sizeBytes: number;
}

async function uploadSized(
  file: SizedFile,
  address: FileAddress,
  context: UploadContext,
  { earlier, turn }: FileStart,
): Promise<Uploaded | undefined> {
  const { sizeBytes } = file;
  if (!(await turn.admit(sizeBytes))) return undefined;
  const opened = await file.open();
  try {
    // A file that was initialized goes on in parts, although other limits would send it whole now.
    const isWhole = sizeBytes <= context.plan.largeFileThresholdBytes && earlier === undefined;
    const sent = isWhole
      ? await putWhole(file, opened, address, context)
      : await uploadParts(file, opened, address, context, earlier);
    await checkSent(file, sent, context);
    return { ...sent, sizeBytes };
  } finally {
    await opened.close();
  }
}

/** Touched, or linked, while it was sent: the same bytes count. @throws {SourceError} if it changed. */
async function checkSent(
  file: SourceFile,
  { sha256: known, sent = [] }: SentBytes,
  { signal }: UploadContext,
): Promise<void> {
  const hasSameBytes = async () =>
    (await hashFile(file, signal)) === known && (await hasSentBytes(file, sent));
  await checkUnchanged(file, known === undefined ? undefined : hasSameBytes);
}

/** One that ends within its first part goes whole, where it may. */
async function uploadStream(
  file: StreamFile,
  address: FileAddress,
  context: UploadContext,
  { earlier, turn }: FileStart,
): Promise<Uploaded | undefined> {
  const { plan, sha256, signal } = context;
  const options = { partSizeBytes: plan.partSizeBytes, sha256 };
  await checkUnchanged(file);
  const reader = new StreamReader(file, options, signal);
  try {
    const short =
      earlier === undefined ? await reader.readShort(plan.largeFileThresholdBytes) : undefined;
    if (!(await turn.admit(short?.bytes.size ?? reader.estimateSize()))) return undefined;
    if (short !== undefined) {
      await putBytes(file, short.bytes, address, context);
      const sent = { sha256: short.sha256, parts: undefined };
      await checkSent(file, sent, context);
      return { ...sent, sizeBytes: short.bytes.size };
    }
    const sent = await new PartsUpload(file, reader, address, context).run(earlier);
    await checkSent(file, sent, context);
    return { ...sent, sizeBytes: reader.sizeBytes ?? 0 };
  } finally {
    await reader.close();
  }
}

async function putWhole(
  file: SizedFile,
  source: ByteSource,
  address: FileAddress,
  context: UploadContext,
): Promise<SentBytes> {
  // Not checked before that as well: of a small file, each look takes as long as reading it.
  const checked = checkedAtFirstRead(file, source);
  const hashed = context.sha256 ? new HashedSource(checked) : undefined;
  await putBytes(file, hashed ?? checked, address, context);
  return { sha256: hashed?.digest(), parts: undefined };
}

async function putBytes(
  file: SourceFile,
  source: ByteSource,
  address: FileAddress,
  context: UploadContext,
): Promise<void> {
  const count = new ByteCount(file, context);
  const bytes = countedSource(source, (sent) => count.sent(sent));
  const body = paceSource(bytes, context.pace);
  const put = () => context.calls.put(address, body, context.callOptions);
  await context.limiter.run(put, context.signal);
  count.accepted(source.size);
}

async function uploadParts(
  file: SizedFile,
  source: ByteSource,
  address: FileAddress,
  context: UploadContext,
  earlier: readonly ByteRange[] | undefined,
): Promise<SentBytes> {
  const { plan, sha256 } = context;
  await checkUnchanged(file);
  const reader = new RangeReader(file, source, { partSizeBytes: plan.partSizeBytes, sha256 });
  return await new PartsUpload(file, reader, address, context).run(earlier);
}
