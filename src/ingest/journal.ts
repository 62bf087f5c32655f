/**
 * What an ingest has done, a line a step, on the disk before the step counts. It holds no secret.
 * `journal-lines.ts` says what a line looks like, and which damage is a crash.
 */
import { constants } from 'node:fs';
import { type FileHandle, rm } from 'node:fs/promises';
import { AepBatchError } from '../shared/errors.js';
import {
  createPrivateFile,
  foreignAccess,
  type OpenedFile,
  openRegularFile,
} from '../shared/open-file.js';
import { type ClaimEntry, type Entry, isEntry, JOURNAL_VERSION } from './journal-entries.js';
import { encodeLine, JournalReader, type LineFault } from './journal-lines.js';
import { type Claim, checkLiveness, createClaim, type Liveness } from './lock.js';

/** Ingests of 25,000 files in a million parts write less than this. */
const MAX_JOURNAL_BYTES = 1024 ** 3;
/** How much is written at a time: whole lines, so that no other process' line comes in between. */
const WRITE_BYTES = 256 * 1024;

/** Claims of this process that ended without a line that says so, because the disk was full. */
const ended = new Set<string>();

/** A journal that cannot be used: another process has it, or it is not what it should be. */
export class JournalError extends AepBatchError {
  override readonly name = 'JournalError';
  /** The file. */
  readonly path: string;

  constructor(path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.path = path;
  }
}

export interface OpenJournalOptions {
  /** Takes it from a process that cannot be checked. */
  takeOver?: boolean | undefined;
  /** Takes each step, in order. What it throws makes the line a damaged one. */
  apply(entry: Entry): void;
}

export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #claim: Claim;
  readonly #isNew: boolean;
  #pending: string[] = [];
  #flushing: Promise<void> | undefined;
  /** Why nothing can be written any more: what comes after a torn line would not be read. */
  #failure: JournalError | undefined;

  private constructor(path: string, handle: FileHandle, claim: Claim, isNew: boolean) {
    this.path = path;
    this.#isNew = isNew;
    this.#handle = handle;
    this.#claim = claim;
  }

  /** A new journal. @throws {JournalError} when there is one, or none can be made. */
  static async create(path: string): Promise<Journal> {
    const handle = await createPrivateFile(path, constants.O_APPEND).catch(
      (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EEXIST'
            ? 'is there already: resume it if its ingest broke off, delete it if it is done, or name another file'
            : `cannot be made: ${cause.message}`;
        throw new JournalError(path, `the journal ${path} ${why}.`, cause);
      },
    );
    const journal = new Journal(path, handle, await createClaim(), true);
    try {
      await journal.append({ type: 'claim', ...journal.#claim });
      return journal;
    } catch (error) {
      await journal.discard();
      throw error;
    }
  }

  /**
   * A journal of an earlier run. Nothing is written into a file that is none, or that is another's.
   * @throws {JournalError} when there is none, it is damaged, or another process has it.
   */
  static async open(path: string, { takeOver, apply }: OpenJournalOptions): Promise<Journal> {
    const { handle } = await openJournalFile(path);
    const owners = new Owners(path);
    const reader: JournalReader = new JournalReader(
      (entry, number) => applyEntry(entry, { path, number, apply, owners }),
      (fault) => throwFault(path, fault, reader),
    );
    let journal: Journal | undefined;
    try {
      await reader.read(handle);
      if (!reader.hasEntries) throwFault(path, { number: 1, what: 'it is damaged' }, reader);
      await owners.assertNone(takeOver);
      journal = new Journal(path, handle, await createClaim(), false);
      await journal.append({ type: 'claim', ...journal.#claim });
      await reader.read(handle);
      // Of several processes that claim at the same time the first one has it.
      await owners.assertFirst(journal.#claim.id);
      return journal;
    } catch (error) {
      await (journal ?? handle).close();
      throw error;
    }
  }

  /** Writes a step; once the promise is kept it is on the disk. */
  append(...entries: readonly Entry[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    for (const entry of entries) this.#pending.push(encodeLine(entry));
    this.#flushing ??= this.#flush();
    return this.#flushing;
  }

  /** Writes all that is waiting, and what comes meanwhile, with one sync for many steps. */
  async #flush(): Promise<void> {
    await Promise.resolve(); // steps of one turn go together
    try {
      while (this.#pending.length > 0) {
        const lines = this.#pending;
        this.#pending = [];
        await this.#write(lines);
        await this.#handle.datasync();
      }
    } catch (cause) {
      const message = `the journal ${this.path} cannot be written: ${(cause as Error).message}.`;
      this.#failure = new JournalError(this.path, message, cause);
      throw this.#failure;
    } finally {
      this.#flushing = undefined; // in the same turn as the last look at what is waiting
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    // A line end first: the line before may be torn, and must not swallow this one.
    let text = '\n';
    for (const [index, line] of lines.entries()) {
      text += line;
      if (text.length < WRITE_BYTES && index < lines.length - 1) continue;
      const bytes = Buffer.from(text);
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written);
        written += bytesWritten;
      }
      text = '';
    }
  }

  /** Lets the journal go; another process may then have it. */
  async close(): Promise<void> {
    await this.append({ type: 'release', claim: this.#claim.id }).catch(() => undefined);
    ended.add(this.#claim.id);
    await this.#handle.close().catch(() => undefined); // what counts is on the disk already
  }

  /** Deletes a new journal of which nothing is of use. */
  async discard(): Promise<void> {
    await this.close();
    if (this.#isNew) await rm(this.path, { force: true });
  }
}

/** @throws {JournalError} for a file that others can change, and for what is no file. */
async function openJournalFile(path: string): Promise<OpenedFile> {
  const { O_RDWR, O_APPEND } = constants;
  const opened = await openRegularFile(path, O_RDWR | O_APPEND).catch((cause: Error) => {
    throw new JournalError(path, `the journal ${path} cannot be opened: ${cause.message}.`, cause);
  });
  const access = foreignAccess(path, opened.stats);
  const tooLarge = opened.stats.size > MAX_JOURNAL_BYTES;
  if (access === undefined && !tooLarge) return opened;
  await opened.handle.close();
  const why = access?.message ?? 'is larger than 1 GiB, which no ingest writes';
  throw new JournalError(path, `the journal ${path} ${why}.`);
}

function throwFault(path: string, { number, what }: LineFault, reader: JournalReader): never {
  if (reader.hasEntries) throw damaged(path, number, what);
  if (/^\{"type":"(claim|plan)",/.test(reader.firstLine)) {
    const message = `the journal ${path} is of version 1, and this program reads version ${JOURNAL_VERSION}: resume it with the release that wrote it, or run the ingest again with another journal.`;
    throw new JournalError(path, message);
  }
  const message = `${path} is no journal of an ingest: pass the file that the ingest named, or that was named for it.`;
  throw new JournalError(path, message);
}

function damaged(path: string, number: number, what: string, cause?: unknown): JournalError {
  const message = `the journal ${path}, line ${number} is damaged: ${what}. Restore the file, or run the ingest again with another journal; a batch that it created is left as it is.`;
  return new JournalError(path, message, cause);
}

interface Applied {
  path: string;
  number: number;
  apply(entry: Entry): void;
  owners: Owners;
}

function applyEntry(entry: { type: string }, { path, number, apply, owners }: Applied): void {
  try {
    if (entry.type === 'plan' && 'version' in entry && entry.version !== JOURNAL_VERSION)
      throw otherVersion(path, `it is of version ${entry.version}`);
    if (!isEntry(entry)) throw otherVersion(path, `line ${number} is a step "${entry.type}"`);
    if (entry.type === 'claim') owners.claim(entry);
    else if (entry.type === 'release') owners.release(entry.claim);
    apply(entry);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    throw damaged(path, number, error instanceof Error ? error.message : String(error), error);
  }
}

const otherVersion = (path: string, what: string): JournalError =>
  new JournalError(
    path,
    `the journal ${path} cannot be read: ${what}, and this program reads version ${JOURNAL_VERSION}. Use the release that wrote it.`,
  );

/** Who has claimed the journal and not let it go, in their order. */
class Owners {
  readonly #path: string;
  readonly #claims = new Map<string, ClaimEntry>();

  constructor(path: string) {
    this.#path = path;
  }

  claim(entry: ClaimEntry): void {
    this.#claims.set(entry.id, entry);
  }

  release(id: string): void {
    this.#claims.delete(id);
  }

  /** @throws {JournalError} when an earlier process may be at work. */
  async assertNone(takeOver = false): Promise<void> {
    for (const claim of this.#claims.values()) {
      const liveness = ended.has(claim.id) ? 'dead' : await checkLiveness(claim);
      if (liveness === 'alive' || (liveness === 'unknown' && !takeOver))
        throw this.#taken(claim, liveness);
    }
    this.#claims.clear(); // those that come now are of processes that are there
  }

  async assertFirst(id: string): Promise<void> {
    const [first] = this.#claims.values();
    if (first !== undefined && first.id !== id) throw this.#taken(first, 'alive');
  }

  #taken({ pid, host }: ClaimEntry, liveness: Liveness): JournalError {
    const path = this.#path;
    const message =
      liveness === 'alive'
        ? `process ${pid} on this machine is using the journal ${path}: let it end, or end it.`
        : `process ${pid} on host ${host} may be using the journal ${path}, which cannot be checked from here. If it has ended, take the journal over: --take-over, or takeOver in the library.`;
    return new JournalError(path, message);
  }
}
