import { countText, MAX_FILE_FINDINGS } from './limits.js';
import type { Finding } from './types.js';

type Level = Finding['level'];

/** Where in a file: a line from 1, or, where the lines before it were not read, from the end. */
export type Place = { readonly line: number } | { readonly fromEnd: number };

/** Findings in their order. Only the first of each level are kept; all are counted. */
export class Findings {
  readonly #max: number;
  readonly #kept: Finding[] = [];
  readonly #keptOf = { error: 0, warning: 0 };
  readonly #countOf = { error: 0, warning: 0 };

  constructor(max: number) {
    this.#max = max;
  }

  add(finding: Finding): void {
    this.#countOf[finding.level]++;
    if (this.#keptOf[finding.level] >= this.#max) return;
    this.#keptOf[finding.level]++;
    this.#kept.push(finding);
  }

  /** Takes over what another one has, and its counts. */
  take(other: Findings): void {
    for (const finding of other.#kept) this.add(finding);
    for (const level of ['error', 'warning'] as const) this.#countOf[level] += other.#left(level);
  }

  count(level: Level): number {
    return this.#countOf[level];
  }

  /** What is kept. */
  kept(): readonly Finding[] {
    return this.#kept;
  }

  /** What is kept, and for each level that has more, how many. */
  list(): Finding[] {
    const more = (['error', 'warning'] as const)
      .filter((level) => this.#left(level) > 0)
      .map((level): Finding => {
        const left = this.#left(level);
        const message = `There ${left === 1 ? 'is' : 'are'} ${countText(left)} more ${level}${left === 1 ? '' : 's'} that ${left === 1 ? 'is' : 'are'} not listed.`;
        return { level, message };
      });
    return [...this.#kept, ...more];
  }

  #left(level: Level): number {
    return this.#countOf[level] - this.#keptOf[level];
  }
}

/** The findings about one file. Every message stands alone: it names the file and the line. */
export class FileFindings extends Findings {
  readonly #file: string;
  readonly #badRow: Level;

  /** @param badRow what a row is that the platform will reject. */
  constructor(file: string, badRow: Level) {
    super(MAX_FILE_FINDINGS);
    this.#file = file;
    this.#badRow = badRow;
  }

  error(message: string, place?: Place): void {
    this.#note('error', message, place);
  }

  warn(message: string, place?: Place): void {
    this.#note('warning', message, place);
  }

  badRow(message: string, place?: Place): void {
    this.#note(this.#badRow, message, place);
  }

  #note(level: Level, message: string, place: Place | undefined): void {
    const file = this.#file;
    if (place === undefined) this.add({ level, file, message: `${shown(file)} ${message}` });
    else if ('line' in place) {
      const { line } = place;
      this.add({ level, file, line, message: `${shown(file)}, line ${line}, ${message}` });
    } else {
      const where = place.fromEnd === 1 ? 'the last line' : `line ${place.fromEnd} from the end`;
      this.add({ level, file, message: `${shown(file)}, ${where}, ${message}` });
    }
  }
}

/** The longest that a path is printed, and what is kept of a longer one at each end. */
const MAX_SHOWN_LENGTH = 200;
const SHOWN_END_LENGTH = 80;

/** A path as it is printed: one that would confuse a terminal is quoted, a long one shortened. */
export function shown(path: string): string {
  const ends = [path.slice(0, SHOWN_END_LENGTH), path.slice(-SHOWN_END_LENGTH)];
  const short = path.length > MAX_SHOWN_LENGTH ? ends.join('…') : path;
  return short === '' || /[\p{Cc}\p{Cs}]/u.test(short) ? JSON.stringify(short) : short;
}
