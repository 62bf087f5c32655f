/** The sources of a batch on this machine: what they are, which of them a report means, and their rows. */
import type { FileHandle } from 'node:fs/promises';
import { isPackedName } from '../../packing/names.js';
import {
  detectByContent,
  detectByFirstLine,
  detectByName,
  isJsonArray,
} from '../../preflight/sniff.js';
import type { BatchInputFormat, InputFormat, RowError } from '../../resources/types.js';
import { openRegularFile } from '../../shared/open-file.js';
import { detectCoding } from '../../sources/coding.js';
import { readLocal, readLocalStart } from '../../sources/read-local.js';
import type { Coding } from '../../upload/source.js';
import { ANY_SOURCE, NO_SOURCE } from './row-index.js';

/** A file that was uploaded, as a receipt or a journal has it. */
export interface UploadedSource {
  /** Its name in the batch. */
  path: string;
  /** Where it is on this machine; without it no lines are looked for in it. */
  localPath?: string | undefined;
  /** Its size in bytes when it was uploaded: lines of a file of another size are not looked for. */
  sizeBytes?: number | undefined;
  /** The packed file that was uploaded in its place, as a receipt has it; missing for a file that is in the batch itself. */
  packed?: { into: string } | undefined;
}

/** A file of the batch: a source, or the sources that were packed into it, in their order. */
export interface BatchFile {
  /** Its name in the batch. */
  readonly path: string;
  readonly sources: readonly UploadedSource[];
}

export function toBatchFiles(sources: readonly UploadedSource[]): BatchFile[] {
  const packed = new Map<string, UploadedSource[]>();
  const files: BatchFile[] = [];
  for (const source of sources) {
    const { into } = { ...source.packed };
    const others = into === undefined ? undefined : packed.get(into);
    if (others !== undefined) {
      others.push(source);
      continue;
    }
    const members = [source];
    files.push({ path: into ?? source.path, sources: members });
    if (into !== undefined) packed.set(into, members);
  }
  return files;
}

/** How the files of the batch are read; what is missing is found by looking at each. */
export type SourceFormat = Partial<InputFormat> | BatchInputFormat;

/** What is cut into rows; there are no lines in Parquet. */
export type SourceKind = 'lines' | 'array' | 'csv' | 'parquet';

const HEAD_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** A file that can be read, and how. */
export interface LocalSource {
  /** The number of the file of the batch that it is in. */
  readonly number: number;
  readonly source: UploadedSource;
  readonly localPath: string;
  readonly kind: SourceKind;
  /** How it is compressed; its rows are those of what is in it. */
  readonly coding: Coding | undefined;
}

/** Opens a source for a look at it. `undefined` if it is gone, unreadable or another file by now. */
export async function findLocalSource(
  source: UploadedSource,
  number: number,
  format: SourceFormat,
): Promise<LocalSource | undefined> {
  const { path, localPath, sizeBytes } = source;
  if (localPath === undefined) return undefined;
  let handle: FileHandle | undefined;
  try {
    const opened = await openRegularFile(localPath);
    handle = opened.handle;
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    const start = head.subarray(0, bytesRead);
    const coding = detectCoding(start, localPath);
    if (coding !== undefined) {
      const kind = detectKind(await readLocalStart(localPath, coding, HEAD_BYTES), path, format);
      return { number, source, localPath, kind, coding };
    }
    if (sizeBytes !== undefined && opened.stats.size !== sizeBytes) return undefined;
    return { number, source, localPath, kind: detectKind(start, path, format), coding };
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}

function detectKind(bytes: Buffer, path: string, format: SourceFormat): SourceKind {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const head = hasMark ? bytes.subarray(3) : bytes;
  const delimiter = format.delimiter ?? ',';
  const found =
    format.format ??
    detectByContent(head) ??
    detectByName(path) ??
    detectByFirstLine(head, delimiter);
  if (found === 'csv' || found === 'parquet') return found;
  return (format.isMultiLineJson ?? isJsonArray(head)) ? 'array' : 'lines';
}

/**
 * Reads a source once, chunk by chunk; a chunk is valid until the next. Stops where `push` returns `false`.
 */
export async function readChunks(
  { localPath, coding }: LocalSource,
  push: (chunk: Buffer) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  if (coding !== undefined) {
    for await (const chunk of readLocal(localPath, coding, signal)) {
      if (!push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) return;
    }
    return;
  }
  const { handle } = await openRegularFile(localPath);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0 || !push(buffer.subarray(0, bytesRead))) return;
    }
  } finally {
    await handle.close();
  }
}

/** More names than files in any batch. */
const MAX_NAMES = 100_000;
/** The source of a name that fits none: it may still be the only one, whatever the report calls it. */
const OTHER = NO_SOURCE - 1;

/** Finds the source that a row of the report names. */
export class SourceNames {
  readonly #files: readonly BatchFile[];
  readonly #known = new Map<string, number>();
  #isMatched = false;
  readonly #others = new Set<string>();

  constructor(files: readonly BatchFile[]) {
    this.#files = files;
  }

  /** The number of the file of a row, `ANY_SOURCE` if it names none, or what `resolve()` takes. */
  find({ _filename: name, diagnosticFile }: RowError): number {
    if (name === undefined) return ANY_SOURCE;
    let found = this.#known.get(name);
    if (found === undefined) {
      found = this.#match(name);
      // Some reports name their own file.
      if (found === OTHER && name === diagnosticFile) found = ANY_SOURCE;
      if (this.#known.size < MAX_NAMES) this.#known.set(name, found);
    }
    if (found === OTHER && this.#others.size < 2) this.#others.add(name);
    else if (found < OTHER) this.#isMatched = true;
    return found;
  }

  /**
   * The source in the end, once all rows were seen: a single name that fits no source is the only source's.
   */
  resolve(source: number): number {
    if (source !== OTHER) return source;
    const isOnly = this.#files.length === 1 && this.#others.size === 1 && !this.#isMatched;
    return isOnly ? 0 : NO_SOURCE;
  }

  /** Whether a row whose source was found as `found` may be in the one with this number. */
  mayBe(found: number, number: number): boolean {
    return found === ANY_SOURCE || found === OTHER || found === number;
  }

  #match(name: string): number {
    const exact = this.#files.findIndex(({ path }) => path === name);
    if (exact !== -1) return exact;
    // The report may leave out the folders of a path, or have more of them.
    const fits = ({ path }: BatchFile) => path.endsWith(`/${name}`) || name.endsWith(`/${path}`);
    const first = this.#files.findIndex(fits);
    const isUnique = first !== -1 && !this.#files.slice(first + 1).some(fits);
    if (isUnique) return first;
    // The files are given without what they were packed into.
    return first === -1 && isPackedName(name) ? ANY_SOURCE : OTHER;
  }
}
