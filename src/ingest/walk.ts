import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, relative, sep } from 'node:path';
import { createFinding, Findings } from '../preflight/findings.js';
import type { Finding } from '../preflight/types.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import type { FileChoice } from '../shared/file-choice.js';
import { fileKind } from '../shared/open-file.js';
import { omitUndefined } from '../shared/options.js';
import { detectFileCoding } from '../sources/coding.js';
import { detectCompressed, withCoding } from '../sources/compressed.js';
import { createFilter, expandPattern, type FoundPath } from '../sources/globs.js';
import { toSourceFile } from '../sources/source-file.js';
import { isUrl, withoutQuery } from '../sources/url/address.js';
import { findUrl } from '../sources/url/url-source.js';
import { localFile, type SourceFile } from '../upload/source.js';
import type { Input } from './input.js';

/** Files to be ingested, and what was skipped. */
export interface Walked {
  files: readonly SourceFile[];
  /** How many were skipped: `_SUCCESS`, `.crc` and the like, and what `warnings` name. */
  skipped: number;
  /** What is in a folder and not a file. */
  warnings: Finding[];
}

/** Marks of other programs: never data. */
const isMarkerFile = (name: string): boolean => name.startsWith('.') || name.startsWith('_');

/** How files are found. */
export interface WalkOptions extends FileChoice {
  /** Ends the reading of sources that are not files of this machine. */
  signal?: AbortSignal | undefined;
}

/**
 * The files at some paths: a file under its base name, a folder's files under their paths in it, those of a pattern under
 * their paths from its first wildcard on; and what is given as a source. Compressed ones are decompressed while they are
 * read, and lose the extension.
 * @throws {SourceError} for what cannot be read, {InvalidInputError} for what cannot be meant.
 */
export async function walk(
  inputs: readonly Input[],
  { include, exclude, signal = new AbortController().signal }: WalkOptions = {},
): Promise<Walked> {
  const isTaken = await createFilter(omitUndefined({ include, exclude }));
  const files: SourceFile[] = [];
  const warnings = new Findings();
  let skipped = 0;
  for (const [at, input] of inputs.entries()) {
    const field = inputs.length === 1 ? 'source' : `source[${at}]`;
    const found =
      typeof input === 'string'
        ? await findAt(input, { field, count: inputs.length, signal })
        : { ...NOTHING, sources: [await toSourceFile(field, input)] };
    skipped += found.skipped;
    for (const warning of found.warnings) warnings.add(warning);
    for (const source of found.sources) {
      if (isTaken(source.path)) files.push(await detectCompressed(source, signal));
      else skipped++;
    }
    for (const { localPath, name } of found.local) {
      if (isTaken(name)) files.push(await openLocal(localPath, name));
      else skipped++;
    }
  }
  checkNames(files);
  return { files, skipped, warnings: warnings.list() };
}

/** What is at a path: files of this machine, each with its path in the batch, and sources from elsewhere. */
interface Found {
  local: FoundPath[];
  sources: SourceFile[];
  skipped: number;
  warnings: Finding[];
}
const NOTHING: Found = { local: [], sources: [], skipped: 0, warnings: [] };

interface FindOptions {
  field: string;
  /** How many paths there are. */
  count: number;
  signal: AbortSignal;
}

async function findAt(path: string, { field, count, signal }: FindOptions): Promise<Found> {
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (cause) {
    // What is there by this name comes first.
    if (isUrl(path)) return { ...NOTHING, sources: [await findUrl(field, path, {}, signal)] };
    const found = await expandPattern(path);
    if (found === undefined) {
      const message = `${path} cannot be read: ${(cause as Error).message}. Check the path and its permissions.`;
      throw new SourceError(path, message, cause);
    }
    const local = found.filter(({ name }) => !name.split('/').some(isMarkerFile));
    return { ...NOTHING, local, skipped: found.length - local.length };
  }
  if (stats.isDirectory()) return walkFolder(path);
  if (!stats.isFile()) throw notReadAgain(path, stats, count);
  const local = [{ localPath: await realPath(path, stats), name: basename(path) }];
  return { ...NOTHING, local };
}

/** A file of this machine, decompressed while it is read if its first bytes show that it is compressed. */
async function openLocal(localPath: string, path: string): Promise<SourceFile> {
  const file = await localFile(localPath, path);
  const coding = detectFileCoding(localPath);
  return coding === undefined ? file : withCoding(file, coding);
}

/** A name that means another file in each process, as /dev/stdin, does not help a resume. */
async function realPath(path: string, { dev, ino }: Stats): Promise<string> {
  if (!/^\/(dev|proc)\//.test(path)) return path;
  const real = await realpath(path).catch(() => path);
  const stats = await stat(real).catch(() => undefined);
  return stats?.dev === dev && stats.ino === ino ? real : path;
}

/** What goes into a batch has a size, and is read again for a retry. */
function notReadAgain(path: string, stats: Stats, count: number): InvalidInputError {
  const kind = fileKind(stats);
  const fix =
    kind === 'a device'
      ? 'Pass a file or a folder.'
      : count > 1
        ? 'It is ingested as a stream, which cannot be combined with other sources: pass it alone.'
        : 'It can be read only once: save it to a file first.';
  return invalidSource('a file or a folder', `${path}, which is ${kind}`, fix);
}

// readdir() and not opendir(): with `recursive` the latter loses entries on Node 20.
async function walkFolder(folder: string): Promise<Found> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const local: FoundPath[] = [];
  const warnings: Finding[] = [];
  let skipped = 0;
  for (const entry of entries) {
    const localPath = join(entry.parentPath, entry.name);
    const path = relative(folder, localPath).split(sep).join('/');
    if (path.split('/').includes('_delta_log')) rejectDelta(folder);
    if (entry.isDirectory()) continue;
    const isMarker = path.split('/').some(isMarkerFile);
    const node = isMarker ? entry : await followLink(entry, localPath);
    if (!isMarker && node.isFile()) {
      local.push({ localPath, name: path });
      continue;
    }
    skipped++;
    if (!isMarker) warnings.push(skippedNode(path, fileKind(node)));
  }
  local.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { local, sources: [], skipped, warnings };
}

function skippedNode(file: string, kind: string): Finding {
  const message = `skipped, since it is ${kind}: only files of a folder are ingested.`;
  return createFinding({ level: 'warning', rule: 'file-format', file, message });
}

async function followLink(entry: Dirent, localPath: string): Promise<Dirent | Stats> {
  if (!entry.isSymbolicLink()) return entry;
  const target = await stat(localPath).catch((cause: unknown) => {
    throw new SourceError(localPath, `${localPath} is a link to nothing.`, cause);
  });
  if (target.isDirectory()) {
    const received = `${localPath}, which is a link to a folder`;
    throw invalidSource('a file', received, 'Links to folders are not followed: name the folder.');
  }
  return target;
}

function rejectDelta(folder: string): never {
  const received = `${folder}, which is a Delta table: its files may hold deleted rows`;
  throw invalidSource('a folder of data files', received, 'Export it to plain Parquet first.');
}

const invalidSource = (expected: string, received: string, fix: string): InvalidInputError =>
  new InvalidInputError(
    'source',
    `Invalid source: expected ${expected}, received ${received}. ${fix}`,
  );

function checkNames(files: readonly SourceFile[]): void {
  const seen = new Map<string, SourceFile>();
  for (const file of files) {
    const other = seen.get(file.path);
    if (other !== undefined) throw sameName(other, file);
    seen.set(file.path, file);
  }
  if (files.length === 0) {
    throw invalidSource(
      'at least one file',
      'none',
      'Names that start with "." or "_" are skipped, as is what include and exclude leave out.',
    );
  }
}

function sameName(one: SourceFile, two: SourceFile): InvalidInputError {
  const names = [one, two].map(describeFile);
  if (isNamed(one) && names[0] === names[1]) {
    const more = one.localPath === undefined ? ': URLs that differ in their query are one' : '';
    return invalidSource('each source once', `${names[0]} twice`, `Name it once${more}.`);
  }
  const received = `${names.join(' and ')}, which would both be ${one.path} in the batch`;
  const [folder, other] = names.map((name) => dirname(name));
  const fix =
    folder === other
      ? 'Leave one of them out, as with exclude.'
      : 'Put them under one folder and name that.';
  return invalidSource('different names', received, fix);
}

const isNamed = ({ localPath, version }: SourceFile): boolean =>
  localPath !== undefined || version?.url !== undefined;

/** Where a file is: of a URL what comes before its query, which is a secret. */
function describeFile({ localPath, version }: SourceFile): string {
  if (localPath !== undefined) return normalize(localPath);
  return version?.url === undefined ? 'a Source' : withoutQuery(version.url);
}
