/** Finds the dialect of a CSV file by trying those that are in use on its first rows. */
import { type CsvDialect, toByteDialect, withCsvDefaults } from './csv-dialect.js';
import { type CsvRow, CsvScanner } from './csv-scanner.js';
import type { CsvOptions } from './types.js';

/** How much of a file is tried. */
const SAMPLE_BYTES = 128 * 1024;
/** In the order of preference. Hive separates by \x01, and some tools by the unit separator. */
const DELIMITERS = [',', '\t', ';', '|', '^', '~', '\x01', '\x1f'];
const DEFAULT_QUOTE = '"';
const OTHER_QUOTE = "'";
/** The share of rows that must have as many columns as the header. */
const MIN_SHARE = 0.5;
/** Shares that differ by less are equal. */
const TOLERANCE = 0.05;

/** How the rows of a file, or of its beginning, look in one dialect. */
export class Trial {
  readonly dialect: CsvDialect;
  readonly scanner: CsvScanner;
  /** The columns of the first row. */
  columns = 0;
  /** Rows after the first with another number of columns. */
  mismatches = 0;
  /** Whether the file ends inside quotes. */
  isOpen = false;

  constructor(dialect: CsvDialect, onRow: (row: CsvRow) => void = () => {}) {
    this.dialect = dialect;
    this.scanner = new CsvScanner(toByteDialect(dialect), (row) => {
      if (this.columns === 0) this.columns = row.columns;
      else if (row.columns !== this.columns) this.mismatches++;
      onRow(row);
    });
  }

  /** The share of rows that have as many columns as the first. */
  get share(): number {
    const rows = this.scanner.rows - 1;
    return rows <= 0 ? 1 : 1 - this.mismatches / rows;
  }

  get quoteProblems(): number {
    return this.scanner.brokenQuotes.count + (this.isOpen ? 1 : 0);
  }
}

/** The parts of a dialect that the bytes show; what they do not show is missing. */
export type Evidence = Partial<CsvDialect>;

/**
 * Finds delimiter and quote. The escape takes the whole file: `isBetterEscape` compares two trials.
 * @param head the beginning of the file, in UTF-8.
 */
export function detectDialect(head: Buffer, isWhole: boolean, options: CsvOptions): Evidence {
  const sample = head.subarray(0, SAMPLE_BYTES);
  const isAll = isWhole && sample.length === head.length;
  const attempt = (dialect: CsvDialect) => tryDialect(sample, dialect, isAll);
  const explicit = withCsvDefaults(options);
  const quotes = options.quote === undefined ? [DEFAULT_QUOTE, OTHER_QUOTE] : [explicit.quote];
  const delimiter = detectDelimiter(sample, explicit, quotes, attempt);
  const base = { ...explicit, delimiter: options.delimiter ?? delimiter ?? explicit.delimiter };
  const quote = detectQuote(base, attempt);
  return { ...(delimiter === undefined ? {} : { delimiter }), ...(quote ? { quote } : {}) };
}

type Attempt = (dialect: CsvDialect) => Trial;

export function tryDialect(sample: Buffer, dialect: CsvDialect, isWhole: boolean): Trial {
  const { replace } = toByteDialect(dialect);
  const trial = new Trial(dialect);
  trial.scanner.push(replace?.(sample) ?? sample);
  trial.isOpen = isWhole && trial.scanner.openQuoteLine !== undefined;
  if (isWhole) trial.scanner.end();
  return trial;
}

/** The best of these quotes, each with the two usual escapes: `\` and the quote itself. */
function tryQuotes(dialect: CsvDialect, quotes: readonly string[], attempt: Attempt): Trial {
  const trials = quotes.flatMap((quote) =>
    ['\\', quote].map((each) => attempt({ ...dialect, quote, escape: each })),
  );
  const value = ({ share, quoteProblems }: Trial) => share - quoteProblems;
  return trials.reduce((best, each) => (value(each) > value(best) ? each : best));
}

function detectDelimiter(
  sample: Buffer,
  explicit: CsvDialect,
  quotes: readonly string[],
  attempt: Attempt,
): string | undefined {
  const firstLine = /[^\r\n]*/.exec(sample.toString('latin1').trimStart())?.[0] ?? '';
  const trials = DELIMITERS.filter((each) => firstLine.includes(each))
    .map((delimiter) => tryQuotes({ ...explicit, delimiter }, quotes, attempt))
    .filter(({ columns, share }) => columns > 1 && share >= MIN_SHARE);
  const best = Math.max(...trials.map(({ share }) => share));
  const good = trials.filter(({ share }) => share >= best - TOLERANCE);
  const most = Math.max(...good.map(({ columns }) => columns));
  return good.find(({ columns }) => columns === most)?.dialect.delimiter;
}

/** Single quotes count only where they close as they should, and nothing is in double quotes. */
function detectQuote(dialect: CsvDialect, attempt: Attempt): string | undefined {
  const usual = tryQuotes(dialect, [DEFAULT_QUOTE], attempt);
  const { quotedValues, brokenQuotes } = usual.scanner;
  if (quotedValues + brokenQuotes.count > 0 || usual.isOpen) return DEFAULT_QUOTE;
  const other = tryQuotes(dialect, [OTHER_QUOTE], attempt);
  const { scanner, share, quoteProblems } = other;
  if (scanner.quotedValues === 0 || quoteProblems > 0) return undefined;
  const isUsual = scanner.quotedValues >= Math.max(2, scanner.rows / 2);
  return share > usual.share || (share === usual.share && isUsual) ? OTHER_QUOTE : undefined;
}

/**
 * The escape to compare a trial's with, if what it found may mean that the other one was meant:
 * doubled quotes, or values whose end is not clear.
 */
export function otherEscape({ dialect, scanner, quoteProblems }: Trial): string | undefined {
  const { quote } = dialect;
  if (quote === '') return undefined;
  if (dialect.escape === quote) {
    return quoteProblems > 0 && scanner.backslashQuotes.count > 0 ? '\\' : undefined;
  }
  const isUnclear = scanner.backslashQuotes.count > 0 && quoteProblems > 0;
  return scanner.doubledQuotes.count > 0 || isUnclear ? quote : undefined;
}

/** Whether quotes were meant to be doubled, by the same rows read with a backslash and with doubled quotes. */
export function areQuotesDoubled(backslash: Trial, doubled: Trial): boolean {
  const { doubledQuotes, backslashQuotes } = backslash.scanner;
  if (doubledQuotes.count > 0 && backslashQuotes.count === 0) return true;
  return (
    backslash.quoteProblems > 0 &&
    doubled.quoteProblems === 0 &&
    doubled.mismatches <= backslash.mismatches
  );
}
