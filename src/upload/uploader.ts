import type { ByteSource } from '../http/body.js';
import type { ByteRange, FileAddress } from '../resources/types.js';
import {
  callOptions,
  type UploadContext,
  type UploadEvents,
  type UploadedFile,
} from './context.js';
import { countedSource, HashedSource, hashFile } from './hashing.js';
import { PartsUpload } from './parts.js';
import { checkUnchanged, type SourceFile } from './source.js';

/**
 * Uploads one file: by PUT, or in parts where it is larger than the threshold.
 * @param earlier the parts that an earlier run knows to have arrived, where it initialized the file;
 * then only what the platform lacks is sent.
 * @throws {SourceError} when the file changed, or the parts are not the file.
 * @throws {FileRefusedError} when the platform does not complete it, begun anew or not.
 */
export async function uploadFile(
  file: SourceFile,
  address: FileAddress,
  context: UploadContext,
  events: UploadEvents,
  earlier: readonly ByteRange[] | undefined,
): Promise<UploadedFile> {
  const opened = await file.open();
  const source = checkedAtFirstRead(opened, () => checkUnchanged(file, undefined));
  try {
    await checkUnchanged(file, undefined);
    const whole = file.sizeBytes <= context.plan.largeFileThresholdBytes;
    const done = whole
      ? await putWhole(source, address, context, events)
      : await new PartsUpload(source, address, context, events).run(earlier);
    // Touched, or linked, while it was sent: the same bytes count.
    const now = () => hashFile(file, context.signal);
    const { sha256: known } = done;
    await checkUnchanged(file, known === undefined ? undefined : { known, now });
    return done;
  } finally {
    await opened.close();
  }
}

/**
 * A source that is checked again right before its first byte is read: a change while the request was
 * prepared would otherwise be sent as a whole, and hashed as if it had always been there.
 */
function checkedAtFirstRead(source: ByteSource, check: () => Promise<void>): ByteSource {
  let checked: Promise<void> | undefined;
  const wrap = (part: ByteSource): ByteSource => ({
    size: part.size,
    async pump(write) {
      checked ??= check();
      await checked;
      await part.pump(write);
    },
    slice: (start, end) => wrap(part.slice(start, end)),
  });
  return wrap(source);
}

async function putWhole(
  source: ByteSource,
  address: FileAddress,
  context: UploadContext,
  events: UploadEvents,
): Promise<UploadedFile> {
  const hashed = context.sha256 ? new HashedSource(source) : undefined;
  const bytes = countedSource(hashed ?? source, events.sent);
  const put = () => context.calls.put(address, bytes, callOptions(context));
  await context.budget.run(put, context.signal);
  events.accepted(source.size);
  return { sha256: hashed?.digest(), parts: undefined };
}
