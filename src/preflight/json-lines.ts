/** The rules of JSON Lines: one object per line. */
import type { ByteSource } from '../http/body.js';
import { formatCount, formatSize } from '../shared/format.js';
import { describeJsonError } from '../shared/json-error.js';
import { MAX_FIELDS } from '../shared/limits.js';
import { type Line, LineSplitter } from '../shared/lines.js';
import { type FileFindings, type Location, RowSizes } from './findings.js';
import { checkWindowUtf8, createUtf8Check } from './text.js';
import { MAX_ROW_BYTES, readAll, type Window } from './window.js';

const NEWLINE = 0x0a;
/** The shortest field with its value: `"":1,`. */
const MIN_FIELD_BYTES = 5;
/** The end of the first line of an object that continues in the next one. */
const CONTINUES = /[{[,:]$/;
const UNWRAP = 'Write its elements on separate lines.';

/** Applies the rules line by line. */
export class JsonLineRules {
  /** The number of lines that are not blank. */
  rows = 0;
  /** Whether the rest need not be checked: every line would have the same error. */
  isDone = false;
  readonly #findings: FileFindings;
  readonly #sizes = new RowSizes();
  readonly #lines = new LineSplitter(MAX_ROW_BYTES);

  constructor(findings: FileFindings) {
    this.#findings = findings;
  }

  /** Checks the lines that end in a chunk, and holds the rest. */
  push(chunk: Uint8Array): void {
    if (this.isDone) return;
    for (const line of this.#lines.push(chunk)) this.#check(line);
  }

  /** Checks the last line, which needs no line feed. */
  end(): void {
    for (const line of this.#lines.end()) this.#check(line);
    this.#sizes.report(this.#findings);
  }

  #check({ bytes, number }: Line): void {
    if (bytes !== undefined) this.checkLine(bytes, { line: number });
    else this.#skipLine({ line: number });
  }

  /** Checks one line, which may be blank. */
  checkLine(bytes: Buffer, location: Location): void {
    if (this.isDone) return;
    const line = bytes.toString('utf8');
    const text = line.trim();
    if (text === '') return;
    this.rows++;
    this.#sizes.observe(bytes.length, location);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#addSyntaxError(line, text, location);
      return;
    }
    const problem = findRowProblem(value, bytes.length, 'one JSON object per line');
    if (problem === undefined) return;
    this.#findings.addRejectedRow(`${problem}. ${suggestFix(value)}`, location);
  }

  /** Counts a line that is too long to be parsed. */
  #skipLine(location: Location): void {
    this.rows++;
    const size = formatSize(MAX_ROW_BYTES);
    this.#findings.addWarning(`the row is longer than ${size} and was not checked.`, location);
  }

  #addSyntaxError(line: string, text: string, location: Location): void {
    const isFirst = this.rows === 1 && 'line' in location;
    if (isFirst && text.startsWith('[')) {
      this.isDone = true;
      const problem = 'an array continues on the next line: expected one JSON object per line';
      this.#findings.addError(`${problem}. ${UNWRAP}`, location);
    } else if (isFirst && text.startsWith('{') && CONTINUES.test(text)) {
      this.isDone = true;
      const problem = 'an object continues on the next line: expected one JSON object per line';
      const fix = 'Write each object on one line, or all of them in one array ([…]) per file.';
      this.#findings.addError(`${problem}. ${fix}`, location);
    } else {
      const isLast = 'fromEnd' in location && location.fromEnd === 1;
      const question = isLast ? ' Was the file cut off?' : '';
      const problem = `not valid JSON: ${describeJsonError(line.trimEnd())}`;
      this.#findings.addRejectedRow(`${problem}. Fix or remove the line.${question}`, location);
    }
  }
}

function suggestFix(value: unknown): string {
  if (Array.isArray(value)) return UNWRAP;
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? 'Split the dataset.' : 'Write each row as {"name": value, …}.';
}

/**
 * What is wrong with a row, without a full stop; `undefined` if nothing is.
 * @param expected what a row has to be, in the words of the message.
 */
export function findRowProblem(
  value: unknown,
  bytes: number,
  expected: string,
): string | undefined {
  if (value === null) return `expected ${expected}, received null`;
  if (Array.isArray(value)) return `expected ${expected}, received an array`;
  if (typeof value !== 'object') return `expected ${expected}, received a ${typeof value}`;
  if (bytes < MAX_FIELDS * MIN_FIELD_BYTES) return undefined; // too short to have too many
  const fields = Object.keys(value).length;
  if (fields <= MAX_FIELDS) return undefined;
  return `the row has ${formatCount(fields)} fields; the maximum is ${formatCount(MAX_FIELDS)}`;
}

/** Checks the complete lines at both ends. @returns the number of rows, if all were read. */
export function sampleJsonLines(findings: FileFindings, window: Window): number | undefined {
  checkWindowUtf8(findings, window);
  const rules = new JsonLineRules(findings);
  const { head, tail, isWhole } = window;
  if (isWhole) {
    rules.push(head);
  } else {
    const headEnd = head.lastIndexOf(NEWLINE) + 1;
    rules.push(head.subarray(0, headEnd));
    if (headEnd === 0) warnAboutLongLine(findings, head.length);
    const last = splitTail(tail);
    for (const [at, line] of last.entries()) rules.checkLine(line, { fromEnd: last.length - at });
  }
  return finish(rules, findings, isWhole);
}

function warnAboutLongLine(findings: FileFindings, bytes: number): void {
  const problem = `the line is longer than ${formatSize(bytes)} and only a deep check reads it`;
  findings.addWarning(`${problem}. Does each line hold one JSON object?`, { line: 1 });
}

/** Checks every line of a file. @returns the number of rows. */
export async function readJsonLinesFile(
  findings: FileFindings,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = createUtf8Check(findings);
  const rules = new JsonLineRules(findings);
  await readAll(
    source,
    (chunk) => {
      utf8.push(chunk);
      rules.push(chunk);
      return !rules.isDone;
    },
    signal,
  );
  utf8.end();
  return finish(rules, findings, !rules.isDone);
}

/** The lines at the end of a file, without the first, which may be incomplete. */
function splitTail(tail: Buffer): Buffer[] {
  const splitter = new LineSplitter(tail.length);
  const [, ...lines] = [...splitter.push(tail), ...splitter.end()];
  return lines.flatMap(({ bytes }) => bytes ?? []);
}

function finish(
  rules: JsonLineRules,
  findings: FileFindings,
  isComplete: boolean,
): number | undefined {
  rules.end();
  if (!isComplete || rules.isDone) return undefined;
  if (rules.rows === 0) {
    findings.addError('there are no rows, only whitespace. Leave the file out.');
  }
  return rules.rows;
}
