/** Writes records and streams to files of JSON Lines, one after another, beside the journal. */
import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { groupLines } from '../shared/lines.js';
import { createPrivateFile } from '../shared/open-file.js';
import { plannedFile, readFingerprint, type SourceFile } from '../upload/source.js';
import { IngestError } from './errors.js';
import type { Journal } from './journal.js';
import { toSpoolFolder } from './spool-path.js';

/**
 * Does the work with a folder for the files of a stream. It is deleted afterwards, unless a resume may
 * need what is left in it.
 * @throws {SourceError} for a folder that was there before, whoever created it.
 */
export async function inSpoolFolder<T>(
  journal: Journal | undefined,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await createFolder(journal).catch(async (error: unknown) => {
    await journal?.discard(); // nothing was sent
    throw error;
  });
  let isKept = false;
  try {
    return await work(folder);
  } catch (error) {
    isKept = error instanceof IngestError && error.journal !== undefined;
    throw error;
  } finally {
    if (!isKept) await rm(folder, { recursive: true, force: true });
  }
}

async function createFolder(journal: Journal | undefined): Promise<string> {
  if (journal === undefined) return mkdtemp(join(tmpdir(), 'aep-batch-spool-'));
  const folder = resolve(toSpoolFolder(journal.path));
  try {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700); // the umask may have removed bits
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isOwnAndEmpty(folder))) return folder;
    const why =
      code === 'EEXIST'
        ? 'exists already, of an earlier ingest or of another user. Move it away'
        : `cannot be created: ${message}`;
    throw new SourceError(
      folder,
      `The folder ${folder}, for the rows of the stream, ${why}.`,
      cause,
    );
  }
  return folder;
}

/** Not a link, and nobody else can look or write into it. */
async function isOwnAndEmpty(folder: string): Promise<boolean> {
  const stats = await lstat(folder);
  const isOwn = process.geteuid === undefined || stats.uid === process.geteuid();
  const isPrivate = isOwn && (process.geteuid === undefined || (stats.mode & 0o077) === 0);
  return stats.isDirectory() && isPrivate && (await readdir(folder)).length === 0;
}

/**
 * Cuts a stream on line ends into files of at most so many bytes. A file is there once it is full,
 * and deleted once it is in the batch.
 * @throws {InvalidInputError} for a line that is longer than a file may be.
 */
export async function* spool(
  stream: AsyncIterable<Uint8Array>,
  folder: string,
  maxBytes: number,
): AsyncGenerator<SourceFile> {
  let number = 0;
  let file: SpoolFile | undefined;
  const rejectLine = (at: number): never => {
    const message = `The line that begins at byte ${at} is longer than ${maxBytes} bytes, the size of a file (partSizeBytes).`;
    throw new InvalidInputError('partSizeBytes', message);
  };
  try {
    for await (const lines of groupLines(stream, maxBytes, rejectLine)) {
      if (file !== undefined && file.sizeBytes + lines.length > maxBytes) {
        const full = file;
        file = undefined;
        yield await full.finish();
      }
      file ??= await SpoolFile.create(folder, ++number);
      await file.write(lines);
    }
    const last = file;
    file = undefined;
    if (last !== undefined) yield await last.finish();
  } finally {
    await file?.discard(); // the stream failed, or the rest is not read
  }
}

/** How much is buffered before it is written. */
const WRITE_BYTES = 1024 * 1024;

class SpoolFile {
  sizeBytes = 0;
  readonly #localPath: string;
  readonly #name: string;
  readonly #handle: FileHandle;
  #buffered: Uint8Array[] = [];
  #bufferedBytes = 0;

  private constructor(folder: string, name: string, handle: FileHandle) {
    this.#localPath = join(folder, name);
    this.#name = name;
    this.#handle = handle;
  }

  static async create(folder: string, number: number): Promise<SpoolFile> {
    const name = `records-${String(number).padStart(5, '0')}.jsonl`;
    return new SpoolFile(
      folder,
      name,
      await createPrivateFile(join(folder, name), constants.O_APPEND),
    );
  }

  async write(lines: Uint8Array): Promise<void> {
    this.sizeBytes += lines.length;
    this.#buffered.push(lines);
    this.#bufferedBytes += lines.length;
    if (this.#bufferedBytes >= WRITE_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#handle.appendFile(Buffer.concat(this.#buffered));
    this.#buffered = [];
    this.#bufferedBytes = 0;
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(this.#localPath, { force: true });
  }

  /** Synced to the disk: what is in the journal has to exist after a crash. */
  async finish(): Promise<SourceFile> {
    await this.#flush();
    await this.#handle.datasync();
    await this.#handle.close();
    const file = plannedFile(this.#localPath, this.#name, await readFingerprint(this.#localPath));
    return { ...file, cleanup: () => rm(this.#localPath, { force: true }) };
  }
}
