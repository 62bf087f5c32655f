/** The files that were loaded, from a journal, which is neither locked nor changed. */
import { openRegularFile } from '../shared/open-file.js';
import { type FileFingerprint, isSameFingerprint, readFingerprint } from '../upload/source.js';
import { type FileEntry, isEntry } from './journal-entries.js';
import { JournalReader } from './journal-lines.js';
import type { UploadedSource } from './rejected/local-sources.js';

/** A file that was loaded, and what it was like. */
export interface RecordedFile {
  /** Its name in the batch. */
  path: string;
  /** Absolute; `undefined` for bytes in memory. */
  localPath?: string | undefined;
  identity?: FileFingerprint | undefined;
}

/** The files of a batch that a journal names; none where it is damaged, or of another batch. */
export async function readRecordedFiles(path: string, batchId: string): Promise<RecordedFile[]> {
  const files: FileEntry[] = [];
  let isOfBatch = false;
  const reader = new JournalReader(
    (entry) => {
      if (!isEntry(entry)) return;
      if (entry.type === 'file') files.push(entry);
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
  return files.map(({ path: name, localPath, identity }) => ({ path: name, localPath, identity }));
}

/** The files as sources of rejected rows. Those that changed since have no path on this machine. */
export async function toUnchangedSources(
  files: readonly RecordedFile[],
): Promise<UploadedSource[]> {
  const sources: UploadedSource[] = [];
  for (const { path: name, localPath, identity } of files) {
    if (localPath === undefined || identity === undefined) continue;
    const now = await readFingerprint(localPath).catch(() => undefined);
    const isSame = now !== undefined && isSameFingerprint(now, identity);
    // The others are named, too, so that a row of theirs is not taken for one of these.
    sources.push(isSame ? { path: name, localPath } : { path: name });
  }
  return sources;
}
