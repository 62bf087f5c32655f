/** The files that a batch was loaded from, where this machine knows them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { UploadedSource } from '../../ingest/rejected-rows.js';

/** More are not opened: a journal is deleted once its batch is loaded. */
const MAX_JOURNALS = 1000;

/** The files at the paths of `--source`, named as `ingest` names them. */
export async function readSources(paths: readonly string[]): Promise<UploadedSource[]> {
  const { walk } = await import('../../ingest/walk.js');
  const { files } = await walk(paths);
  return files.map(({ path, localPath, sizeBytes }) => ({ path, localPath, sizeBytes }));
}

/** The files of a batch that a journal in the state folder names, unless they changed since. */
export async function findJournalSources(
  folder: string | undefined,
  batchId: string,
): Promise<UploadedSource[]> {
  if (folder === undefined) return [];
  const names = await readdir(folder).catch(() => []);
  const journals = names.filter((name) => name.endsWith('.journal')).slice(-MAX_JOURNALS);
  const { readJournalSources } = await import('../../ingest/journal-sources.js');
  for (const name of journals) {
    const sources = await readJournalSources(join(folder, name), batchId);
    if (sources.length > 0) return sources;
  }
  return [];
}
