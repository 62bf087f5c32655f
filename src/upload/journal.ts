/**
 * What an ingest has done, a line of JSON a step, on the disk before the step counts. It holds no
 * secret. A torn last line is a step that never counted.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { AepBatchError } from '../http/errors.js';
import type { CreateBatchRequest } from '../resources/types.js';
import { type Claim, claimOfThisProcess, isLive } from './claim.js';
import type { UploadPlan } from './plan.js';
import type { FileIdentity } from './source.js';

/** Goes up when an older version could not read what a newer one writes. */
export const JOURNAL_VERSION = 1;

/** What an ingest is going to do. */
export interface PlanEntry {
  type: 'plan';
  version: number;
  externalId: string;
  origin: string;
  orgId: string;
  sandbox: string;
  request: CreateBatchRequest;
  upload: UploadPlan;
  sha256: boolean;
  /** How many files follow; `undefined` for a stream, whose files come as it is read. */
  files: number | undefined;
  skipped: number;
}

export interface FileEntry {
  type: 'file';
  path: string;
  sizeBytes: number;
  /** `undefined` for bytes in memory: a resume has to be given them again. */
  localPath: string | undefined;
  identity: FileIdentity | undefined;
}

export type Entry =
  | PlanEntry
  | FileEntry
  | { type: 'planned' }
  | { type: 'ended' }
  | { type: 'created'; batchId: string }
  | { type: 'initialized'; path: string }
  | { type: 'part'; path: string; start: number; end: number }
  | {
      type: 'uploaded';
      path: string;
      sha256: string | undefined;
      parts: [number, number][] | undefined;
    }
  | { type: 'completed' }
  | { type: 'aborted' }
  | { type: 'outcome'; outcome: string }
  | ({ type: 'claim' } & Claim)
  | { type: 'release'; claim: string };

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

export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #claim: Claim;
  #pending: string[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, claim: Claim) {
    this.path = path;
    this.#handle = handle;
    this.#claim = claim;
  }

  /** A new journal. @throws {JournalError} when there is one, or none can be made. */
  static async create(path: string): Promise<Journal> {
    const handle = await open(path, 'ax+', 0o600).catch((cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EEXIST'
          ? 'is there already: resume it if its ingest broke off, delete it if it is done, or name another file'
          : `cannot be made: ${cause.message}`;
      throw new JournalError(path, `the journal ${path} ${why}.`, cause);
    });
    return (await Journal.#claimed(path, handle, false)).journal;
  }

  /**
   * A journal of an earlier run, with what it holds.
   * @param force takes it from another host, of which nobody knows whether it is still at it.
   * @throws {JournalError} when there is none, or another process has it.
   */
  static async open(path: string, force = false): Promise<{ journal: Journal; entries: Entry[] }> {
    const handle = await open(path, 'r+').catch((cause: Error) => {
      throw new JournalError(
        path,
        `the journal ${path} cannot be opened: ${cause.message}.`,
        cause,
      );
    });
    try {
      await checkIsJournal(path, handle);
    } finally {
      await handle.close();
    }
    return Journal.#claimed(path, await open(path, 'a+', 0o600), force);
  }

  /** Claims a journal for this process; of several claims the earliest live one wins. */
  static async #claimed(path: string, handle: FileHandle, force: boolean) {
    const claim = await claimOfThisProcess();
    const journal = new Journal(path, handle, claim);
    try {
      await journal.append({ type: 'claim', ...claim });
      const entries = parse(await readWhole(handle));
      const owner = await ownerOf(entries, claim.host, force);
      if (owner !== undefined && owner.id !== claim.id) {
        const where = owner.host === claim.host ? `process ${owner.pid}` : `host ${owner.host}`;
        const toDo = owner.host === claim.host ? '' : ' If that one is gone, force it.';
        throw new JournalError(path, `${where} is at work on the journal ${path}.${toDo}`);
      }
      return { journal, entries };
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** Writes a step; once the promise is kept it is on the disk. */
  append(...entries: Entry[]): Promise<void> {
    this.#pending.push(...entries.map((entry) => `${JSON.stringify(entry)}\n`));
    this.#flushing ??= this.#flush();
    return this.#flushing;
  }

  /** Writes all that is waiting, and what comes meanwhile, with one sync for many steps. */
  async #flush(): Promise<void> {
    await Promise.resolve(); // steps of one turn go together
    try {
      while (this.#pending.length > 0) {
        const text = this.#pending.join('');
        this.#pending = [];
        // A line end first: the line before may be torn, and must not swallow this one.
        await this.#handle.appendFile(`\n${text}`);
        await this.#handle.datasync();
      }
    } catch (cause) {
      const message = `the journal ${this.path} cannot be written: ${(cause as Error).message}.`;
      throw new JournalError(this.path, message, cause);
    } finally {
      this.#flushing = undefined; // in the same turn as the last look at what is waiting
    }
  }

  /** Lets the journal go; another process may then have it. */
  async close(): Promise<void> {
    await this.append({ type: 'release', claim: this.#claim.id }).catch(() => undefined);
    await this.#handle.close();
  }
}

/** How far into a file a journal's first step is looked for. */
const HEAD_BYTES = 64 * 1024;

/** Any other file stays as it is: a claim in somebody's data would be a row of it. */
async function checkIsJournal(path: string, handle: FileHandle): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const entries = parse(buffer.subarray(0, bytesRead).toString('utf8'));
  // By more than its type: data may have one of its own.
  const isStep = (entry: Entry) =>
    entry.type === 'claim' ? 'bootId' in entry : entry.type === 'plan' && 'externalId' in entry;
  if (entries.some(isStep)) return;
  const message = `${path} is no journal of an ingest: pass the file that the ingest named, or that was named for it.`;
  throw new JournalError(path, message);
}

async function readWhole(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
  return buffer.subarray(0, bytesRead).toString('utf8');
}

/** The steps that count; a line that is none was torn off by a crash. */
function parse(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const entry = JSON.parse(line) as Entry | null;
      return typeof entry === 'object' && entry !== null ? [entry] : [];
    } catch {
      return [];
    }
  });
}

async function ownerOf(entries: Entry[], host: string, force: boolean): Promise<Claim | undefined> {
  const released = new Set(
    entries.flatMap((entry) => (entry.type === 'release' ? [entry.claim] : [])),
  );
  for (const entry of entries) {
    if (entry.type !== 'claim' || released.has(entry.id)) continue;
    if (force && entry.host !== host) continue;
    if (await isLive(entry)) return entry;
  }
  return undefined;
}
