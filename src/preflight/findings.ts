/** Collects findings: one for each kind of problem, with a count and its first places. */
import { formatCount } from '../shared/format.js';
import { omitUndefined } from '../shared/options.js';
import type { Finding, FindingPlace, FindingSummary } from './types.js';

/** How many kinds of each level are listed. */
export const MAX_FINDINGS = 100;
/** How many places of a kind are kept. */
export const MAX_PLACES = 20;

type Level = Finding['level'];
const LEVELS = ['error', 'warning', 'note'] as const;

/** A line from 1 or, if the lines before it were not read, from the end. */
export type Location = { readonly line: number } | { readonly fromEnd: number };

/** What a finding may have besides its level, its message and its places. */
export type FindingDetails = Partial<
  Pick<Finding, 'rule' | 'effect' | 'code' | 'path' | 'value' | 'fix' | 'suggestion'>
> & {
  /**
   * Findings of one level and kind are one finding. Default: the message without its numbers and
   * quotations. Pass it where a problem may occur in each row: it saves building the message.
   */
  kind?: string;
};

/** A message, or a function that builds it: it is called for the first finding of a kind. */
export type Message = string | (() => string);

/** A finding at one place or at none. */
export function createFinding(
  finding: Omit<Finding, 'count' | 'places'> & { count?: number },
): Finding {
  const { file, line } = finding;
  const places = file === undefined ? [] : [omitUndefined({ file, line })];
  return { ...finding, count: finding.count ?? 1, places };
}

/** How many problems there are of each rule, code and path, in the order of the findings. */
export function summarize(findings: readonly Finding[]): FindingSummary[] {
  const sums = new Map<string, FindingSummary>();
  for (const { code, rule, path, count } of findings) {
    const key = JSON.stringify([code, rule, path]);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, omitUndefined({ code, rule, path, count }));
    else sum.count += count;
  }
  return [...sums.values()];
}

interface Listed {
  readonly kind: string;
  readonly finding: Finding;
}

/** Findings in the order in which their kinds were first found. All are counted. */
export class Findings {
  readonly #list: Listed[] = [];
  readonly #byKind = {
    error: new Map<string, Finding>(),
    warning: new Map<string, Finding>(),
    note: new Map<string, Finding>(),
  };
  readonly #total = { error: 0, warning: 0, note: 0 };
  readonly #unlisted = { error: 0, warning: 0, note: 0 };

  /** Adds one finding. @param kind see `FindingDetails`. */
  add(finding: Finding, kind = toKind(finding.message)): void {
    const known = this.countKnown(finding.level, kind, finding.places[0], finding.count);
    if (known) return;
    this.#addKind(finding, kind);
  }

  /** Counts a finding of a kind that is listed. @returns whether it is. */
  countKnown(level: Level, kind: string, place: FindingPlace | undefined, count = 1): boolean {
    const finding = this.#byKind[level].get(kind);
    if (finding === undefined) return false;
    this.#total[level] += count;
    finding.count += count;
    if (place !== undefined && finding.places.length < MAX_PLACES) finding.places.push(place);
    return true;
  }

  /** Counts a finding of another kind if as many as are listed are known. @returns whether they are. */
  countUnlisted(level: Level): boolean {
    if (this.#byKind[level].size < MAX_FINDINGS) return false;
    this.#total[level]++;
    this.#unlisted[level]++;
    return true;
  }

  /** Adds the findings of another list. */
  merge(other: Findings): void {
    for (const { kind, finding } of other.#list) {
      const known = this.#byKind[finding.level].get(kind);
      if (known === undefined) {
        this.#addKind(finding, kind);
        continue;
      }
      this.#total[finding.level] += finding.count;
      known.count += finding.count;
      known.places.push(...finding.places.slice(0, MAX_PLACES - known.places.length));
    }
    for (const level of LEVELS) {
      this.#total[level] += other.#unlisted[level];
      this.#unlisted[level] += other.#unlisted[level];
    }
  }

  /** The number of problems of a level, listed or not. */
  count(level: Level): number {
    return this.#total[level];
  }

  /** The findings that are listed, and for each level with more of them one that counts the rest. */
  list(): Finding[] {
    const more = LEVELS.flatMap((level): Finding[] => {
      const count = this.#unlisted[level];
      const message = `${formatCount(count)} more ${level}${count === 1 ? ' is' : 's are'} not listed.`;
      return count === 0 ? [] : [createFinding({ level, rule: 'file-format', message, count })];
    });
    return [...this.#list.map(({ finding }) => finding), ...more];
  }

  #addKind(finding: Finding, kind: string): void {
    const { level, count } = finding;
    this.#total[level] += count;
    if (this.#byKind[level].size >= MAX_FINDINGS) {
      this.#unlisted[level] += count;
      return;
    }
    this.#byKind[level].set(kind, finding);
    this.#list.push({ kind, finding });
  }
}

/** What messages of one kind have in common. */
const toKind = (message: string): string =>
  message.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|\d[\d,.]*/g, '#');

/** The findings about one file. */
export class FileFindings extends Findings {
  readonly #file: string;
  readonly #rejectedRow: Level;

  /** @param rejectedRow the level of a row that the platform will reject. */
  constructor(file: string, rejectedRow: Level) {
    super();
    this.#file = file;
    this.#rejectedRow = rejectedRow;
  }

  /** An empty list for the same file, which may be merged or dropped. */
  fork(): FileFindings {
    return new FileFindings(this.#file, this.#rejectedRow);
  }

  /** Adds what makes the batch fail. Default rule: `file-format`. */
  addError(message: Message, location?: Location, details?: FindingDetails): void {
    this.#add('error', message, location, { effect: 'batch-fails', ...details });
  }

  /** Adds advice. Default rule: `file-format`. */
  addWarning(message: Message, location?: Location, details?: FindingDetails): void {
    this.#add('warning', message, location, details);
  }

  /** Adds what was found out about a file. Default rule: `file-format`. */
  addNote(message: Message, location?: Location, details?: FindingDetails): void {
    this.#add('note', message, location, details);
  }

  /** Adds an error, or a warning if rows may be rejected; once for a row. Default rule: `syntax`. */
  addRejectedRow(message: Message, location?: Location, details?: FindingDetails): void {
    const defaults = { rule: 'syntax', effect: 'row-rejected' } as const;
    this.#add(this.#rejectedRow, message, location, { ...defaults, ...details });
  }

  /** Counts more rejected rows of a kind that was added before. */
  countRejectedRows(kind: string, count: number): void {
    this.countKnown(this.#rejectedRow, kind, undefined, count);
  }

  /**
   * Adds a finding of any level, whose parts are built only for the first one of its kind.
   * @param isRejectedRow whether its level is that of rejected rows.
   */
  addLazily(
    level: Level,
    isRejectedRow: boolean,
    kind: string,
    location: Location | undefined,
    build: () => FindingDetails & { message: string },
  ): void {
    const actual = isRejectedRow ? this.#rejectedRow : level;
    if (this.countKnown(actual, kind, this.#toPlace(location)) || this.countUnlisted(actual))
      return;
    const { message, ...details } = build();
    this.#add(actual, message, location, { ...details, kind });
  }

  #toPlace(location: Location | undefined): FindingPlace {
    const file = this.#file;
    return location !== undefined && 'line' in location ? { file, line: location.line } : { file };
  }

  #add(
    level: Level,
    message: Message,
    location: Location | undefined,
    { kind, rule = 'file-format', ...details }: FindingDetails = {},
  ): void {
    const { file, line } = this.#toPlace(location);
    if (kind !== undefined && this.countKnown(level, kind, this.#toPlace(location))) return;
    const text = typeof message === 'string' ? message : message();
    const where =
      location === undefined || 'line' in location
        ? ''
        : location.fromEnd === 1
          ? 'last line: '
          : `line ${location.fromEnd} from the end: `;
    const finding = omitUndefined({
      level,
      rule,
      ...details,
      file,
      line,
      message: `${where}${text}`,
    });
    this.add(createFinding(finding), kind ?? toKind(text));
  }
}
