/** The rules for the paths of a batch: each can be sent, and no file replaces another. */
import { encodeFilePath } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { formatCount, formatPath } from '../shared/format.js';
import { MAX_URL_LENGTH } from '../shared/limits.js';
import { PLATFORM_ORIGIN } from '../shared/origins.js';
import type { FileFindings } from './findings.js';

/** A batch id is a ULID of 26 characters, a dataset id has 24. */
const USUAL_URL = `${PLATFORM_ORIGIN}/data/foundation/import/batches/${'0'.repeat(26)}/datasets/${'0'.repeat(24)}/files/`;
export const USUAL_URL_PREFIX_LENGTH = USUAL_URL.length;
/** The longest addition to the URL of a file that is uploaded in parts. */
const PARTS_SUFFIX_LENGTH = '?action=INITIALIZE'.length;

const NAME = { rule: 'name' } as const;
const DUPLICATE = { rule: 'duplicate' } as const;

/** Checks that a path can be sent, and the length of its URL. */
export function checkPath(
  findings: FileFindings,
  path: string,
  { urlPrefixLength, isInParts }: { urlPrefixLength: number; isInParts: boolean },
): void {
  if (/\p{Cc}/u.test(path)) {
    findings.addError('the path contains a control character. Rename the file.', undefined, NAME);
    return;
  }
  let encoded: string;
  try {
    encoded = encodeFilePath(path);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    findings.addError(error.message, undefined, NAME);
    return;
  }
  const length = urlPrefixLength + encoded.length + (isInParts ? PARTS_SUFFIX_LENGTH : 0);
  if (length <= MAX_URL_LENGTH) return;
  const problem = `the upload's URL has ${formatCount(length)} characters; the maximum is ${formatCount(MAX_URL_LENGTH)}`;
  findings.addError(`${problem}. Shorten the path.`, undefined, { ...NAME, kind: 'long URL' });
}

/** The paths so far. */
export class Paths {
  readonly #exact = new Set<string>();
  /** Paths by what a system that ignores case and composition makes of them. */
  readonly #folded = new Map<string, string>();

  /** Compares a path with those before it. */
  check(findings: FileFindings, path: string): void {
    if (this.#exact.has(path)) {
      const problem = 'duplicate path: only the last of these files would be kept';
      findings.addError(`${problem}. Rename one.`, undefined, DUPLICATE);
      return;
    }
    this.#exact.add(path);
    const folded = path.normalize('NFC').toLowerCase().normalize('NFC');
    const other = this.#folded.get(folded);
    if (other === undefined) {
      this.#folded.set(folded, path);
      return;
    }
    const problem = `the path differs from ${formatPath(other)} only in case or Unicode normalization`;
    const result = 'a system that ignores both keeps only one file';
    // A kind for each such name: the message names the other file.
    const details = { ...DUPLICATE, kind: `path like ${folded}` };
    findings.addWarning(`${problem}: ${result}. Rename one.`, undefined, details);
  }
}
