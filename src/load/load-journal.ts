/** The journal of a load, locked for as long as the load runs. */
import { rm } from 'node:fs/promises';
import { notEnded } from '../ingest/ingest-journal.js';
import { Journal } from '../ingest/journal.js';
import { INGEST_JOURNAL } from '../ingest/journal-entries.js';
import { inspectJournal, readJournalHead } from '../ingest/read-journal.js';
import { IngestState } from '../ingest/state.js';
import { removeBatchFolder } from './batch-journals.js';
import { LOAD_JOURNAL, type LoadEntry } from './load-entries.js';
import { LoadState } from './state.js';

export class LoadJournal {
  readonly state = new LoadState();
  #journal: Journal<LoadEntry> | undefined;
  #isUseless = false;

  /** @throws {Error} before it was opened. */
  get current(): Journal<LoadEntry> {
    if (this.#journal === undefined) throw new Error('the journal is not open');
    return this.#journal;
  }

  /**
   * Opens it for a new load.
   * @throws {JournalError} if it cannot be created or written, or is of a load or an ingest that has not ended.
   */
  async open({ journal: path, takeOver }: { journal: string; takeOver?: boolean }): Promise<void> {
    if ((await readJournalHead(path)) === INGEST_JOURNAL.head) await deleteEndedIngest(path);
    const apply = (entry: LoadEntry) => this.state.apply(entry);
    this.#journal = await Journal.createOrOpen(path, { format: LOAD_JOURNAL, takeOver, apply });
    if (!this.state.isPlanned || this.state.hasEnded) return;
    await this.#release();
    throw notEnded(path);
  }

  /** Opens it for a resume. @throws {JournalError} if it cannot be used, or nothing was planned. */
  async reopen(path: string, takeOver: boolean | undefined): Promise<void> {
    const apply = (entry: LoadEntry) => this.state.apply(entry);
    this.#journal = await Journal.open(path, { format: LOAD_JOURNAL, takeOver, apply });
    try {
      this.state.assertPlanned(path);
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  /** Writes steps, and applies them. */
  async record(...entries: readonly LoadEntry[]): Promise<void> {
    await this.current.append(...entries);
    for (const entry of entries) this.state.apply(entry);
  }

  /** Nothing was sent, so it is deleted when it is closed. */
  setUseless(): void {
    this.#isUseless = true;
  }

  /** Closes it. Without a plan it is deleted if it is new, since no resume could read it. */
  async close(): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return;
    if (this.state.isPlanned && !this.#isUseless) return this.#release();
    // Before the journal, which says that the folder may be deleted.
    await removeBatchFolder(journal.path).catch(() => undefined);
    await (this.#isUseless ? journal.remove() : journal.discard());
  }

  async #release(): Promise<void> {
    await this.#journal?.close();
    this.#journal = undefined;
  }
}

async function deleteEndedIngest(path: string): Promise<void> {
  const state = new IngestState();
  const isRunning = await inspectJournal(path, INGEST_JOURNAL, (entry) => state.apply(entry));
  if (isRunning || (state.hasPlan && !state.hasEnded)) throw notEnded(path);
  await rm(path);
}

/**
 * Deletes the journal of a load that has ended, with those of its batches, so that an ingest of one batch may have
 * its place. Any other file stays.
 * @throws {JournalError} if the load has not ended, or the journal is damaged.
 */
export async function deleteEndedLoad(path: string): Promise<void> {
  if ((await readJournalHead(path)) !== LOAD_JOURNAL.head) return;
  const state = new LoadState();
  const isRunning = await inspectJournal(path, LOAD_JOURNAL, (entry) => state.apply(entry));
  if (isRunning || (state.isPlanned && !state.hasEnded)) throw notEnded(path);
  await removeBatchFolder(path);
  await rm(path);
}
