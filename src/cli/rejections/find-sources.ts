/** The files that a batch was loaded from, where this machine knows them. */
import type { RecordedFile } from '../../ingest/journal-sources.js';
import type { UploadedSource } from '../../ingest/rejected-rows.js';
import { listKnownJournals, readHistory } from '../open-ingests.js';

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
  const files = await findRecordedFiles(batchId);
  if (files.length === 0) return [];
  const { toUnchangedSources } = await import('../../ingest/journal-sources.js');
  return toUnchangedSources(files);
}

/** The files of a batch, from the records of earlier runs or a journal in the state folder. */
export async function findRecordedFiles(batchId: string): Promise<readonly RecordedFile[]> {
  const runs = await readHistory();
  for (const run of runs) {
    const files =
      run.batchId === batchId && run.files !== undefined
        ? run.files
        : run.batches?.find((batch) => batch.batchId === batchId)?.files;
    if (files !== undefined) return files;
  }
  const journals = (await listKnownJournals(runs)).slice(-MAX_JOURNALS);
  const { readRecordedFiles } = await import('../../ingest/journal-sources.js');
  const { listBatchJournals } = await import('../../load/batch-journals.js');
  for (const journal of journals) {
    for (const path of [journal, ...(await listBatchJournals(journal))]) {
      const files = await readRecordedFiles(path, batchId);
      if (files.length > 0) return files;
    }
  }
  return [];
}
