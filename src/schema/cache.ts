/**
 * Schemas that were read before. The registry is asked again after a few minutes, since a schema may get a
 * new required field; a check offline takes one of any age.
 */
import type { Dataset, Descriptor, XdmSchema } from '../resources/types.js';
import { InvalidInputError } from '../shared/errors.js';
import { omitUndefined } from '../shared/options.js';

/** How long a schema is used before the registry is asked again: less than the platform's own caches allow. */
const MAX_AGE_MS = 5 * 60_000;
/** A process that reads more schemas than this forgets the one that was written first. */
const MAX_ENTRIES = 100;

/** What a schema is kept under: the same id may be another schema in another sandbox. */
export interface SchemaKey {
  readonly origin: string;
  readonly orgId: string;
  readonly sandbox: string;
  /** The schema's URI or `meta:altId`. */
  readonly id: string;
  /** The major version. */
  readonly major: number;
}

/** A schema, and which edition of it this is. */
export interface CachedSchema {
  readonly schema: XdmSchema;
  /** Major and minor: `1.4`. */
  readonly version: string;
  /** Differs after every change, where the registry sends one. */
  readonly eTag?: string;
  /** Time of the last change, in milliseconds since 1970-01-01 UTC. */
  readonly lastModifiedMs?: number;
  /** When it was read, in milliseconds since 1970-01-01 UTC. */
  readonly fetchedAtMs: number;
  /** The dataset that it was read for. */
  readonly dataset?: Dataset;
  /** All descriptors of the sandbox, where they were read as well. */
  readonly descriptors?: readonly Descriptor[];
}

/** Where schemas are kept: in memory, or in a folder (`FileSchemaStore`). */
export interface SchemaStore {
  /** The entry, or `undefined` where there is none that can be used. */
  read(key: string): Promise<CachedSchema | undefined>;
  write(key: string, entry: CachedSchema): Promise<void>;
}

/** Keeps schemas until the process ends. */
export class MemorySchemaStore implements SchemaStore {
  readonly #entries = new Map<string, CachedSchema>();

  async read(key: string): Promise<CachedSchema | undefined> {
    // A copy: its reader may change it.
    return structuredClone(this.#entries.get(key));
  }

  async write(key: string, entry: CachedSchema): Promise<void> {
    this.#entries.delete(key);
    this.#entries.set(key, structuredClone(entry));
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) return;
      this.#entries.delete(oldest);
    }
  }
}

/** How a schema is looked up. */
export interface CacheLookup {
  /** Returns the schema of the registry. */
  fetch(): Promise<XdmSchema>;
  /** Takes an entry of any age, and never calls `fetch`. Default `false`. */
  isOffline?: boolean;
}

export class SchemaCache {
  readonly #store: SchemaStore;
  readonly #now: () => number;

  /** @param now returns the time, in milliseconds since 1970-01-01 UTC. */
  constructor(store: SchemaStore = new MemorySchemaStore(), now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * The schema, at most five minutes old.
   * @throws {InvalidInputError} where it has to be offline, and was never read.
   * @throws what `fetch` throws: an old entry is never used in its place.
   */
  async get(key: SchemaKey, { fetch, isOffline = false }: CacheLookup): Promise<CachedSchema> {
    const found = await this.recall(key);
    if (found !== undefined && (isOffline || this.#isFresh(found))) return found;
    if (isOffline) {
      const message = `Invalid offline: expected a schema that was read before, received ${key.id} in version ${key.major}, which was not. Run the same once without offline.`;
      throw new InvalidInputError('offline', message);
    }
    const entry = toEntry(await fetch(), this.#now());
    await this.keep(key, entry);
    return entry;
  }

  /** What was kept under a key, of any age. */
  recall(key: SchemaKey): Promise<CachedSchema | undefined> {
    return this.#store.read(formatKey(key)).catch(() => undefined);
  }

  /** Keeps an entry for `recall()`. A store that fails does not fail the read. */
  async keep(key: SchemaKey, entry: CachedSchema): Promise<void> {
    await this.#store.write(formatKey(key), entry).catch(() => undefined);
  }

  /** An entry from the future was written by another clock. */
  #isFresh({ fetchedAtMs }: CachedSchema): boolean {
    const age = this.#now() - fetchedAtMs;
    return age >= 0 && age <= MAX_AGE_MS;
  }
}

/** The parts of a key, as stores have it; `undefined` for text that is none. */
export function parseKey(text: string): SchemaKey | undefined {
  try {
    const [origin, orgId, sandbox, id, major]: unknown[] = JSON.parse(text);
    const texts = [origin, orgId, sandbox, id].map(String);
    if (formatKey(toKey(texts, Number(major))) !== text) return undefined;
    return toKey(texts, Number(major));
  } catch {
    return undefined;
  }
}

const toKey = (
  [origin = '', orgId = '', sandbox = '', id = '']: readonly string[],
  major: number,
): SchemaKey => ({ origin, orgId, sandbox, id, major });

const formatKey = ({ origin, orgId, sandbox, id, major }: SchemaKey): string =>
  JSON.stringify([origin, orgId, sandbox, id, major]);

function toEntry(schema: XdmSchema, fetchedAtMs: number): CachedSchema {
  const metadata = schema['meta:registryMetadata'];
  const eTag = metadata?.eTag ?? metadata?.etag;
  const lastModifiedMs = metadata?.['repo:lastModifiedDate'];
  return {
    schema,
    version: schema.version,
    ...omitUndefined({ eTag, lastModifiedMs }),
    fetchedAtMs,
  };
}
