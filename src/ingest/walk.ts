import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { createFinding, Findings } from '../preflight/findings.js';
import type { Finding } from '../preflight/types.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { fileKind } from '../shared/open-file.js';
import { toSourceFile } from '../sources/source-file.js';
import { localFile, type SourceFile } from '../upload/source.js';
import type { Input } from './input.js';

/** Files to be ingested, and what was skipped. */
export interface Walked {
  files: SourceFile[];
  /** How many were skipped: `_SUCCESS`, `.crc` and the like, and what `warnings` name. */
  skipped: number;
  /** What is in a folder and no file. */
  warnings: Finding[];
}

/** Marks of other programs: never data. */
const isMarkerFile = (name: string): boolean => name.startsWith('.') || name.startsWith('_');

/**
 * The files at some paths: a file under its base name, a folder's files under their paths in it; and what is given as a
 * source.
 * @throws {SourceError} for what cannot be read, {InvalidInputError} for what cannot be meant.
 */
export async function walk(paths: readonly Input[]): Promise<Walked> {
  const files: SourceFile[] = [];
  const warnings = new Findings();
  let skipped = 0;
  for (const [at, path] of paths.entries()) {
    if (typeof path !== 'string') {
      files.push(await toSourceFile(paths.length === 1 ? 'source' : `source[${at}]`, path));
      continue;
    }
    const about = await stat(path).catch((cause: unknown) => {
      throw new SourceError(
        path,
        `${path} cannot be read: ${(cause as Error).message}. Check the path and its permissions.`,
        cause,
      );
    });
    if (!about.isDirectory() && !about.isFile()) throw notReadAgain(path, about, paths.length);
    if (about.isFile()) {
      files.push(await localFile(await realPath(path, about), basename(path)));
      continue;
    }
    const found = await walkFolder(path);
    files.push(...found.files);
    skipped += found.skipped;
    for (const warning of found.warnings) warnings.add(warning);
  }
  checkNames(files);
  return { files, skipped, warnings: warnings.list() };
}

/** A name that means another file in each process, as /dev/stdin, is of no use to a resume. */
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
async function walkFolder(folder: string): Promise<Walked> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: SourceFile[] = [];
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
      files.push(await localFile(localPath, path));
      continue;
    }
    skipped++;
    if (!isMarker) warnings.push(skippedNode(path, fileKind(node)));
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), skipped, warnings };
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
  const seen = new Map<string, string | undefined>();
  for (const { path, localPath } of files) {
    if (seen.has(path)) {
      const names = [seen.get(path), localPath].map((name) => name ?? 'a Source');
      const received = `${names.join(' and ')}, which would both be ${path} in the batch`;
      throw invalidSource('different names', received, 'Put them under one folder and name that.');
    }
    seen.set(path, localPath);
  }
  if (files.length === 0) {
    throw invalidSource(
      'at least one file',
      'none',
      'Names that start with "." or "_" are skipped.',
    );
  }
}
