/** Collects findings: how many are kept, how they are located and printed, and the sizes of rows. */
import { formatCount, formatPath, formatSize } from '../shared/format.js';
import { ADVISED_EVENT_BYTES, ADVISED_RECORD_BYTES } from '../shared/limits.js';
import type { Finding } from './types.js';

/** How many findings of each level are kept: for one file, and for the batch. */
const MAX_FILE_FINDINGS = 20;
export const MAX_FINDINGS = 100;

type Level = Finding['level'];
const LEVELS = ['error', 'warning', 'note'] as const;

/** A line from 1 or, if the lines before it were not read, from the end. */
export type Location = { readonly line: number } | { readonly fromEnd: number };

/** A finding on one line: `rows.jsonl:2: not valid JSON: …`. */
export function formatFinding({ file, line, message }: Finding): string {
  if (file === undefined) return message;
  return `${formatPath(file)}${line === undefined ? '' : `:${line}`}: ${message}`;
}

/** Findings in their order. Only the first of each level are kept; all are counted. */
export class Findings {
  readonly #max: number;
  readonly #list: Finding[] = [];
  readonly #listed = { error: 0, warning: 0, note: 0 };
  readonly #total = { error: 0, warning: 0, note: 0 };

  constructor(max: number) {
    this.#max = max;
  }

  add(finding: Finding): void {
    this.#total[finding.level]++;
    if (this.#listed[finding.level] >= this.#max) return;
    this.#listed[finding.level]++;
    this.#list.push(finding);
  }

  /** Adds the findings of another list, and the number of those that it did not keep. */
  merge(other: Findings): void {
    for (const finding of other.#list) this.add(finding);
    for (const level of LEVELS) this.#total[level] += other.#unlisted(level);
  }

  count(level: Level): number {
    return this.#total[level];
  }

  /** The findings that were kept. */
  kept(): readonly Finding[] {
    return this.#list;
  }

  /** The findings that were kept, and for each level with more of them one that says how many. */
  list(): Finding[] {
    const more = LEVELS.flatMap((level): Finding[] => {
      const count = this.#unlisted(level);
      const message = `${formatCount(count)} more ${level}${count === 1 ? ' is' : 's are'} not listed.`;
      return count === 0 ? [] : [{ level, message }];
    });
    return [...this.#list, ...more];
  }

  #unlisted(level: Level): number {
    return this.#total[level] - this.#listed[level];
  }
}

/** The findings about one file. */
export class FileFindings extends Findings {
  readonly #file: string;
  readonly #rejectedRow: Level;

  /** @param rejectedRow the level of a row that the platform will reject. */
  constructor(file: string, rejectedRow: Level) {
    super(MAX_FILE_FINDINGS);
    this.#file = file;
    this.#rejectedRow = rejectedRow;
  }

  addError(message: string, location?: Location): void {
    this.#add('error', message, location);
  }

  addWarning(message: string, location?: Location): void {
    this.#add('warning', message, location);
  }

  /** What was found, where nothing is wrong. */
  addNote(message: string, location?: Location): void {
    this.#add('note', message, location);
  }

  /** An error, or a warning if rows may be rejected. */
  addRejectedRow(message: string, location?: Location): void {
    this.#add(this.#rejectedRow, message, location);
  }

  #add(level: Level, message: string, location: Location | undefined): void {
    const file = this.#file;
    if (location === undefined) this.add({ level, file, message });
    else if ('line' in location) this.add({ level, file, line: location.line, message });
    else {
      const { fromEnd } = location;
      const where = fromEnd === 1 ? 'last line' : `line ${fromEnd} from the end`;
      this.add({ level, file, message: `${where}: ${message}` });
    }
  }
}

/**
 * The sizes of a file's rows against what is advised: one warning per file. Whether a row is an event
 * or a record depends on the dataset, so the warning names both limits.
 */
export class RowSizes {
  #event: { bytes: number; location: Location } | undefined;
  #record: { bytes: number; location: Location } | undefined;

  observe(bytes: number, location: Location): void {
    if (bytes <= ADVISED_EVENT_BYTES) return;
    this.#event ??= { bytes, location };
    if (bytes > ADVISED_RECORD_BYTES) this.#record ??= { bytes, location };
  }

  report(findings: FileFindings): void {
    const row = this.#record ?? this.#event;
    if (row === undefined) return;
    const limits = `${formatSize(ADVISED_EVENT_BYTES)} are advised for an event and ${formatSize(ADVISED_RECORD_BYTES)} for a record`;
    findings.addWarning(
      `the row has ${formatSize(row.bytes)}; at most ${limits}. Make such rows smaller if you can.`,
      row.location,
    );
  }
}
