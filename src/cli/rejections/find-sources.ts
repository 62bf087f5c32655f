/** The files that a batch was loaded from, where this machine knows them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedFile } from '../../ingest/journal-sources.js';
import type { UploadedSource } from '../../ingest/rejected-rows.js';
import { readHistory } from '../open-ingests.js';
import { findStateFolder } from '../state-dir.js';

/** More are not opened: a journal is deleted once its batch has ended. */
const MAX_JOURNALS = 1000;

/** The files at the paths of `--source`, named as `ingest` names them. */
export async function readSources(paths: readonly string[]): Promise<UploadedSource[]> {
  const { walk } = await import('../../ingest/walk.js');
  const { files } = await walk(paths);
  return files.map(({ path, localPath, sizeBytes }) => ({ path, localPath, sizeBytes }));
}

/** The files that a batch was loaded from, from the records of earlier runs or a journal in the state folder. */
export async function findSources(batchId: string): Promise<UploadedSource[]> {
  const files = await findLoadedFiles(batchId);
  if (files.length === 0) return [];
  const { toUnchangedSources } = await import('../../ingest/journal-sources.js');
  return toUnchangedSources(files);
}

async function findLoadedFiles(batchId: string): Promise<readonly LoadedFile[]> {
  const runs = await readHistory();
  const recorded = runs.find((run) => run.batchId === batchId && run.files !== undefined)?.files;
  if (recorded !== undefined) return recorded;
  const folder = findStateFolder();
  if (folder === undefined) return [];
  const names = await readdir(folder).catch(() => []);
  const journals = names.filter((name) => name.endsWith('.journal')).slice(-MAX_JOURNALS);
  const { readLoadedFiles } = await import('../../ingest/journal-sources.js');
  for (const name of journals) {
    const files = await readLoadedFiles(join(folder, name), batchId);
    if (files.length > 0) return files;
  }
  return [];
}
