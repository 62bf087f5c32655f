import { PLATFORM_ORIGIN } from '../http/options.js';
import { encodeFilePath } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { MAX_URL_LENGTH } from '../shared/limits.js';
import { type FileFindings, shown } from './findings.js';
import { countText } from './limits.js';

/** A batch id is a ULID of 26 characters, a dataset's id has 24. */
const USUAL_URL = `${PLATFORM_ORIGIN}/data/foundation/import/batches/${'0'.repeat(26)}/datasets/${'0'.repeat(24)}/files/`;
export const USUAL_URL_PREFIX_LENGTH = USUAL_URL.length;
/** What is added to the URL of a file that goes in parts, at its longest. */
const PARTS_SUFFIX_LENGTH = '?action=INITIALIZE'.length;

/** The rules of a path in a batch, and how long its URL becomes. */
export function checkPath(
  findings: FileFindings,
  path: string,
  { urlPrefixLength, inParts }: { urlPrefixLength: number; inParts: boolean },
): void {
  if (/\p{Cc}/u.test(path)) {
    findings.error('has a control character in its path. Rename it.');
    return;
  }
  let encoded: string;
  try {
    encoded = encodeFilePath(path);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    findings.error(`cannot be stored under this path: ${error.message}`);
    return;
  }
  const length = urlPrefixLength + encoded.length + (inParts ? PARTS_SUFFIX_LENGTH : 0);
  if (length <= MAX_URL_LENGTH) return;
  const what = `gets a URL of ${countText(length)} characters, and ${countText(MAX_URL_LENGTH)} is the most`;
  findings.error(`${what}. Shorten the path.`);
}

/** Which paths were seen, so that no file replaces another one. */
export class Paths {
  readonly #seen = new Set<string>();
  /** By what a system that ignores case and composition makes of them. */
  readonly #folded = new Map<string, string>();

  check(findings: FileFindings, path: string): void {
    if (this.#seen.has(path)) {
      findings.error(`comes twice: only the last ${shown(path)} would be kept. Rename one.`);
      return;
    }
    this.#seen.add(path);
    const folded = path.normalize('NFC').toLowerCase().normalize('NFC');
    const other = this.#folded.get(folded);
    if (other === undefined) this.#folded.set(folded, path);
    else
      findings.warn(
        `differs from ${shown(other)} only in case or in how letters are composed: where names are compared without that, one replaces the other.`,
      );
  }
}
