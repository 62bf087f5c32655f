/** Schemas in a folder, so that the next run of a program has them, and a check needs no network. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { foreignAccess, openRegularFile } from '../shared/open-file.js';
import { replaceFile } from '../shared/replacement-file.js';
import type { CachedSchema, SchemaStore } from './cache.js';

/** More than any response of the registry: another program wrote such a file. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const FILE_END = '.schema.json';

/** An entry, and what it is kept under. */
export interface StoredEntry {
  readonly key: string;
  readonly entry: CachedSchema;
}

/** What a file holds. */
interface Stored extends CachedSchema {
  readonly key: string;
}

/** One file for each schema, which only this user can read. What another user can write is not used. */
export class FileSchemaStore implements SchemaStore {
  readonly #folder: string;

  /** @param folder is created with the first schema; its parent has to exist. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(key: string): Promise<CachedSchema | undefined> {
    const found = await this.#readFile(this.#toPath(key));
    return found?.key === key ? found.entry : undefined;
  }

  /** All entries that can be used, with their keys. */
  async *list(): AsyncGenerator<StoredEntry, void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      if (!name.endsWith(FILE_END)) continue;
      const found = await this.#readFile(join(this.#folder, name));
      if (found !== undefined) yield found;
    }
  }

  async #readFile(path: string): Promise<StoredEntry | undefined> {
    try {
      if (foreignAccess(this.#folder, await stat(this.#folder)) !== undefined) return undefined;
      const { handle, stats } = await openRegularFile(path);
      try {
        const isUsable = foreignAccess(path, stats) === undefined && stats.size <= MAX_FILE_BYTES;
        return isUsable ? parseEntry(await handle.readFile('utf8')) : undefined;
      } finally {
        await handle.close();
      }
    } catch {
      return undefined; // it is read from the registry again
    }
  }

  /** @throws {Error} of the file system. The file that was there stays then. */
  async write(key: string, entry: CachedSchema): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const stored: Stored = { key, ...entry };
    await replaceFile(this.#toPath(key), JSON.stringify(stored));
  }

  #toPath(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}${FILE_END}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isMissingOr = (type: string, value: unknown) => value === undefined || typeof value === type;

/** The entry of a file that this store wrote. */
function parseEntry(text: string): StoredEntry | undefined {
  const value: unknown = JSON.parse(text);
  if (!isFields(value) || typeof value['key'] !== 'string' || !isEntry(value)) return undefined;
  const { key, ...entry } = value;
  return { key, entry };
}

function isEntry(value: Fields): value is Fields & Stored {
  const { schema, version, eTag, lastModifiedMs, fetchedAtMs, dataset, descriptors } = value;
  const hasDataset = isFields(dataset) && typeof dataset['id'] === 'string';
  return (
    (dataset === undefined || hasDataset) &&
    (descriptors === undefined || (Array.isArray(descriptors) && descriptors.every(isFields))) &&
    isFields(schema) &&
    typeof schema['$id'] === 'string' &&
    typeof version === 'string' &&
    Number.isFinite(fetchedAtMs) &&
    isMissingOr('string', eTag) &&
    isMissingOr('number', lastModifiedMs)
  );
}
