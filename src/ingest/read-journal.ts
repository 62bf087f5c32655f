/** Reading a journal, of whatever kind: what is believed of it, and what is said of one that is damaged. */
import { constants } from 'node:fs';
import { foreignAccess, type OpenedFile, openRegularFile } from '../shared/open-file.js';
import { JournalError } from './errors.js';
import { isLockStep, type JournalFormat, type LockStep } from './journal-entries.js';
import { JournalReader, type LineFault } from './journal-lines.js';
import { LockHolders } from './lock.js';

/** Ingests of 25,000 files in a million parts write less than this. */
const MAX_JOURNAL_BYTES = 1024 ** 3;

/**
 * Reads a journal without locking or changing it.
 * @returns whether a process may be using it.
 * @throws {JournalError} if it is damaged, or not a journal.
 */
export async function inspectJournal<Step extends { type: string }>(
  path: string,
  format: JournalFormat<Step>,
  apply: (entry: Step) => void,
): Promise<boolean> {
  const { handle } = await openJournalFile(path);
  try {
    const holders = new LockHolders(path);
    const reader: JournalReader = new JournalReader(
      (entry, number) => applyEntry(entry, { path, number, apply, holders, format }),
      (fault) => throwFault(path, fault, reader, format),
    );
    await reader.read(handle);
    return await holders.assertNone().then(
      () => false,
      () => true,
    );
  } finally {
    await handle.close();
  }
}

/** @throws {JournalError} for a file that others can change, and for what is not a file. */
export async function openJournalFile(path: string): Promise<OpenedFile> {
  const { O_RDWR, O_APPEND } = constants;
  const opened = await openRegularFile(path, O_RDWR | O_APPEND).catch((cause: Error) => {
    throw new JournalError(path, `The journal ${path} cannot be opened: ${cause.message}.`, cause);
  });
  const access = foreignAccess(path, opened.stats);
  const isTooLarge = opened.stats.size > MAX_JOURNAL_BYTES;
  if (access === undefined && !isTooLarge) return opened;
  await opened.handle.close();
  const why = access?.message ?? 'is larger than 1 GiB, which no ingest writes';
  throw new JournalError(path, `The journal ${path} ${why}.`);
}

/**
 * Which kind of journal a file is, by the type of its first step.
 * @returns `undefined` where it has none, or cannot be read: whoever opens it says why.
 */
export async function readJournalHead(path: string): Promise<string | undefined> {
  let head: string | undefined;
  const found = new Error('the first step was read');
  const reader = new JournalReader(
    ({ type }) => {
      if (type === 'claim' || type === 'release') return;
      head = type;
      throw found;
    },
    ({ what }) => {
      throw new Error(what);
    },
  );
  try {
    const { handle } = await openRegularFile(path);
    await reader.read(handle).finally(() => handle.close());
  } catch {
    // As without a first step.
  }
  return head;
}

export function throwFault(
  path: string,
  fault: LineFault,
  reader: JournalReader,
  { what, version }: Pick<JournalFormat<{ type: string }>, 'what' | 'version'>,
): never {
  if (reader.hasEntries) throw damaged(path, fault);
  if (/^\{"type":"(claim|plan)",/.test(reader.firstLine)) {
    const message = `The journal ${path} is of version 1, and this program reads version ${version}. Resume it with the release that wrote it, or run the ingest again with another journal.`;
    throw new JournalError(path, message);
  }
  if (reader.isEmpty) {
    const message = `The journal ${path} is empty, so nothing was sent. Run the ingest again.`;
    throw new JournalError(path, message);
  }
  const message = `${path} is not the journal of ${what}. Pass the file that the ingest named, or that was named for it.`;
  throw new JournalError(path, message);
}

export function damaged(path: string, { number, what }: LineFault, cause?: unknown): JournalError {
  const message = `The journal ${path}, line ${number} is damaged: ${what}. Restore the file, or run the ingest again with another journal; a batch that it created is kept.`;
  return new JournalError(path, message, cause);
}

interface Line<Step extends { type: string }> {
  path: string;
  number: number;
  format: JournalFormat<Step>;
  apply(entry: Step): void;
  holders: LockHolders;
}

export function applyEntry<Step extends { type: string }>(
  entry: { type: string },
  { path, number, format, apply, holders }: Line<Step>,
): void {
  try {
    if (isLockStep(entry)) {
      holdOrRelease(holders, entry);
      return;
    }
    const { head, version } = format;
    if (entry.type === head && 'version' in entry && entry.version !== version)
      throw otherVersion(path, `it is of version ${entry.version}`, version);
    if (!format.isEntry(entry))
      throw otherVersion(path, `line ${number} is a step "${entry.type}"`, version);
    apply(entry);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw damaged(path, { number, what }, error);
  }
}

export function holdOrRelease(holders: LockHolders, step: LockStep): void {
  if (step.type === 'claim') holders.add(step);
  else holders.remove(step.claim);
}

const otherVersion = (path: string, what: string, version: number): JournalError =>
  new JournalError(
    path,
    `The journal ${path} cannot be read: ${what}, and this program reads version ${version}. Use the release that wrote it.`,
  );
