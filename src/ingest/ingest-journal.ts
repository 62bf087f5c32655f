/** The journal of a new ingest, from before anything is sent until its plan is recorded or given up. */
import { JournalError } from './errors.js';
import { Journal } from './journal.js';
import { type Entry, INGEST_JOURNAL } from './journal-entries.js';
import { IngestState } from './state.js';
import type { IngestOptions } from './types.js';

export class IngestJournal {
  #journal: Journal | undefined;
  #isPlanned = false;

  /** `undefined` for an ingest that keeps none. */
  get current(): Journal | undefined {
    return this.#journal;
  }

  /**
   * Opens the journal that the options name, if they name one.
   * @throws {JournalError} if it cannot be created or written, or is of an ingest that has not ended.
   */
  async open(options: Pick<IngestOptions, 'journal' | 'takeOver'>): Promise<void> {
    this.#journal = await openJournal(options);
  }

  /** From now on a resume can read it, so it is kept. */
  setPlanned(): void {
    this.#isPlanned = true;
  }

  /** Closes it. One without a plan is deleted if it is new: no resume could read it. */
  async close(): Promise<void> {
    if (this.#isPlanned) await this.#journal?.close();
    else await this.#journal?.discard();
  }
}

/** A new journal, or one whose ingest has ended: a further plan in it is a new start. */
async function openJournal({
  journal: path,
  takeOver,
}: Pick<IngestOptions, 'journal' | 'takeOver'>): Promise<Journal | undefined> {
  if (path === undefined) return undefined;
  const state = new IngestState();
  const apply = (entry: Entry) => state.apply(entry);
  const journal = await Journal.createOrOpen(path, { format: INGEST_JOURNAL, takeOver, apply });
  if (!state.hasPlan || state.hasEnded) return journal;
  await journal.close();
  throw notEnded(path);
}

export const notEnded = (path: string): JournalError =>
  new JournalError(
    path,
    `The journal ${path} exists already, of an ingest that has not ended. Resume it, delete it, or name another file.`,
  );
