/** The flags that say which files a command takes: paths, lists of paths, and patterns. */
import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { omitUndefined } from '../shared/options.js';
import { UsageError } from './exit-codes.js';
import { collectArg } from './flags.js';

export interface SourceFlags {
  filesFrom?: string;
  include?: string[];
  exclude?: string[];
}

/** A list of more is not the list of a batch. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

export const addSourceFlags = (command: Command): Command =>
  command
    .option('--files-from <file>', 'read paths from a file, one a line; "-" is standard input')
    .option(
      '--include <pattern>',
      'take only files that this pattern fits (may be repeated)',
      collectArg,
    )
    .option(
      '--exclude <pattern>',
      'leave out files that this pattern fits (repeatable)',
      collectArg,
    );

/** The patterns, as the library takes them. */
export const toFileChoice = ({ include, exclude }: SourceFlags) =>
  omitUndefined({ include, exclude });

/**
 * The paths of the arguments and then of the list.
 * @throws {UsageError} for no paths at all, a list that cannot be read, or standard input that is read twice.
 */
export async function findPaths(
  paths: readonly string[],
  { filesFrom }: SourceFlags,
  signal?: AbortSignal,
): Promise<string[]> {
  if (filesFrom === undefined) {
    if (paths.length > 0) return [...paths];
    throw new UsageError('Pass at least one path, or --files-from <file>.');
  }
  if (paths.includes('-')) {
    throw new UsageError('"-" (standard input) cannot be combined with --files-from.');
  }
  const listed = await readList(filesFrom, signal);
  if (listed.length === 0 && paths.length === 0) {
    throw new UsageError(`${describeList(filesFrom)} names no paths.`);
  }
  return [...paths, ...listed];
}

const describeList = (path: string): string =>
  path === '-' ? 'Standard input' : `The list ${path}`;

async function readList(path: string, signal: AbortSignal | undefined): Promise<string[]> {
  const stream = path === '-' ? process.stdin : createReadStream(path);
  const stop = () => stream.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_LIST_BYTES) throw new Error('it is longer than 256 MiB');
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UsageError(`${describeList(path)} cannot be read: ${(cause as Error).message}.`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  return parseList(Buffer.concat(chunks));
}

/** The paths in a list: with a NUL in it each ends with one (`find -print0`), else with a line end. */
export function parseList(bytes: Buffer): string[] {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const paths = text.includes('\0')
    ? text.split('\0')
    : text.split('\n').map((line) => line.replace(/\r$/, ''));
  return paths.filter((path) => path !== '');
}

/** Sources as they may be shown and kept: the query of a URL gives access to it. */
export async function hideQueries(paths: readonly string[]): Promise<string[]> {
  const { withoutQuery } = await import('../sources/url/address.js');
  return paths.map(withoutQuery);
}
