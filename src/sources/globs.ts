/** Patterns in place of paths, and the choice of files by patterns. Their library is loaded when it is needed. */
import { lstat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import { InvalidInputError } from '../shared/errors.js';
import type { FileChoice } from '../shared/file-choice.js';

/** A file that a pattern has found. */
export interface FoundPath {
  readonly localPath: string;
  /** Its path from the first folder of the pattern that has a wildcard. */
  readonly name: string;
}

const MAYBE_PATTERN = /[*?[\](){}!+@]/;

/**
 * The files that a pattern finds, in their order; what is in a folder that it finds counts as found.
 * @returns `undefined` for a path that is not a pattern.
 * @throws {InvalidInputError} where it finds none, or leads through a link to a folder.
 */
export async function expandPattern(pattern: string): Promise<FoundPath[] | undefined> {
  if (!MAYBE_PATTERN.test(pattern)) return undefined;
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(pattern)) return undefined;
  const whole = pattern.replace(/\/+$/, '');
  const absolute = isAbsolute(whole);
  const options = { expandDirectories: false, dot: true, onlyFiles: true, absolute };
  const found = await glob([whole, `${whole}/**`], options);
  if (found.length === 0) {
    const message = `Invalid source: expected files, and the pattern ${pattern} finds none. Quoted patterns are read as in a shell, with ** for any folders.`;
    throw new InvalidInputError('source', message);
  }
  // Paths are compared, not texts: a pattern may have `//` or `..`, which what is found has not.
  const base = findBase(whole, isDynamicPattern);
  const toName = (localPath: string) => relative(base, localPath).split(sep).join('/');
  const paths = found.sort().map((localPath) => ({ localPath, name: toName(localPath) }));
  await rejectLinks(paths);
  return paths;
}

/** The folders before the first wildcard. */
function findBase(pattern: string, isDynamic: (part: string) => boolean): string {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => isDynamic(part));
  const folders = parts.slice(0, Math.min(first, parts.length - 1));
  return folders.map((part) => `${part.replace(/\\(.)/g, '$1')}/`).join('');
}

/** As in a folder: links to files are followed, those to folders are not. */
async function rejectLinks(paths: readonly FoundPath[]): Promise<void> {
  const seen = new Set<string>();
  for (const { localPath, name } of paths) {
    let folder = localPath;
    for (let left = name.split('/').length; left > 1; left--) {
      folder = dirname(folder);
      if (seen.has(folder)) break;
      seen.add(folder);
      if (!(await lstat(folder)).isSymbolicLink()) continue;
      const message = `Invalid source: expected a file, received ${folder}, which is a link to a folder. Links to folders are not followed: name the folder.`;
      throw new InvalidInputError('source', message);
    }
  }
}

/** Whether a file is taken, by its path. */
export async function createFilter({
  include = [],
  exclude = [],
}: FileChoice): Promise<(path: string) => boolean> {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const { default: picomatch } = await import('picomatch');
  const compile = (patterns: readonly string[]) => {
    const tests = patterns.map((pattern) => {
      const matches = picomatch(pattern, { dot: true });
      const isName = !pattern.includes('/');
      return (path: string) => matches(isName ? path.slice(path.lastIndexOf('/') + 1) : path);
    });
    return (path: string) => tests.some((test) => test(path));
  };
  const [isIncluded, isExcluded] = [compile(include), compile(exclude)];
  return (path) => (include.length === 0 || isIncluded(path)) && !isExcluded(path);
}
