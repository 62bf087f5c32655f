import type { ByteSource } from '../http/body.js';
import type { FileFindings, Place } from './findings.js';
import { countText, MAX_FIELDS, MAX_ROW_BYTES, sizeText } from './limits.js';
import type { Window } from './read.js';
import { readAll } from './read.js';
import { RowSizes } from './sizes.js';
import { checkWindowUtf8, LineSplitter, tailLines, utf8Check } from './text.js';

const NEWLINE = 0x0a;
/** A field and its value take at least this much: `"":1,`. */
const MIN_FIELD_BYTES = 5;
/** What the first line of an object ends with when the object goes on in the next. */
const GOES_ON = /[{[,:]$/;

/** The rules of JSON Lines, one line after the other. */
export class JsonLineRules {
  /** How many lines hold something. */
  rows = 0;
  /** Whether the rest need not be looked at: every line would be at fault for the same reason. */
  done = false;
  readonly #findings: FileFindings;
  readonly #sizes = new RowSizes();

  constructor(findings: FileFindings) {
    this.#findings = findings;
  }

  line(bytes: Buffer, place: Place): void {
    if (this.done) return;
    const text = bytes.toString('utf8').trim();
    if (text === '') return;
    this.rows++;
    this.#sizes.see(bytes.length, place);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#noJson(text, place);
      return;
    }
    const problem = rowProblem(value, bytes.length);
    if (problem === undefined) return;
    const toDo = Array.isArray(value) ? ` ${UNWRAP}` : ' Write each row as {"name": value, …}.';
    this.#findings.badRow(`${problem}: a line is to be one JSON object.${toDo}`, place);
  }

  /** A line that is not held, and so not parsed. */
  tooLong(place: Place): void {
    this.rows++;
    this.#findings.warn(`is over ${sizeText(MAX_ROW_BYTES)} long and was not checked.`, place);
  }

  end(): void {
    this.#sizes.report(this.#findings);
  }

  #noJson(text: string, place: Place): void {
    if (this.rows === 1 && 'line' in place && text.startsWith('[')) {
      this.done = true;
      this.#findings.error(`begins an array over several lines. ${UNWRAP}`, place);
    } else if (this.rows === 1 && 'line' in place && text.startsWith('{') && GOES_ON.test(text)) {
      this.done = true;
      const toDo = 'Write each object on one line, or all of them in one array ([…]) a file.';
      this.#findings.error(`begins an object that goes on in the next line. ${toDo}`, place);
    } else {
      const cut = 'fromEnd' in place && place.fromEnd === 1 ? ' Was the file cut off?' : '';
      this.#findings.badRow(`is no JSON. Mend or remove the line.${cut}`, place);
    }
  }
}

const UNWRAP = 'Write its elements on lines of their own.';

/** What is wrong with a row, as the end of a sentence; `undefined` when nothing is. */
export function rowProblem(value: unknown, bytes: number): string | undefined {
  if (value === null) return 'is null';
  if (Array.isArray(value)) return 'is an array';
  if (typeof value !== 'object') return `is a ${typeof value}`;
  if (bytes < MAX_FIELDS * MIN_FIELD_BYTES) return undefined; // too short to have too many
  const fields = Object.keys(value).length;
  if (fields <= MAX_FIELDS) return undefined;
  return `has ${countText(fields)} fields, and ${countText(MAX_FIELDS)} is the most`;
}

/** The complete lines at both ends. @returns how many rows there are, if all were seen. */
export function sampleJsonLines(findings: FileFindings, window: Window): number | undefined {
  checkWindowUtf8(findings, window);
  const rules = new JsonLineRules(findings);
  const { head, tail, whole } = window;
  const lines = splitterFor(rules);
  const headEnd = whole ? head.length : head.lastIndexOf(NEWLINE) + 1;
  lines.push(head.subarray(0, headEnd));
  if (whole) lines.end();
  else if (headEnd === 0) warnLong(findings, head.length, { line: 1 });
  if (!whole) {
    const last = tailLines(tail);
    last.forEach((line, at) => {
      rules.line(line, { fromEnd: last.length - at });
    });
  }
  return finish(rules, findings, whole);
}

function warnLong(findings: FileFindings, bytes: number, place: Place): void {
  const toDo = 'Only a deep check reads it. Is there one JSON object a line?';
  findings.warn(`is over ${sizeText(bytes)} long. ${toDo}`, place);
}

/** Every line of a file. @returns how many rows there are. */
export async function readJsonLineFile(
  findings: FileFindings,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = utf8Check(findings);
  const rules = new JsonLineRules(findings);
  const lines = splitterFor(rules);
  await readAll(
    source,
    (chunk) => {
      utf8.push(chunk);
      lines.push(chunk);
      return !rules.done;
    },
    signal,
  );
  utf8.end();
  lines.end();
  return finish(rules, findings, !rules.done);
}

export const splitterFor = (rules: JsonLineRules): LineSplitter =>
  new LineSplitter(
    (bytes, line) => rules.line(bytes, { line }),
    (line) => rules.tooLong({ line }),
  );

function finish(rules: JsonLineRules, findings: FileFindings, all: boolean): number | undefined {
  rules.end();
  if (!all || rules.done) return undefined;
  if (rules.rows === 0) findings.error('holds no rows, only white space. Leave it out.');
  return rules.rows;
}
