/**
 * The steps of an ingest, a line each, on the disk before the next step begins. It holds no secret but the
 * queries of URLs, which a resume needs: only this user can read the file.
 * `journal-lines.ts` has the format of a line, and which damage a crash explains.
 */
import { constants } from 'node:fs';
import { type FileHandle, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createPrivateFile } from '../shared/open-file.js';
import { systemCode } from '../shared/thrown.js';
import { JournalError } from './errors.js';
import { type Entry, isLockStep, type JournalFormat, type LockStep } from './journal-entries.js';
import { encodeLine, JournalReader } from './journal-lines.js';
import { createLock, LockHolders, markReleased, type ProcessLock } from './lock.js';
import { applyEntry, damaged, holdOrRelease, openJournalFile, throwFault } from './read-journal.js';

/** How much is written at a time: whole lines, so that no line of another process splits one. */
const WRITE_BYTES = 256 * 1024;

/** How often another process' lock is looked at before it counts, and how far apart. */
const MAX_LOOKS = 3;
const BETWEEN_LOOKS_MS = 100;

export interface OpenJournalOptions<Step extends { type: string } = Entry> {
  /** Which steps it has. */
  format: JournalFormat<Step>;
  /** Takes it from a process that cannot be checked. */
  takeOver?: boolean | undefined;
  /** Whether an empty file, such as one of `mktemp`, is taken for a new journal. */
  mayBeEmpty?: boolean;
  /** Receives each step, in order. If it throws, the line counts as damaged. */
  apply(entry: Step): void;
}

export class Journal<Step extends { type: string } = Entry> {
  readonly path: string;
  readonly #format: JournalFormat<Step>;
  readonly #handle: FileHandle;
  readonly #lock: ProcessLock;
  readonly #isNew: boolean;
  /** How many steps were appended here. */
  #appended = 0;
  #pending: string[] = [];
  #flushing: Promise<void> | undefined;
  /** Why nothing can be written any more: what follows a torn line would not be read. */
  #failure: JournalError | undefined;

  private constructor(
    path: string,
    format: JournalFormat<Step>,
    handle: FileHandle,
    lock: ProcessLock,
    isNew: boolean,
  ) {
    this.path = path;
    this.#format = format;
    this.#isNew = isNew;
    this.#handle = handle;
    this.#lock = lock;
  }

  /** Creates a journal. @throws {JournalError} if there is one already, or the file cannot be created. */
  static async create<Step extends { type: string }>(
    path: string,
    format: JournalFormat<Step>,
  ): Promise<Journal<Step>> {
    const handle = await createPrivateFile(path, constants.O_APPEND).catch(
      (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EEXIST'
            ? 'exists already. Resume it if its ingest broke off, delete it if it is done, or name another file'
            : `cannot be created: ${cause.message}`;
        throw new JournalError(path, `The journal ${path} ${why}.`, cause);
      },
    );
    const journal = new Journal(path, format, handle, await createLock(), true);
    try {
      await journal.#writeLock();
      return journal;
    } catch (error) {
      await journal.discard();
      throw error;
    }
  }

  /**
   * Creates a journal, or opens the one that is there: the caller decides by its steps whether it may be used again.
   * @throws {JournalError} as `create()` and `open()`.
   */
  static async createOrOpen<Step extends { type: string }>(
    path: string,
    options: Omit<OpenJournalOptions<Step>, 'mayBeEmpty'>,
  ): Promise<Journal<Step>> {
    try {
      return await Journal.create(path, options.format);
    } catch (error) {
      if (!(error instanceof JournalError) || systemCode(error) !== 'EEXIST') throw error;
    }
    return Journal.open(path, { ...options, mayBeEmpty: true });
  }

  /**
   * Opens the journal of an earlier run. A file that is not a journal, or is locked, is not written to.
   * @throws {JournalError} if there is none, it is damaged, or another process has it.
   */
  static async open<Step extends { type: string }>(
    path: string,
    options: OpenJournalOptions<Step>,
  ): Promise<Journal<Step>> {
    const { format, takeOver, mayBeEmpty = false, apply } = options;
    const { handle } = await openJournalFile(path);
    const holders = new LockHolders(path);
    const reader: JournalReader = new JournalReader(
      (entry, number) => applyEntry(entry, { path, number, apply, holders, format }),
      (fault) => throwFault(path, fault, reader, format),
    );
    let journal: Journal<Step> | undefined;
    try {
      await reader.read(handle);
      // Whoever creates a journal writes its first line a moment later.
      for (let look = 1; !reader.hasLines && look < MAX_LOOKS; look++) {
        await delay(BETWEEN_LOOKS_MS);
        await reader.read(handle);
      }
      const isNew = mayBeEmpty && reader.isEmpty;
      if (!reader.hasEntries && !isNew)
        throwFault(path, { number: 1, what: 'it is damaged' }, reader, format);
      await holders.assertNone(takeOver);
      journal = new Journal(path, format, handle, await createLock(), isNew);
      await journal.#writeLock();
      await reader.read(handle);
      // Of several processes that lock it at the same time, the first one has it.
      await holders.assertFirst(journal.#lock.id);
      return journal;
    } catch (error) {
      await (journal ?? handle).close();
      throw error;
    }
  }

  #writeLock(): Promise<void> {
    return this.#enqueue([{ type: 'claim', ...this.#lock }]);
  }

  /** Writes steps. Once the promise resolves they are on the disk. */
  append(...entries: readonly Step[]): Promise<void> {
    this.#appended += entries.length;
    return this.#enqueue(entries);
  }

  #enqueue(entries: readonly (Step | LockStep)[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    for (const entry of entries) this.#pending.push(encodeLine(entry));
    this.#flushing ??= this.#flush();
    return this.#flushing;
  }

  /** Writes what is pending, and what is added meanwhile, with one sync for many steps. */
  async #flush(): Promise<void> {
    await Promise.resolve(); // steps of one turn are written together
    try {
      while (this.#pending.length > 0) {
        const lines = this.#pending;
        this.#pending = [];
        await this.#write(lines);
        await this.#handle.datasync();
      }
    } catch (cause) {
      const message = `The journal ${this.path} cannot be written: ${(cause as Error).message}.`;
      this.#failure = new JournalError(this.path, message, cause);
      throw this.#failure;
    } finally {
      this.#flushing = undefined; // in the same turn as the last look at what is pending
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

  /**
   * Makes sure that no other process has taken this journal over, as one may that cannot check whether
   * this one is alive: then its lock, or its steps, follow ours.
   * @throws {JournalError} if another process has it.
   */
  async assertHeld(): Promise<void> {
    for (let look = 1; ; look++) {
      try {
        return await this.#assertHeldNow();
      } catch (error) {
        // A process that was second to lock it releases it at once.
        if (look === MAX_LOOKS) throw error;
        await delay(BETWEEN_LOOKS_MS);
      }
    }
  }

  async #assertHeldNow(): Promise<void> {
    const others = new LockHolders(this.path);
    let isOwnPart = false;
    let steps = 0;
    const take = (entry: { type: string }): void => {
      if (entry.type === 'claim' && 'id' in entry && entry.id === this.#lock.id) isOwnPart = true;
      else if (!isOwnPart) return;
      else if (isLockStep(entry)) holdOrRelease(others, entry);
      else if (this.#format.isEntry(entry)) steps++;
    };
    const reader = new JournalReader(take, (fault) => {
      throw damaged(this.path, fault);
    });
    await reader.read(this.#handle);
    await others.assertNone();
    if (steps <= this.#appended) return;
    const message = `Another process has used the journal ${this.path} since this one began.`;
    throw new JournalError(this.path, message);
  }

  /** Releases the journal, so that another process may have it. */
  async close(): Promise<void> {
    await this.#enqueue([{ type: 'release', claim: this.#lock.id }]).catch(() => undefined);
    markReleased(this.#lock.id);
    await this.#handle.close().catch(() => undefined); // what counts is on the disk already
  }

  /** Closes the journal before anything was sent, and deletes it if it is new. */
  async discard(): Promise<void> {
    await this.close();
    if (this.#isNew) await rm(this.path, { force: true });
  }

  /** Closes and deletes a journal of which nothing can be resumed. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}
