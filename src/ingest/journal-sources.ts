/** The files that a journal names, for those who only look: it is neither locked nor changed. */
import { openRegularFile } from '../shared/open-file.js';
import { isSameFingerprint, readFingerprint } from '../upload/source.js';
import { type FileEntry, isEntry } from './journal-entries.js';
import { JournalReader } from './journal-lines.js';
import type { UploadedSource } from './rejected/local-sources.js';

/**
 * The files of this machine that were loaded into a batch. One that changed since is left out, and of a damaged
 * journal all are.
 */
export async function readJournalSources(path: string, batchId: string): Promise<UploadedSource[]> {
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
