/** Compares a CSV file with the dialect that it is read by: what may silently become wrong. */
import type { Evidence, Trial } from './csv-detect.js';
import { formatCharacter } from './csv-dialect.js';
import type { CsvJoins } from './csv-joins.js';
import { isObviouslyUtf8, isUtf8Charset } from './csv-text.js';
import type { FileFindings, FindingDetails } from './findings.js';
import type { Occurrences } from './occurrences.js';
import type { CsvOptions } from './types.js';

const FIRST_ROW = { line: 1 };
/** Other delimiters that are in use. */
const COMMON_DELIMITERS = [',', ';', '\t', '|'];

interface Compared {
  readonly path: string;
  readonly findings: FileFindings;
  readonly csv: CsvOptions;
  readonly evidence: Evidence;
  readonly trial: Trial;
  readonly joins: CsvJoins;
  /** Rows where a space before a quote makes the quotes a part of the value. */
  readonly spacedQuotes: Occurrences;
  readonly hasHeader: boolean;
  /** The beginning of the file, as it is stored. */
  readonly head: Buffer;
  /** The first row. */
  readonly first: readonly string[];
}

/** Adds warnings. */
export function checkContradictions(file: Compared): void {
  checkDelimiter(file);
  checkEscape(file);
  checkQuotes(file);
  const { findings, csv, head, trial, joins, hasHeader, evidence } = file;
  const { lineEnds, jsonValues } = trial.scanner;
  const { quote } = evidence;
  if (csv.quote !== undefined && csv.quote !== '' && quote !== undefined && csv.quote !== quote) {
    const [set, found] = [csv.quote, quote].map(formatCharacter);
    findings.addWarning(`the quote is set to ${set}, but the file has ${found}.`, FIRST_ROW);
  }
  if (!isUtf8Charset(csv) && isObviouslyUtf8(head)) {
    const problem = `the charset is set to ${csv.charset}, but the file is UTF-8`;
    findings.addWarning(`${problem}. Leave the charset out.`, undefined, { rule: 'encoding' });
  }
  if (lineEnds.lf + lineEnds.crlf > 0) {
    const problem = 'a carriage return without a line feed ends the line, and a row';
    const fix = 'Write all line ends alike, or quote the value.';
    addOccurrences(findings, lineEnds.cr, problem, { rule: 'syntax', fix });
  }
  addOccurrences(
    findings,
    file.spacedQuotes,
    'a space stands before a quote, so the quotes are loaded as a part of the value',
    { rule: 'syntax', fix: 'Remove the space.' },
  );
  const joined = { rule: 'header', fix: 'Were files joined here? Remove it.' } as const;
  if (hasHeader) addOccurrences(findings, joins.headers, 'the row repeats the header', joined);
  const mark = 'the row begins with a byte order mark';
  addOccurrences(findings, joins.marks, mark, { ...joined, rule: 'encoding' });
  const fix = 'Write nested rows as JSON or Parquet.';
  const problem = 'a value is JSON, which CSV loads as text';
  addOccurrences(findings, jsonValues, problem, { rule: 'type', fix });
}

/** Adds one warning for all occurrences, with their number and the first lines. */
function addOccurrences(
  findings: FileFindings,
  { count, lines }: Occurrences,
  problem: string,
  details: FindingDetails & { fix: string },
): void {
  const known = { ...details, kind: problem };
  for (const line of lines) findings.addWarning(`${problem}. ${details.fix}`, { line }, known);
  if (count > lines.length) {
    findings.countKnown('warning', problem, undefined, count - lines.length);
  }
}

function checkDelimiter({ path, findings, csv, evidence, trial, first }: Compared): void {
  const { dialect, columns } = trial;
  const details = { rule: 'columns', kind: 'delimiter' } as const;
  const used = formatCharacter(dialect.delimiter);
  const other =
    evidence.delimiter ?? COMMON_DELIMITERS.find((each) => first[0]?.includes(each) === true);
  if (other !== undefined && other !== dialect.delimiter && columns === 1) {
    const problem = `there is only one column with the delimiter ${used}`;
    const fix = `Is the delimiter ${formatCharacter(other)}?`;
    findings.addWarning(`${problem}. ${fix}`, FIRST_ROW, { ...details, suggestion: other });
  } else if (csv.delimiter !== undefined && evidence.delimiter !== undefined) {
    if (csv.delimiter === evidence.delimiter) return;
    const found = formatCharacter(evidence.delimiter);
    const problem = `the delimiter is set to ${used}, but the file has ${found}.`;
    findings.addWarning(problem, FIRST_ROW, { ...details, suggestion: evidence.delimiter });
  } else if (/\.(tsv|tab)$/i.test(path) && dialect.delimiter !== '\t' && columns > 1) {
    const problem = `the name says that tabs separate the values, but the delimiter is ${used}`;
    findings.addWarning(`${problem}. Is the name right?`, FIRST_ROW, details);
  }
}

function checkEscape({ findings, csv, trial }: Compared): void {
  const { dialect, scanner, quoteProblems } = trial;
  const { doubledQuotes, backslashQuotes } = scanner;
  const quote = formatCharacter(dialect.quote);
  if (dialect.escape === dialect.quote) {
    if (csv.escape !== undefined && quoteProblems === 0) return;
    const problem =
      'a backslash stands before a quote in the value whose quote is opened here: it is read as text';
    const fix = `The escape ${quote} fits the rows better than a backslash. If it is wrong, pass the escape.`;
    addOccurrences(findings, backslashQuotes, problem, { rule: 'syntax', fix });
  } else if (doubledQuotes.count > 0) {
    const problem = `quotes are doubled in the value whose quote is opened here, but the escape is ${formatCharacter(dialect.escape)}`;
    const fix =
      backslashQuotes.count === 0
        ? `They stay doubled: set the escape to ${quote}.`
        : `A backslash before a quote is there, too (line ${backslashQuotes.lines[0]}): write all of them in one way.`;
    addOccurrences(findings, doubledQuotes, problem, { rule: 'syntax', fix });
  }
}

/** Quotes that close where the value goes on: rows may have been taken for a part of it. */
function checkQuotes({ findings, trial }: Compared): void {
  const { brokenQuotes, doubledQuotes, backslashQuotes } = trial.scanner;
  const isDoubling = trial.dialect.escape === trial.dialect.quote;
  if (!isDoubling && brokenQuotes.count <= doubledQuotes.count) return;
  const why =
    !isDoubling && backslashQuotes.count > 0
      ? 'A backslash before a quote may have swallowed rows'
      : 'A quote that is not closed may have swallowed rows';
  const problem = 'text follows the closing quote of the value whose quote is opened here';
  const fix = `${why}: close the quote, or double quotes in values.`;
  addOccurrences(findings, brokenQuotes, problem, { rule: 'syntax', fix });
}
