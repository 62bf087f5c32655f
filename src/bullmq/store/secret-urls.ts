/** URLs of sources in Redis: a query that gives access is stored only encrypted, under a key that Redis never has. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import type { FileEntry, MemberEntry } from '../../ingest/journal-entries.js';
import { InvalidInputError } from '../../shared/errors.js';
import { type Check, describeKind } from '../../shared/options.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** The same for all programs that share a key, so that each can read what another one has written. */
const SALT = 'aep-batch url';
/** Shorter tags, which Node would accept, are easier to forge. */
const OPTIONS = { authTagLength: TAG_BYTES };
/** What stands in place of an encrypted query. */
const PARAMETER = 'aep-batch-encrypted';

const MIN_KEY_LENGTH = 16;

/** Never quoted in messages. */
export const checkUrlKey: Check<string> = (field, value) => {
  if (typeof value === 'string' && value.length >= MIN_KEY_LENGTH) return value;
  const received = typeof value === 'string' ? `${value.length}` : describeKind(value);
  const message = `Invalid ${field}: expected at least ${MIN_KEY_LENGTH} characters, received ${received}.`;
  throw new InvalidInputError(field, message);
};

/** A file, or a part of a packed one. */
type PlannedEntry = FileEntry | MemberEntry;

export class SecretUrls {
  readonly #key: Buffer | undefined;

  constructor(key: string | undefined) {
    this.#key = key === undefined ? undefined : scryptSync(key, SALT, KEY_BYTES);
  }

  /** The entry as it may be stored. @throws {InvalidInputError} without a key, if its URL has a query. */
  encrypt<Kind extends PlannedEntry>(entry: Kind): Kind {
    const { source } = entry;
    if (source?.url === undefined) return entry;
    const url = new URL(source.url);
    if (url.search === '') return entry;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#requireKey(entry), iv, OPTIONS);
    cipher.setAAD(toOwner(url));
    const text = Buffer.concat([cipher.update(url.search, 'utf8'), cipher.final()]);
    const sealed = Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    url.search = `${PARAMETER}=${sealed}`;
    return { ...entry, source: { ...source, url: url.href } };
  }

  /** The entry as it was. @throws {InvalidInputError} without the key under which it was encrypted. */
  decrypt<Kind extends PlannedEntry>(entry: Kind): Kind {
    const { source } = entry;
    if (source?.url === undefined) return entry;
    const url = new URL(source.url);
    const sealed = url.searchParams.get(PARAMETER);
    if (sealed === null) return entry;
    const key = this.#requireKey(entry);
    const bytes = Buffer.from(sealed, 'base64url');
    try {
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), OPTIONS);
      decipher.setAAD(toOwner(url));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      url.search = Buffer.concat([text, decipher.final()]).toString();
    } catch {
      const message = `Invalid urlKey: the URL of ${entry.path} was encrypted under another key, or for another URL. Give workers the AEP_URL_KEY of the program that enqueued it (in code, urlKey).`;
      throw new InvalidInputError('urlKey', message);
    }
    return { ...entry, source: { ...source, url: url.href } };
  }

  #requireKey({ path }: PlannedEntry): Buffer {
    if (this.#key !== undefined) return this.#key;
    const message = `Invalid urlKey: the URL of ${path} has a query, which may give access, so it is stored only encrypted. Set AEP_URL_KEY (in code, urlKey), with the same value for all workers.`;
    throw new InvalidInputError('urlKey', message);
  }
}

/**
 * What a query belongs to. It is authenticated with it: whoever can write to Redis could otherwise have the query sent
 * to a server of theirs.
 */
const toOwner = ({ origin, pathname }: URL): Buffer => Buffer.from(`${origin}${pathname}`);

/** The entry without what changes when its URL is signed anew. */
export function withoutUrlQuery<Kind extends PlannedEntry>(entry: Kind): Kind {
  const { source } = entry;
  if (source?.url === undefined) return entry;
  return { ...entry, source: { ...source, url: source.url.replace(/\?.*$/s, '') } };
}
