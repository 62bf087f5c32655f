/** The planned files as they are on this machine now. */
import { InvalidInputError } from '../shared/errors.js';
import { hashFile } from '../upload/hashing.js';
import { checkUnchanged, plannedFile, type SourceFile } from '../upload/source.js';
import type { FileEntry } from './journal-entries.js';
import type { IngestState } from './state.js';

/** @throws {InvalidInputError} for bytes in memory: only the call that was given them can send them. */
export function openPlanned({ path, localPath, identity }: FileEntry): SourceFile {
  if (localPath !== undefined && identity !== undefined) {
    return plannedFile(localPath, path, identity);
  }
  const message = `${path} was given as bytes in memory, which a resume does not have. Run the ingest again.`;
  throw new InvalidInputError('journal', message);
}

/**
 * Makes sure that no source changed since it was planned. A file that was only touched, or copied
 * over, counts as unchanged if its sha256 is known.
 * @throws {SourceError} that names the first one that did.
 */
export async function assertSourcesUnchanged(
  state: IngestState,
  signal: AbortSignal,
): Promise<void> {
  if (state.isStream) return; // its files are our own, and deleted by now
  for (const entry of state.files) {
    if (entry.localPath === undefined) continue;
    signal.throwIfAborted();
    const file = openPlanned(entry);
    const known = state.uploaded.get(entry.path)?.sha256;
    const hasSameBytes = async () => (await hashFile(file, signal)) === known;
    await checkUnchanged(file, known === undefined ? undefined : hasSameBytes);
  }
}
