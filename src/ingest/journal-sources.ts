/** The files that were loaded, from a journal, which is neither locked nor changed. */
import { openRegularFile } from '../shared/open-file.js';
import { type FileFingerprint, isSameFingerprint, readFingerprint } from '../upload/source.js';
import { type FileEntry, isEntry, type MemberEntry } from './journal-entries.js';
import { JournalReader } from './journal-lines.js';
import { toPackedInto } from './receipt.js';
import type { UploadedSource } from './rejected/local-sources.js';
import type { PackedInto } from './types.js';

/** A file that was loaded, and what it was like. */
export interface RecordedFile {
  /** Its name in the batch. */
  path: string;
  /** Absolute; `undefined` for bytes in memory. */
  localPath?: string | undefined;
  identity?: FileFingerprint | undefined;
  /** Where it is in a packed file. */
  packed?: PackedInto | undefined;
}

/** The files of a batch that a journal names; none where it is damaged, or of another batch. */
export async function readRecordedFiles(path: string, batchId: string): Promise<RecordedFile[]> {
  let files: RecordedFile[] = [];
  let packedPath = '';
  let isOfBatch = false;
  const reader = new JournalReader(
    (entry) => {
      if (!isEntry(entry)) return;
      if (entry.type === 'plan') files = []; // another one takes the place of the former
      if (entry.type === 'file' && entry.members !== undefined) packedPath = entry.path;
      else if (entry.type === 'file') files.push(toRecordedFile(entry));
      else if (entry.type === 'member')
        files.push({ ...toRecordedFile(entry), packed: toPackedInto(entry, packedPath) });
      if (entry.type === 'created') isOfBatch ||= entry.batchId === batchId;
    },
    ({ what }) => {
      throw new Error(what);
    },
  );
  try {
    const { handle } = await openRegularFile(path);
    await reader.read(handle).finally(() => handle.close());
  } catch {
    return [];
  }
  if (!isOfBatch) return [];
  return files;
}

const toRecordedFile = ({ path, localPath, identity }: FileEntry | MemberEntry): RecordedFile => ({
  path,
  localPath,
  identity,
});

/** The files as sources of rejected rows. Those that changed since have no path on this machine. */
export async function toUnchangedSources(
  files: readonly RecordedFile[],
): Promise<UploadedSource[]> {
  const sources: UploadedSource[] = [];
  for (const { path: name, localPath, identity, packed } of files) {
    if (localPath === undefined || identity === undefined) {
      // Its rows may be those of another file that was packed with it.
      if (packed !== undefined) sources.push({ path: name, packed });
      continue;
    }
    const now = await readFingerprint(localPath).catch(() => undefined);
    const isSame = now !== undefined && isSameFingerprint(now, identity);
    // The others are named, too, so that a row of theirs is not taken for one of these.
    const own = packed === undefined ? { path: name } : { path: name, packed };
    sources.push(isSame ? { ...own, localPath } : own);
  }
  return sources;
}
