import type { FileFindings } from './findings.js';
import { countText, MAX_FIELDS } from './limits.js';

/** The other delimiters that files come with. */
const COMMON_DELIMITERS = [',', ';', '\t', '|'];
const HEADER = { line: 1 };

/** The rules of the line that names the columns. */
export function checkHeader(findings: FileFindings, names: readonly string[], delimiter: string) {
  checkNames(findings, names);
  if (names.length > MAX_FIELDS) {
    const what = `has ${countText(names.length)} columns, and ${countText(MAX_FIELDS)} is the most. Split the dataset.`;
    findings.error(what, HEADER);
  }
  const other = COMMON_DELIMITERS.find((each) => each !== delimiter && names[0]?.includes(each));
  if (names.length === 1 && other !== undefined) {
    const [used, found] = [JSON.stringify(delimiter), JSON.stringify(other)];
    findings.warn(
      `has one column, as read with the delimiter ${used}. Is the delimiter ${found}?`,
      HEADER,
    );
  }
}

function checkNames(findings: FileFindings, names: readonly string[]): void {
  const seen = new Map<string, number>();
  for (const [at, raw] of names.entries()) {
    const name = raw.trim();
    const column = at + 1;
    if (name === '') {
      findings.error(`has no name for column ${column} (the platform's 118). Name it.`, HEADER);
      continue;
    }
    const first = seen.get(name);
    if (first !== undefined) {
      const what = `names columns ${first} and ${column} alike: ${JSON.stringify(name)}. Rename one.`;
      findings.error(what, HEADER);
    } else seen.set(name, column);
    if (/\s/.test(raw)) {
      const what = `has white space in the column name ${JSON.stringify(raw)}. Use underscores instead.`;
      findings.warn(what, HEADER);
    }
  }
}
