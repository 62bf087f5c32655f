import { type FileEntry, INGEST_JOURNAL } from '../ingest/journal-entries.js';
import { inspectJournal } from '../ingest/read-journal.js';
import { IngestState } from '../ingest/state.js';
import { InvalidInputError } from '../shared/errors.js';
import { parseAddress } from '../sources/url/address.js';
import { toBatchJournal } from './batch-journals.js';
import type { LoadState } from './state.js';

/**
 * Makes sure that URLs that were signed anew are of the load: one that no batch has would be passed over in silence.
 * @param journal the journal of the load.
 * @throws {InvalidInputError} for a URL that no batch has, whatever its query.
 */
export async function assertKnownUrls(
  journal: string,
  { batches }: LoadState,
  urls: readonly string[],
): Promise<void> {
  if (urls.length === 0) return;
  const unknown = new Set(urls.map((text) => parseAddress('sources', text).identity));
  for (const { entry } of batches) {
    const state = new IngestState();
    const path = toBatchJournal(journal, entry.number);
    await inspectJournal(path, INGEST_JOURNAL, (step) => state.apply(step));
    for (const { source } of listSources(state)) {
      if (source?.url !== undefined) unknown.delete(parseAddress('journal', source.url).identity);
    }
    if (unknown.size === 0) return;
  }
  const [first = ''] = unknown;
  const message = `Invalid sources: the load of the journal has no URL ${first}.`;
  throw new InvalidInputError('sources', message);
}

/** The files of a batch, and those that it has left: a crash may have come before they had a batch of their own. */
function* listSources(state: IngestState): Generator<Pick<FileEntry, 'source'>, void> {
  for (const { entry } of state.originals()) yield entry;
  for (const file of state.admitted.left) {
    yield file;
    yield* state.listMembers(file.path);
  }
}
