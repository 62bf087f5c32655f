/** Keeps output files from taking the place of the files that were loaded: those may have the only good rows. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { UploadedSource } from '../../ingest/rejected-rows.js';
import { UsageError } from '../exit-codes.js';

/** The files that will be written. */
export class Targets {
  /** Files that exist, by their base names. */
  readonly #existing: ReadonlyMap<string, string>;
  #lastFile: string | undefined;

  private constructor(existing: ReadonlyMap<string, string>) {
    this.#existing = existing;
  }

  /** @throws {UsageError} for one that is also a source, under whatever path, or that is named twice. */
  static async create(
    paths: readonly string[],
    sources: readonly UploadedSource[],
  ): Promise<Targets> {
    const twice = paths.find(
      (path, at) => paths.findIndex((other) => resolve(other) === resolve(path)) !== at,
    );
    if (twice !== undefined) {
      throw new UsageError(`${twice} would be written twice. Choose another file for one of them.`);
    }
    const loaded = new Set<string>();
    for (const { localPath } of sources) {
      const file = localPath === undefined ? undefined : await identify(localPath);
      if (file !== undefined) loaded.add(file);
    }
    const existing = new Map<string, string>();
    for (const path of paths) {
      const file = await identify(path);
      if (file === undefined) continue;
      if (loaded.has(file)) refuse(path, 'the batch was loaded from it');
      existing.set(basename(path), path);
    }
    return new Targets(existing);
  }

  /**
   * Checks the name of a file in the batch: where a file came from is often unknown.
   * @throws {UsageError} for the name of a target that exists.
   */
  check(file: string | undefined): void {
    if (file === undefined || file === this.#lastFile || this.#existing.size === 0) return;
    this.#lastFile = file;
    const path = this.#existing.get(basename(file));
    if (path !== undefined) refuse(path, 'it exists, and the batch has a file of this name');
  }
}

function refuse(path: string, why: string): never {
  throw new UsageError(`Cannot write ${path}: ${why}. Choose another file.`);
}

/** What makes a regular file the same under all its paths; `undefined` where there is none. */
async function identify(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats?.isFile() === true ? `${stats.dev}:${stats.ino}` : undefined;
}
