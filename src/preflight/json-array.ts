/** The rules of a JSON file that is one array of objects. */
import type { ByteSource } from '../http/body.js';
import { formatCount, formatSize } from '../shared/format.js';
import { describeUnexpected } from '../shared/json-error.js';
import { countLineEnds } from '../shared/lines.js';
import { type ArrayEvent, ArrayScanner } from './array-scanner.js';
import type { FileFindings, FindingDetails } from './findings.js';
import { findJsonProblem } from './json-advice.js';
import { findRowProblem, type RowAdvice } from './json-rows.js';
import { RowSizes } from './row-sizes.js';
import { checkWindowUtf8, createUtf8Check } from './text.js';
import { MAX_ROW_BYTES, readAll, type Window } from './window.js';

const CUT_OFF = 'Was the file cut off?';
const NOT_CHECKED = 'Nothing after this was checked.';
const CLOSING_SPACE = /[ \t\r\n]+$/;

/** Checks the elements at the beginning, and how the array ends. @returns the number of rows, if all were read. */
export function sampleJsonArray(
  findings: FileFindings,
  window: Window,
  advice: RowAdvice,
): number | undefined {
  const isUtf8 = checkWindowUtf8(findings, window);
  const rules = new ArrayRules(findings, advice);
  rules.push(window.head);
  if (window.isWhole) {
    const rows = rules.end();
    return isUtf8 ? rows : undefined;
  }
  rules.report();
  if (window.tail.length === 0) return undefined;
  const end = window.tail.toString('latin1').replace(CLOSING_SPACE, '');
  if (!end.endsWith(']')) {
    const problem = 'the array is not closed: expected ] at the end';
    findings.addError(`${problem}. ${CUT_OFF}`, undefined, { rule: 'syntax', kind: 'not closed' });
  } else if (!end.slice(0, -1).replace(CLOSING_SPACE, '').endsWith('}')) {
    findings.addRejectedRow('the last element of the array is not an object.', undefined, {
      rule: 'type',
    });
  }
  return undefined;
}

/** Checks every element. @returns the number of rows. */
export async function readJsonArrayFile(
  findings: FileFindings,
  source: ByteSource,
  advice: RowAdvice,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = createUtf8Check(findings);
  const rules = new ArrayRules(findings, advice);
  await readAll(
    source,
    (chunk) => {
      utf8.push(chunk);
      rules.push(chunk);
      return !rules.hasFailed;
    },
    signal,
  );
  utf8.end();
  const rows = rules.end();
  return utf8.hasFailed ? undefined : rows;
}

/** Applies the rules chunk by chunk, and holds no more than an element. */
class ArrayRules {
  hasFailed = false;
  #rows = 0;
  #line = 1;
  /** How many characters of the line came before. */
  #column = 0;
  readonly #scanner = new ArrayScanner(MAX_ROW_BYTES, (event) => this.#observe(event));
  readonly #findings: FileFindings;
  readonly #advice: RowAdvice;
  readonly #sizes = new RowSizes();

  constructor(findings: FileFindings, advice: RowAdvice) {
    this.#findings = findings;
    this.#advice = advice;
  }

  push(chunk: Buffer): void {
    if (!this.hasFailed) this.#scanner.push(chunk);
  }

  /** Adds what only all rows show. */
  report(): void {
    this.#sizes.report(this.#findings);
    this.#advice.report(this.#findings);
  }

  /** Ends the file. */
  end(): number | undefined {
    this.#scanner.end();
    this.report();
    if (this.hasFailed) return undefined;
    if (!this.#scanner.isEnded) {
      this.hasFailed = true;
      const problem = `the array is not closed after ${this.#countElements()}: expected ] at the end`;
      this.#addError(`${problem}. ${CUT_OFF}`, { kind: 'not closed' });
      return undefined;
    }
    if (this.#rows === 0) {
      const message = 'the array has no elements. Leave the file out.';
      this.#findings.addError(message, undefined, { rule: 'empty', code: '106' });
    }
    return this.#rows;
  }

  #observe(event: ArrayEvent): boolean {
    if (event.type === 'between') this.#moveBy(event.text);
    else if (event.type === 'element') this.#checkElement(event.bytes);
    else if (event.type === 'unexpected') this.#addUnexpected(event);
    else {
      this.hasFailed = true;
      const problem = `the element is longer than ${formatSize(MAX_ROW_BYTES)}`;
      const message = `${problem}; nothing from here on was checked.`;
      const details = { rule: 'size', effect: 'not-checked' } as const;
      this.#findings.addWarning(message, { line: this.#line }, details);
    }
    return !this.hasFailed;
  }

  #checkElement(bytes: Buffer): void {
    const text = bytes.toString('utf8');
    const location = { line: this.#line };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#addSyntaxError(text);
      return;
    }
    this.#moveBy(text);
    this.#rows++;
    if (!this.#advice.hasSchema) this.#sizes.observe(bytes.length, location);
    const problem = findRowProblem(value, bytes.length, 'a JSON object');
    if (problem === undefined) {
      this.#advice.check(value, text, bytes.length, location);
      return;
    }
    const { rule, kind } = problem;
    const message = () => `element ${formatCount(this.#rows)} of the array: ${problem.text}.`;
    this.#findings.addRejectedRow(message, location, { rule, kind });
  }

  #addSyntaxError(text: string): void {
    const found = findJsonProblem(text);
    this.#moveBy(text.slice(0, found?.at ?? 0));
    this.#addInvalid(found?.problem ?? 'it cannot be parsed', found?.fix);
  }

  /** Adds what stands between two elements, or before or after all of them. */
  #addUnexpected({ text, expected }: ArrayEvent & { type: 'unexpected' }): void {
    const isComma = expected === 'element' && (text.startsWith(']') || text.startsWith(','));
    const fix = isComma
      ? 'Remove the comma before it.'
      : expected === 'comma' && text.startsWith('{')
        ? 'Put a comma between two elements.'
        : undefined;
    this.#addInvalid(describeUnexpected(text, 0), fix);
  }

  #addInvalid(problem: string, fix: string | undefined): void {
    this.hasFailed = true;
    const where = `${problem} at column ${this.#column + 1}, after ${this.#countElements()}`;
    const advice = fix === undefined ? '' : ` ${fix}`;
    const message = `not valid JSON: ${where}.${advice} ${NOT_CHECKED}`;
    this.#addError(message, { kind: `JSON ${problem.replace(/`.*`/, '')}`, ...(fix && { fix }) });
  }

  #addError(message: string, details: FindingDetails): void {
    this.#findings.addError(message, { line: this.#line }, { rule: 'syntax', ...details });
  }

  #countElements(): string {
    return `${formatCount(this.#rows)} ${this.#rows === 1 ? 'element' : 'elements'}`;
  }

  /** Moves past a text. */
  #moveBy(text: string): void {
    const ends = countLineEnds(text);
    this.#line += ends;
    const lineStart = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    this.#column = ends === 0 ? this.#column + text.length : text.length - lineStart;
  }
}
