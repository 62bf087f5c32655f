/** What a batch that was closed has left becomes a further batch of the same load. */
import { randomUUID } from 'node:crypto';
import { access, rm } from 'node:fs/promises';
import { JournalError } from '../ingest/errors.js';
import type { Journal } from '../ingest/journal.js';
import { type Entry, type FileEntry, INGEST_JOURNAL } from '../ingest/journal-entries.js';
import { writePlan } from '../ingest/planned.js';
import { inspectJournal } from '../ingest/read-journal.js';
import { IngestState } from '../ingest/state.js';
import { OWNER_TAG } from '../resources/owner-tag.js';
import { omit, omitUndefined } from '../shared/options.js';
import { toBatchJournal } from './batch-journals.js';
import type { BatchEntry, LoadEntry } from './load-entries.js';
import type { BatchState, LoadState } from './state.js';

interface Load {
  readonly state: LoadState;
  readonly journal: Journal<LoadEntry>;
}

/** Adds batches to a load, one after another, although several may be closed at a time. */
export class BatchDivider {
  readonly #load: Load;
  readonly #onAdded: (batch: BatchState) => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(load: Load, onAdded: (batch: BatchState) => void) {
    this.#load = load;
    this.#onAdded = onAdded;
  }

  /**
   * Gives the files that a batch has left a batch of their own, unless they have one.
   * @param state that of the batch, whose own journal is what counts: a crash may have come before the load knew.
   */
  divide(batch: BatchState, state: IngestState): Promise<void> {
    const divided = this.#last.then(() => this.#divide(batch, state));
    this.#last = divided.catch(() => undefined);
    return divided;
  }

  async #divide(batch: BatchState, state: IngestState): Promise<void> {
    const { state: load, journal } = this.#load;
    const { number } = batch.entry;
    const { closures, left } = state.admitted;
    if (closures === batch.divisions) return;
    if (closures !== batch.divisions + 1 || left.length === 0)
      throw damaged(toBatchJournal(journal.path, number));
    const added = load.batches.length + 1;
    const externalId = `${load.plan.externalId}-${added}`;
    const rest = toBatchEntry(added, externalId, state);
    await writeRest(toBatchJournal(journal.path, added), externalId, state);
    // Where it cannot be written, the load ends, and a resume divides the batch.
    const step = { type: 'divided', number, rest } as const;
    await journal.append(step);
    load.apply(step);
    const last = load.batches.at(-1);
    if (last !== undefined) this.#onAdded(last);
  }
}

function toBatchEntry(number: number, externalId: string, state: IngestState): BatchEntry {
  const { left } = state.admitted;
  const isPacked = left.some(({ members }) => members !== undefined);
  const originalCount = left.reduce((sum, { members }) => sum + (members ?? 1), 0);
  return omitUndefined({
    type: 'batch' as const,
    number,
    externalId,
    fileCount: left.length,
    originalCount: isPacked ? originalCount : undefined,
    sizeBytes: left.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    isEstimate: true as const,
  });
}

/** Writes the plan of the new batch. One that is there already was written before a crash, and may have been begun. */
async function writeRest(path: string, externalId: string, state: IngestState): Promise<void> {
  const known = await readPlanned(path);
  if (known === undefined) {
    await rm(path, { force: true }); // it ends within its plan
    await writePlan(path, listSteps(externalId, state));
    return;
  }
  const paths = new Set(state.admitted.left.map((file) => file.path));
  if (known.files.some((file) => !paths.has(file.path))) throw damaged(path);
}

async function readPlanned(path: string): Promise<IngestState | undefined> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const state = new IngestState();
  await inspectJournal(path, INGEST_JOURNAL, (entry) => state.apply(entry));
  return state.hasPlan && state.sourcesKnown ? state : undefined;
}

function* listSteps(externalId: string, state: IngestState): Generator<Entry, void> {
  const { plan, admitted } = state;
  const tags = { ...plan.request.tags, [OWNER_TAG]: [randomUUID()] };
  const request = { ...plan.request, externalId, tags };
  yield { ...omit(plan, ['anew']), externalId, request, files: admitted.left.length, skipped: 0 };
  for (const file of admitted.left) yield* listFileSteps(file, state);
  yield { type: 'planned' };
}

function* listFileSteps(file: FileEntry, state: IngestState): Generator<Entry, void> {
  yield file;
  yield* state.listMembers(file.path);
}

const damaged = (path: string): JournalError =>
  new JournalError(
    path,
    `The journal ${path} does not fit to that of its load: it is damaged. Restore the file; no batch is touched.`,
  );
