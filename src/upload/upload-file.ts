import type { ByteSource } from '../http/body.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import { ByteCount } from './byte-count.js';
import type { SentBytes, UploadContext, UploadResult } from './context.js';
import { countedSource, HashedSource, hashFile, hasSentBytes } from './hashing.js';
import { PartsUpload } from './parts.js';
import { checkedAtFirstRead, checkUnchanged, type SourceFile } from './source.js';

/**
 * Uploads one file: by PUT, or in parts where it is larger than the threshold.
 * @param earlier the parts that an earlier run knows to have arrived, if that run initialized the file;
 * then only what the platform lacks is sent.
 * @throws {SourceError} when the file changed, or the parts do not cover the file.
 * @throws {FileRejectedError} when the platform does not complete it, not even after a restart.
 */
export async function uploadFile(
  file: SourceFile,
  address: FileAddress,
  context: UploadContext,
  earlier: readonly ByteRange[] | undefined,
): Promise<UploadResult> {
  const opened = await file.open();
  try {
    const sent =
      file.sizeBytes <= context.plan.largeFileThresholdBytes
        ? await putWhole(file, opened, address, context)
        : await uploadParts(file, opened, address, context, earlier);
    const { sha256: known, parts, sent: sentParts = [] } = sent;
    // Touched, or linked, while it was sent: the same bytes count.
    const hasSameBytes = async () =>
      (await hashFile(file, context.signal)) === known && (await hasSentBytes(file, sentParts));
    await checkUnchanged(file, known === undefined ? undefined : hasSameBytes);
    const result: UploadResult = { path: file.path, sizeBytes: file.sizeBytes };
    if (known !== undefined) result.sha256 = known;
    if (parts !== undefined) result.parts = parts;
    return result;
  } finally {
    await opened.close();
  }
}

async function putWhole(
  file: SourceFile,
  source: ByteSource,
  address: FileAddress,
  context: UploadContext,
): Promise<SentBytes> {
  const count = new ByteCount(file, context);
  // Not checked before that as well: of a small file, each look takes as long as reading it.
  const checked = checkedAtFirstRead(file, source);
  const hashed = context.sha256 ? new HashedSource(checked) : undefined;
  const bytes = countedSource(hashed ?? checked, (sent) => count.sent(sent));
  const put = () => context.calls.put(address, bytes, context.callOptions);
  await context.limiter.run(put, context.signal);
  count.accepted(source.size);
  return { sha256: hashed?.digest(), parts: undefined };
}

async function uploadParts(
  file: SourceFile,
  source: ByteSource,
  address: FileAddress,
  context: UploadContext,
  earlier: readonly ByteRange[] | undefined,
): Promise<SentBytes> {
  await checkUnchanged(file);
  return await new PartsUpload(file, source, address, context).run(earlier);
}
