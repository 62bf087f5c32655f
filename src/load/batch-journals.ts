/** The folder beside the journal of a load, with the journals of its batches. */
import { lstat, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalError } from '../ingest/errors.js';
import { foreignAccess } from '../shared/open-file.js';

const NAME = /^\d{4,}\.journal$/;

export const toBatchFolder = (journal: string): string => `${journal}.batches`;

export const toBatchJournal = (journal: string, number: number): string =>
  join(toBatchFolder(journal), `${String(number).padStart(4, '0')}.journal`);

/**
 * Makes the folder, for this user alone. Journals in it are of an earlier load, and deleted.
 * @throws {JournalError} if it cannot be made, or is not this program's.
 */
export async function createBatchFolder(journal: string): Promise<void> {
  const folder = toBatchFolder(journal);
  try {
    await removeBatchFolder(journal);
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'exists already, with other files in it. Move it away'
        : `cannot be created: ${message}`;
    const text = `The folder ${folder}, for the journals of the batches, ${why}.`;
    throw new JournalError(folder, text, cause);
  }
}

/** Deletes the journals of the batches, and their folder if nothing else is in it. */
export async function removeBatchFolder(journal: string): Promise<void> {
  const folder = toBatchFolder(journal);
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true || foreignAccess(folder, stats) !== undefined) return;
  for (const path of await listBatchJournals(journal)) await rm(path, { force: true });
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY') throw error;
  });
}

/** The journals of the batches; none for an ingest of one batch. */
export async function listBatchJournals(journal: string): Promise<string[]> {
  const folder = toBatchFolder(journal);
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => NAME.test(name)).map((name) => join(folder, name));
}
