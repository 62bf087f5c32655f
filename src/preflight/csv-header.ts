/** The rules of a CSV header, and whether there is one. */
import { formatCount } from '../shared/format.js';
import { toStep } from '../shared/json-pointer.js';
import { MAX_FIELDS } from '../shared/limits.js';
import type { FileFindings } from './findings.js';

const HEADER = { line: 1 };
/** Numbers, but no years: those are names of columns, too. */
const NUMBER = /^[+-]?(?!(19|20)\d\d$)(\d+([.,]\d+)*|\.\d+)(e[+-]?\d+)?$/i;
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?$/;
const OTHER_DATA = /^(true|false|null|[^@\s]+@[^@\s]+\.\w+|[\da-f]{8}-[\da-f]{4}-[\da-f-]{22,})$/i;
const BLANK_LINE = /^[^\S\r\n]*[\r\n]/;
/** What spreadsheets take for an instruction, such as `sep=;`. */
const SEPARATOR_LINE = /^(?:\ufeff)?"?sep=.?"?\r?(?:\n|$)/i;
const MISSING =
  'Is the header missing? Add it, or say that there is none (--no-header, in code header: false).';

const isData = (cell: string): boolean =>
  NUMBER.test(cell) || DATE.test(cell) || OTHER_DATA.test(cell);

/**
 * Whether the first row looks like the rows after it: it has data such as numbers and dates, and no
 * name in a column where all the others have data.
 */
export function looksLikeData([first = [], ...rows]: readonly (readonly string[])[]): boolean {
  const found = first.map((cell) => isData(cell.trim()));
  if (!found.includes(true)) return false;
  return first.every((_, column) => {
    const below = rows.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '');
    return found[column] === true || below.length === 0 || !below.every(isData);
  });
}

/**
 * Checks the names of the columns.
 * @param rows the first rows of the file, the header among them.
 * @param head the beginning of the file.
 * @param hasNestedColumns whether dots in names have a meaning.
 * @returns whether the first line is not blank, so that the rows can be compared with it.
 */
export function checkHeader(
  findings: FileFindings,
  rows: readonly (readonly string[])[],
  head: Buffer,
  hasNestedColumns = false,
): boolean {
  const [names = []] = rows;
  if (BLANK_LINE.test(head.toString('latin1', 0, 1024))) {
    const fix = 'Remove it.';
    const details = { rule: 'header', code: '118', fix } as const;
    findings.addError(`the first line is blank (platform error 118). ${fix}`, HEADER, details);
    return false;
  }
  if (SEPARATOR_LINE.test(head.toString('utf8', 0, 16))) {
    const fix = 'Remove it: the header is to be the first line.';
    const problem = 'the first line, "sep=", is an instruction for spreadsheets';
    findings.addError(`${problem}. ${fix}`, HEADER, { rule: 'header', fix });
    return false;
  }
  const isMissing = looksLikeData(rows) || names.every((name) => name.trim() === '');
  const errors = findings.count('error');
  checkNames(findings, names, isMissing ? MISSING : undefined);
  if (isMissing && findings.count('error') === errors) {
    findings.addWarning(`the first row looks like data. ${MISSING}`, HEADER, {
      rule: 'header',
      fix: MISSING,
      suggestion: 'header: false',
    });
  }
  if (!isMissing) adviseNames(findings, names, hasNestedColumns);
  return true;
}

export function checkColumnCount(findings: FileFindings, columns: number): void {
  if (columns <= MAX_FIELDS) return;
  const problem = `the file has ${formatCount(columns)} columns; the maximum is ${formatCount(MAX_FIELDS)}`;
  findings.addError(`${problem}. Split the dataset.`, HEADER, { rule: 'columns' });
}

function checkNames(
  findings: FileFindings,
  names: readonly string[],
  missing: string | undefined,
): void {
  const columns = new Map<string, number>();
  for (const [at, raw] of names.entries()) {
    const name = raw.trim();
    const column = at + 1;
    const first = columns.get(name);
    if (name === '') {
      const fix = missing ?? (column === 1 ? 'Name it, or leave it out.' : 'Name it.');
      findings.addError(`column ${column} has no name (platform error 118). ${fix}`, HEADER, {
        rule: 'header',
        code: '118',
        fix,
      });
      if (missing !== undefined) return; // the others would say the same
    } else if (first !== undefined) {
      const problem = `columns ${first} and ${column} have the same name ${JSON.stringify(name)}`;
      const fix = missing ?? 'Rename one.';
      const details = { rule: 'duplicate', kind: `same name ${column}`, fix } as const;
      findings.addError(`${problem}. ${fix}`, HEADER, details);
      if (missing !== undefined) return;
    } else columns.set(name, column);
  }
}

/** Names that are accepted and may not be what was meant: one warning for each kind. */
function adviseNames(
  findings: FileFindings,
  names: readonly string[],
  hasNestedColumns: boolean,
): void {
  const spaced = names.filter((name) => /\S/.test(name) && /\s/.test(name));
  const [space = ''] = spaced;
  if (spaced.length > 0) {
    const fix = `Use underscores instead: ${JSON.stringify(space.trim().replaceAll(/\s+/g, '_'))}.`;
    findings.addWarning(
      spaced.length === 1
        ? `the column name ${JSON.stringify(space)} contains whitespace. ${fix}`
        : `${formatCount(spaced.length)} column names contain whitespace, the first is ${JSON.stringify(space)}. ${fix}`,
      HEADER,
      { rule: 'name', fix, path: toPath(space) },
    );
  }
  const nested = names.find((name) => /^\w+([.]\w+)+$/.test(name.trim()));
  if (nested === undefined || hasNestedColumns) return;
  const problem = `the column name ${JSON.stringify(nested)} has a dot: CSV is flat, so this is no field of an object`;
  const fix = 'Rename it, or write nested rows as JSON or Parquet.';
  findings.addWarning(`${problem}. ${fix}`, HEADER, { rule: 'name', fix, path: toPath(nested) });
}

/** A column as a JSON pointer. */
const toPath = (name: string): string => `/${toStep(name)}`;
