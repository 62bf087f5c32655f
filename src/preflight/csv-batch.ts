/** Compares the CSV files of a batch: it has one dialect, and its files should have one header. */
import { formatCount, formatPath } from '../shared/format.js';
import type { CsvReport } from './csv.js';
import {
  type CsvDialect,
  DEFAULT_DIALECT,
  DIALECT_PARTS,
  dialectOptions,
  formatCharacter,
} from './csv-dialect.js';
import { createFinding, type FileFindings } from './findings.js';
import type { CsvOptions, Finding } from './types.js';

/** The most kinds of files that are described. */
const MAX_NOTES = 10;
/** How much of the names of columns a message shows. */
const MAX_NAMES_LENGTH = 60;

const OTHER_HEADER = { rule: 'header', kind: 'other header' } as const;

interface First<T> {
  readonly path: string;
  readonly value: T;
}

export class CsvBatch {
  readonly #csv: CsvOptions;
  /** The first file that shows a part of its dialect. */
  readonly #dialect: { -readonly [Part in keyof CsvDialect]?: First<string> } = {};
  #header: First<readonly string[] | undefined> | undefined;
  readonly #notes = new Map<string, { path: string; files: number }>();

  constructor(csv: CsvOptions) {
    this.#csv = csv;
  }

  add(path: string, findings: FileFindings, report: CsvReport): void {
    this.#compareDialect(path, findings, report);
    if (this.#csv.header !== false) this.#compareHeader(path, findings, report);
    const description = this.#describe(report);
    const note = this.#notes.get(description);
    if (note !== undefined) note.files++;
    else if (this.#notes.size < MAX_NOTES) this.#notes.set(description, { path, files: 1 });
  }

  /** What differs from the platform's defaults in the files, except what the caller said. */
  get options(): Partial<CsvDialect> {
    const found = DIALECT_PARTS.filter((part) => this.#csv[part] === undefined).map((part) => [
      part,
      this.#dialect[part]?.value,
    ]);
    return dialectOptions(Object.fromEntries(found));
  }

  notes(): Finding[] {
    return [...this.#notes].map(([message, { path, files }]) => {
      const others = files === 1 ? '' : ` So are ${formatCount(files - 1)} more of the files.`;
      const text = `${message}${others}`;
      return createFinding({ level: 'note', rule: 'file-format', file: path, message: text });
    });
  }

  #compareDialect(path: string, findings: FileFindings, { evidence }: CsvReport): void {
    for (const part of DIALECT_PARTS) {
      const value = evidence[part];
      if (value === undefined || this.#csv[part] !== undefined) continue;
      this.#dialect[part] ??= { path, value };
      const first = this.#dialect[part];
      if (first === undefined || first.value === value) continue;
      const problem = `the ${part} is ${formatCharacter(value)}, but that of ${formatPath(first.path)} is ${formatCharacter(first.value)}`;
      const fix = 'A batch has one: make one batch for each.';
      findings.addError(`${problem}. ${fix}`, undefined, {
        kind: `several: ${part} ${value}`,
        fix,
      });
    }
  }

  #compareHeader(path: string, findings: FileFindings, { names }: CsvReport): void {
    this.#header ??= { path, value: names };
    const first = this.#header;
    if (first.value === undefined || first.path === path) return;
    if (names === undefined) {
      const problem = `the first row looks like data, but ${formatPath(first.path)} has a header`;
      const fix = 'Each file needs the header.';
      findings.addWarning(`${problem}. ${fix}`, { line: 1 }, { ...OTHER_HEADER, fix });
    } else if (names.join('\n') !== first.value.join('\n')) {
      const problem = `the header (${formatNames(names)}) differs from that of ${formatPath(first.path)} (${formatNames(first.value)})`;
      const fix = 'Write the same columns in the same order.';
      findings.addWarning(`${problem}. ${fix}`, { line: 1 }, { ...OTHER_HEADER, fix });
    }
  }

  #describe({ dialect, lineEnds, names, rows, isInCharset }: CsvReport): string {
    const parts = DIALECT_PARTS.map((part) => {
      const isSet = this.#csv[part] === undefined && dialect[part] !== DEFAULT_DIALECT[part];
      return `${part} ${formatCharacter(dialect[part])}${isSet ? ' (found, and set for the batch)' : ''}`;
    });
    const header = this.#csv.header === false || names === undefined ? 'no header' : 'a header';
    const charset = isInCharset ? (this.#csv.charset ?? 'UTF-8') : 'not UTF-8';
    const all = [...parts, header, describeLineEnds(lineEnds), charset].join(', ');
    return `CSV with ${all}.${rows === undefined ? ' Not all of it was read.' : ''}`;
  }
}

function describeLineEnds({ crlf, lf, cr }: CsvReport['lineEnds']): string {
  const found = [
    ['CRLF', crlf],
    ['LF', lf],
    ['CR', cr],
  ].filter(([, count]) => count !== 0);
  if (found.length === 0) return 'no line ends';
  const kinds = found.map(([name]) => name).join(' and ');
  return found.length === 1 ? `line ends ${kinds}` : `mixed line ends (${kinds})`;
}

function formatNames(names: readonly string[]): string {
  const text = names.join(', ');
  return text.length <= MAX_NAMES_LENGTH ? text : `${text.slice(0, MAX_NAMES_LENGTH)}…`;
}
