/**
 * `pack`: puts small files together, and says where each of them is. This folder reads the files once when they are
 * planned, and again when they are sent; no copy is made. It imports sources, preflight, upload and shared.
 */
import { compareText, divideByName } from '../shared/divide.js';
import { InvalidInputError } from '../shared/errors.js';
import { DEFAULT_PACK_BYTES } from '../shared/limits.js';
import type { PackedMember, SourceFile } from '../upload/source.js';
import { toPackedName } from './names.js';
import { toPackedFile } from './packed-file.js';
import { type Scanned, type ScanOptions, scanMember } from './scan-member.js';

/** How many files are read at a time: small ones of a network disk take longer to open than to read. */
const READERS = 4;

export type PackFilesOptions = Omit<ScanOptions, 'packBytes'> & {
  readonly packBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Packs the files that can be packed; the others stay as they are. The same files are divided in the same way on any
 * machine. A new file changes only the packed file that it goes into, which is divided if it then is too large: so
 * packed files are not filled one after another, but halved by hashes of the names, and 70 % full on average.
 * @throws {InvalidInputError} for formats that cannot be packed, {SourceError} for a file that cannot be read.
 */
export async function packFiles(
  files: readonly SourceFile[],
  options: PackFilesOptions,
): Promise<readonly SourceFile[]> {
  const { packBytes = DEFAULT_PACK_BYTES, signal = new AbortController().signal } = options;
  const scanned = await scanFiles(files, { ...options, packBytes }, signal);
  const kinds = new Map<string, Scanned[]>();
  for (const one of scanned) {
    if (one === undefined) continue;
    const items = kinds.get(one.kind) ?? [];
    if (items.length === 0) kinds.set(one.kind, items);
    items.push(one);
  }
  const packed: SourceFile[] = [];
  for (const [kind, items] of kinds) {
    items.sort((one, two) => compareText(one.name, two.name));
    for (const part of divideByName(items, (some) => fits(some, packBytes))) {
      if (!isWorthwhile(part.items)) continue;
      packed.push(toPackedFile(toPackedName(kind, part.bits), toMembers(part.items)));
      for (const one of part.items) one.isPacked = true;
    }
  }
  if (packed.length === 0) return files;
  const others = files.filter((_, at) => scanned[at]?.isPacked !== true);
  assertNamesFree(packed, others);
  return [...others, ...packed].sort((one, two) => compareText(one.path, two.path));
}

async function scanFiles(
  files: readonly SourceFile[],
  options: ScanOptions,
  signal: AbortSignal,
): Promise<(Scanned | undefined)[]> {
  const scanned: (Scanned | undefined)[] = new Array(files.length);
  const queue = files.entries();
  const read = async () => {
    for (const [at, file] of queue) {
      signal.throwIfAborted();
      scanned[at] = await scanMember(file, options, signal);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: READERS }, read));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return scanned;
}

/** What a file adds to a packed one that has its header already. */
const addedBytes = ({ hashed, header, markBytes, addsNewline }: Scanned): number => {
  const bytes = hashed.sizeBytes - markBytes - header.bytes;
  return bytes === 0 ? 0 : bytes + (addsNewline ? 1 : 0);
};

function fits(items: readonly Scanned[], packBytes: number): boolean {
  // A header without a line end gets one.
  let sum = (items[0]?.header.bytes ?? 0) + 1;
  for (const one of items) sum += addedBytes(one);
  return sum <= packBytes;
}

/** A single file goes as it is, unless it has a byte order mark, which the platform does not take. */
const isWorthwhile = (items: readonly Scanned[]): boolean =>
  items.length > 1 || (items[0]?.markBytes ?? 0) > 0;

/** Where each file is. The first one keeps its header. */
function toMembers(items: readonly Scanned[]): PackedMember[] {
  let firstLine = 1;
  return items.map(({ file, hashed, header, markBytes, lines, addsNewline }, at) => {
    const skipped = at === 0 ? { bytes: 0, lines: 0 } : header;
    const bytes = hashed.sizeBytes - markBytes - skipped.bytes;
    const place = {
      firstLine,
      lines: lines - skipped.lines,
      skippedLines: skipped.lines,
      skippedBytes: markBytes + skipped.bytes,
      bytes,
      addsNewline: addsNewline && bytes > 0,
    };
    firstLine += place.lines;
    return { file, hashed, place, markBytes };
  });
}

function assertNamesFree(packed: readonly SourceFile[], others: readonly SourceFile[]): void {
  const names = new Set(packed.map(({ path }) => path));
  const other = others.find(({ path }) => names.has(path));
  if (other === undefined) return;
  const message = `Invalid source: expected another name than ${other.path}, which a packed file has. Rename the file, or leave pack out.`;
  throw new InvalidInputError('source', message);
}
