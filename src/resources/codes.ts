/**
 * The codes of batches and of rejected rows: what each means, what to do, and whether loading again helps. The
 * platform publishes no list of them. Sources: its pages on troubleshooting, error diagnostics, partial
 * ingestion and data prep; of DCVS codes there are only reports by users, which disagree.
 */

/**
 * Whether loading again helps: `corrected`: once what the code names is corrected; `perhaps`: the same files may
 * load the next time; `no`: there is nothing to load again.
 */
export type LoadAgain = 'corrected' | 'perhaps' | 'no';

/** What is known about a code. */
export interface CodeInfo {
  /** What the code says, in a sentence. */
  meaning: string;
  /** What to do, in a sentence or two. */
  fix: string;
  /** Whether it helps to load the same files again. */
  loadAgain: LoadAgain;
}

const corrected = (meaning: string, fix: string): CodeInfo => ({
  meaning,
  fix,
  loadAgain: 'corrected',
});
const perhaps = (meaning: string, fix: string): CodeInfo => ({
  meaning,
  fix,
  loadAgain: 'perhaps',
});
const no = (meaning: string, fix: string): CodeInfo => ({ meaning, fix, loadAgain: 'no' });

const SUPPORT = 'Load the files again; if that fails, too, give the batch id to support.';
const VALIDATION = 'Correct the rows, and load them again.';

/** Without the HTTP status at the end of a code, unless that makes a difference. */
const CODES: ReadonlyMap<string, CodeInfo> = new Map([
  ['106', corrected('A file is empty.', 'Leave it out.')],
  [
    '118',
    corrected(
      'The header of a CSV file is missing, or a column in it has no name.',
      'Name every column in the first line.',
    ),
  ],
  [
    '140',
    no(
      'The platform took the batch for a duplicate of one that was loaded before.',
      'There is nothing to do: the data is there.',
    ),
  ],
  [
    'INGEST-1002',
    corrected('Rows do not fit the schema.', `The message says where. ${VALIDATION}`),
  ],
  [
    'INGEST-1211',
    corrected(
      'Rows were rejected, and which ones is not known: error diagnostics were off.',
      'Pass --error-diagnostics (errorDiagnostics) when you load; `aep-batch check --deep` finds many such rows beforehand.',
    ),
  ],
  [
    'INGEST-1212',
    corrected(
      'Some rows were rejected; if the batch succeeded, the others were loaded.',
      'Correct the rejected rows, and load only them as a new batch.',
    ),
  ],
  [
    'INGEST-1401',
    corrected(
      'A row cannot be read.',
      'Correct it: valid JSON, one whole object a line; for CSV, the columns and quotes of the row.',
    ),
  ],
  [
    'INGEST-1554',
    corrected('Rows do not fit the schema.', `The message says where. ${VALIDATION}`),
  ],
  [
    'INGEST-1555',
    corrected(
      'A required field is missing or null.',
      'Add a value, or make the field optional in the schema.',
    ),
  ],
  [
    'ERR-BI-106',
    corrected(
      "The format does not fit the dataset's storage.",
      'Convert the files and pass another --format, or use another dataset.',
    ),
  ],
  [
    'MAPPER-3700',
    corrected(
      'A mapping of data prep failed for a field.',
      'Correct the value or the mapping that the message names.',
    ),
  ],
  [
    'MAPPER-3700-199',
    no(
      'A mapping of data prep could not fill a field; the row was loaded without it.',
      'Check the mapping that the message names.',
    ),
  ],
  [
    'TYPECOMPATIBILITYEXCEPTION',
    corrected(
      "A column cannot be converted to the schema's type, which fails the whole batch.",
      'Write the column in the type of the schema.',
    ),
  ],
  [
    'CONNECTOR-2001',
    perhaps(
      'The platform could not read, check or transform what was uploaded.',
      `The other errors of the batch may say why. ${SUPPORT}`,
    ),
  ],
  ['DCVS-1101', corrected('A field is null (as users report).', VALIDATION)],
  ['DCVS-1104', corrected('A value has the wrong type (as users report).', VALIDATION)],
  [
    'DCVS-1105',
    corrected('A value has the wrong format, such as a timestamp (as users report).', VALIDATION),
  ],
  [
    'DCVS-1106',
    corrected(
      'A required field is missing, or a value is not among those allowed (users report both).',
      VALIDATION,
    ),
  ],
  ['DCVS-1111', corrected('A required field is missing (as users report).', VALIDATION)],
]);

/** A failed job of the platform, whatever failed it: other codes and the text say more. */
const FAILED_JOB = perhaps(
  'A job of the platform failed; the description says where.',
  `Where it names a file, check its format. ${SUPPORT}`,
);

/** Codes that are not in the table are known by how they begin. */
const FAMILIES: ReadonlyMap<string, CodeInfo> = new Map([
  [
    'INGEST',
    corrected(
      'The platform could not ingest rows or a file.',
      `The message says why. ${VALIDATION}`,
    ),
  ],
  [
    'MAPPER',
    corrected('Data prep could not map rows.', 'Correct the value or the mapping that it names.'),
  ],
  [
    'DPMAP',
    corrected('Data prep could not map rows.', 'Correct the value or the mapping that it names.'),
  ],
  ['DCVS', corrected('Rows do not fit the schema.', `The message says where. ${VALIDATION}`)],
  ['CONNECTOR', perhaps('The platform could not take over the data of a source.', SUPPORT)],
]);

const INTERNAL = perhaps('The platform failed, not the data.', SUPPORT);

/** A code somewhere in a text. */
const IN_TEXT =
  /\b(?:(?:INGEST|MAPPER|DPMAP|DCVS|CONNECTOR)-\d+(?:-\d{3})?|ERR-BI-\d+|TypeCompatibilityException)\b/i;

/** All known codes, for the documentation. */
export const listCodes = (): readonly (readonly [code: string, info: CodeInfo])[] => [...CODES];

/**
 * What is known about a code of a batch or of a rejected row, in each of its forms: `INGEST-1401-400`, `1401`.
 * @param text the description or message that came with it: it may hold a code that says more.
 * @returns `undefined` for a code that is not known. Always show the code as well: the platform may give it
 * another meaning.
 */
export function explainCode(code: string, text = ''): CodeInfo | undefined {
  const known = findCode(code);
  if (known !== undefined) return known;
  const inText = IN_TEXT.exec(text)?.[0];
  const other = inText === undefined ? undefined : (findCode(inText) ?? findFamily(inText));
  return other ?? findFamily(code) ?? (code.trim() === '200' ? FAILED_JOB : undefined);
}

/** The same code in other forms: with other dashes, within the name of a Java class. */
const normalize = (code: string): string =>
  (code.trim().split('.').at(-1) ?? '').toUpperCase().replace(/[\u2010-\u2015]/g, '-');

const withoutStatus = (code: string): string => code.replace(/^([A-Z]+-\d+)-\d{3}$/, '$1');

function findCode(given: string): CodeInfo | undefined {
  const exact = CODES.get(given);
  if (exact !== undefined) return exact;
  const code = normalize(given);
  return (
    CODES.get(code) ?? CODES.get(withoutStatus(code)) ?? CODES.get(`INGEST-${code}`) // the short form
  );
}

function findFamily(given: string): CodeInfo | undefined {
  const [, family = '', status = ''] = /^([A-Z]+)-\d+(?:-(\d{3}))?$/.exec(normalize(given)) ?? [];
  const info = FAMILIES.get(family);
  return info !== undefined && status.startsWith('5') ? INTERNAL : info;
}

/** How often a code occurs among the errors of a batch. */
export interface CodeCount {
  /** The code, such as `1211`; empty for errors without one. */
  code: string;
  /** How many errors have it. */
  count: number;
  /** How many rows they are about, if the platform says so. */
  recordCount?: number;
}

/** The codes of a batch's errors with their counts, in the order in which they first occur. */
export function countCodes(
  errors: readonly { code: string; recordCount?: number }[] = [],
): CodeCount[] {
  const counts = new Map<string, CodeCount>();
  for (const { code, recordCount } of errors) {
    const sum = counts.get(code) ?? { code, count: 0 };
    counts.set(code, sum);
    sum.count++;
    if (recordCount !== undefined) sum.recordCount = (sum.recordCount ?? 0) + recordCount;
  }
  return [...counts.values()];
}
