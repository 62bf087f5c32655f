/** URLs of sources in Redis: a query that gives access is stored only encrypted, under a key that Redis never has. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import type { FileEntry } from '../ingest/journal-entries.js';
import { InvalidInputError } from '../shared/errors.js';
import { type Check, invalid } from '../shared/options.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** The same for all programs that share a key, so that each can read what another one has written. */
const SALT = 'aep-batch url';
/** What stands in place of an encrypted query. */
const PARAMETER = 'aep-batch-encrypted';

const MIN_KEY_LENGTH = 16;

/** Never quoted in messages. */
export const checkUrlKey: Check<string> = (field, value) => {
  if (typeof value === 'string' && value.length >= MIN_KEY_LENGTH) return value;
  throw invalid(field, `at least ${MIN_KEY_LENGTH} characters`, typeof value);
};

export class SecretUrls {
  readonly #key: Buffer | undefined;

  constructor(key: string | undefined) {
    this.#key = key === undefined ? undefined : scryptSync(key, SALT, KEY_BYTES);
  }

  /** The entry as it may be stored. @throws {InvalidInputError} without a key, if its URL has a query. */
  encrypt(entry: FileEntry): FileEntry {
    const { source } = entry;
    const query = source?.url === undefined ? '' : new URL(source.url).search;
    if (source?.url === undefined || query === '') return entry;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#requireKey(entry), iv);
    const text = Buffer.concat([cipher.update(query, 'utf8'), cipher.final()]);
    const url = new URL(source.url);
    const sealed = Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    url.search = `${PARAMETER}=${sealed}`;
    return { ...entry, source: { ...source, url: url.href } };
  }

  /** The entry as it was. @throws {InvalidInputError} without the key under which it was encrypted. */
  decrypt(entry: FileEntry): FileEntry {
    const { source } = entry;
    if (source?.url === undefined) return entry;
    const url = new URL(source.url);
    const sealed = url.searchParams.get(PARAMETER);
    if (sealed === null) return entry;
    const bytes = Buffer.from(sealed, 'base64url');
    const iv = bytes.subarray(0, IV_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#requireKey(entry), iv);
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      url.search = Buffer.concat([text, decipher.final()]).toString();
    } catch {
      const message = `Invalid urlKey: the URL of ${entry.path} was encrypted under another key. Give workers the AEP_URL_KEY of the program that enqueued it (in code, urlKey).`;
      throw new InvalidInputError('urlKey', message);
    }
    return { ...entry, source: { ...source, url: url.href } };
  }

  #requireKey({ path }: FileEntry): Buffer {
    if (this.#key !== undefined) return this.#key;
    const message = `Invalid urlKey: the URL of ${path} has a query, which may give access, so it is stored only encrypted. Set AEP_URL_KEY (in code, urlKey), with the same value for all workers.`;
    throw new InvalidInputError('urlKey', message);
  }
}

/** The entry without what changes when its URL is signed anew. */
export function withoutUrlQuery(entry: FileEntry): FileEntry {
  const { source } = entry;
  if (source?.url === undefined) return entry;
  return { ...entry, source: { ...source, url: source.url.replace(/\?.*$/s, '') } };
}
