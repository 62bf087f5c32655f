/** Recognizes compressed contents, by their first bytes or, where those show nothing, by their name. */
import { SourceError } from '../shared/errors.js';
import { readStartSync } from '../shared/open-file.js';
import type { Coding } from '../upload/source.js';

const CODINGS: readonly { coding: Coding; extension: RegExp }[] = [
  { coding: 'gzip', extension: /\.(?:gz|gzip)$/i },
  { coding: 'zstd', extension: /\.(?:zst|zstd)$/i },
  { coding: 'brotli', extension: /\.br$/i },
];

/** How many bytes show a coding. */
export const SIGNATURE_BYTES = 4;

/** The coding that the first bytes prove. Brotli has no signature. */
function detectByBytes(head: Uint8Array): Coding | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // A frame that is skipped, such as the first one of pzstd.
  if ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return undefined;
}

/**
 * @param name its path, for messages.
 * @throws {SourceError} for a name that promises a coding which the first bytes refute.
 */
export function detectCoding(head: Uint8Array, name: string): Coding | undefined {
  const found = detectByBytes(head);
  if (found !== undefined || head.length === 0) return found;
  const named = CODINGS.find(({ extension }) => extension.test(name))?.coding;
  if (named === undefined || named === 'brotli') return named;
  const message = `${name} is not ${named}, although its name says so. Rename it, or compress it again.`;
  throw new SourceError(name, message);
}

/** The name without the extension of a compressed file. */
export const withoutCoding = (name: string): string =>
  CODINGS.reduce((short, { extension }) => short.replace(extension, ''), name) || name;

/** The coding of a file of this machine. */
export function detectFileCoding(localPath: string): Coding | undefined {
  let head: Buffer;
  try {
    head = readStartSync(localPath, SIGNATURE_BYTES);
  } catch (cause) {
    const message = `${localPath} cannot be read: ${(cause as Error).message}.`;
    throw new SourceError(localPath, message, cause);
  }
  return detectCoding(head, localPath);
}

export const isCoding = (value: unknown): value is Coding =>
  CODINGS.some(({ coding }) => coding === value);
