/** The rules of JSON Lines: one object per line. */
import { isUtf8 } from 'node:buffer';
import type { ByteSource } from '../http/body.js';
import { formatSize } from '../shared/format.js';
import { findJsonError } from '../shared/json-error.js';
import { type Line, LineSplitter } from '../shared/lines.js';
import { type FileFindings, type Location, MAX_PLACES } from './findings.js';
import { findJsonProblem, type JsonProblem } from './json-advice.js';
import { findRowProblem, type RowAdvice } from './json-rows.js';
import { RowSizes } from './row-sizes.js';
import { findInvalidByte } from './text.js';
import { MAX_ROW_BYTES, readAll, type Window } from './window.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** The end of the first line of an object that continues in the next one. */
const CONTINUES = /[{[,:]$/;
const UNWRAP = 'Write its elements on separate lines.';
/** JSON has four white space characters; JavaScript trims more. */
const BLANK = /^[ \t\r\n]*$/;
const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;
/** A line may end with a carriage return alone, as in the platform's reader. */
const LINE_ENDS = { splitsAtReturns: true };
/** How much of the message of JSON.parse() shows what kind of error it is. */
const PARSE_KIND_LENGTH = 'SyntaxError: '.length + "Unexpected token ','".length;

const MIN_SYNTAX_ERRORS = 100;

/** Applies the rules line by line. */
export class JsonLineRules {
  /** The number of lines that are not blank. */
  rows = 0;
  /** Whether the rest need not be checked: every line would have the same error. */
  isDone = false;
  readonly #findings: FileFindings;
  readonly #advice: RowAdvice;
  readonly #sizes = new RowSizes();
  readonly #lines = new LineSplitter(MAX_ROW_BYTES, LINE_ENDS);
  /** By the beginning of JSON.parse()'s message: the kind of problem, and how often it was found. */
  #syntaxErrors = 0;
  readonly #parseKinds = new Map<string, { kind: string; count: number }>();

  constructor(findings: FileFindings, advice: RowAdvice) {
    this.#findings = findings;
    this.#advice = advice;
  }

  /** Checks the lines that end in a chunk, and holds the rest. */
  push(chunk: Uint8Array): void {
    if (this.isDone) return;
    for (const line of this.#lines.push(chunk)) this.#check(line);
  }

  /** Checks the last line, which needs no line end. */
  end(): void {
    for (const line of this.#lines.end()) this.#check(line);
    this.#sizes.report(this.#findings);
    this.#advice.report(this.#findings);
  }

  #check({ bytes, number }: Line): void {
    if (bytes !== undefined) this.checkLine(bytes, { line: number });
    else this.#skipLine({ line: number });
  }

  /** Checks one line, which may be blank. */
  checkLine(bytes: Buffer, location: Location): void {
    if (this.isDone || bytes.length === 0) return;
    const line = bytes.toString('utf8');
    let value: unknown;
    try {
      if (this.#isMostlyInvalid()) assertJson(line);
      value = JSON.parse(line);
    } catch (error) {
      if (BLANK.test(line)) return;
      this.#countRow(bytes, location);
      if (isUtf8(bytes)) this.#addSyntaxError(line, String(error), location);
      else this.#addEncodingError(bytes, location);
      return;
    }
    this.#countRow(bytes, location);
    if (!isUtf8(bytes)) {
      this.#addEncodingError(bytes, location);
      return;
    }
    const problem = findRowProblem(value, bytes.length, 'one JSON object per line');
    if (problem === undefined) {
      this.#advice.check(value, line, bytes.length, location);
      return;
    }
    const fix = suggestFix(value);
    const { rule, kind } = problem;
    this.#findings.addRejectedRow(`${problem.text}. ${fix}`, location, { rule, kind, fix });
  }

  /** Whether JSON.parse() fails so often that its exceptions, 10 µs each, would take most of the time. */
  #isMostlyInvalid(): boolean {
    return this.#syntaxErrors > MIN_SYNTAX_ERRORS && this.#syntaxErrors * 2 > this.rows;
  }

  #countRow(bytes: Buffer, location: Location): void {
    this.rows++;
    if (!this.#advice.hasSchema) this.#sizes.observe(bytes.length, location);
  }

  /** Counts a line that is too long: the platform's pages advise at most 100 kB. */
  #skipLine(location: Location): void {
    this.rows++;
    const fix = 'Does each line hold one JSON object?';
    const message = `the row is longer than ${formatSize(MAX_ROW_BYTES)}. ${fix}`;
    const details = { rule: 'size', kind: 'long row', fix } as const;
    this.#findings.addRejectedRow(message, location, details);
  }

  #addEncodingError(bytes: Buffer, location: Location): void {
    const fix = 'Save the file as UTF-8.';
    const details = { rule: 'encoding', kind: 'not UTF-8', fix } as const;
    const message = () =>
      `not valid UTF-8: invalid byte ${findInvalidByte(bytes) + 1} of the line. ${fix}`;
    this.#findings.addRejectedRow(message, location, details);
  }

  #addSyntaxError(line: string, parseError: string, location: Location): void {
    this.#syntaxErrors++;
    const parseKind = parseError.slice(0, PARSE_KIND_LENGTH);
    const known = this.#parseKinds.get(parseKind);
    if (known !== undefined && known.count++ > MAX_PLACES) {
      this.#findings.addRejectedRow(parseError, location, { kind: known.kind });
      return;
    }
    const text = line.replace(OUTER_SPACE, '');
    const isFirst = this.rows === 1 && 'line' in location;
    const hasComma = text.endsWith(',') && findJsonProblem(text.slice(0, -1)) === undefined;
    if (isFirst && !hasComma && this.#isContinued(text, location)) return;
    const isLast = 'fromEnd' in location && location.fromEnd === 1;
    const { kind, message, fix } = hasComma
      ? describeFinalComma()
      : describeSyntaxError(line, findJsonProblem(line));
    this.#parseKinds.set(parseKind, { kind, count: known?.count ?? 1 });
    const question = isLast ? ' Was the file cut off?' : '';
    this.#findings.addRejectedRow(`${message}. ${fix}${question}`, location, { kind, fix });
  }

  /** Whether the first line is the beginning of a longer text, which is an error about all lines. */
  #isContinued(text: string, location: Location): boolean {
    const isArray = text.startsWith('[');
    if (!isArray && !(text.startsWith('{') && CONTINUES.test(text))) return false;
    this.isDone = true;
    const problem = `an ${isArray ? 'array' : 'object'} continues on the next line: expected one JSON object per line`;
    const fix = isArray
      ? UNWRAP
      : 'Write each object on one line, or all of them in one array ([…]) per file.';
    this.#findings.addError(`${problem}. ${fix}`, location, { rule: 'syntax', fix });
    return true;
  }
}

/** @throws what is wrong, without the cost of an Error. */
function assertJson(line: string): void {
  const problem = findJsonError(line);
  if (problem !== undefined) throw problem.problem.replace(/`.*/, '');
}

function describeFinalComma() {
  const fix =
    'Remove the comma at the end of each line, or write the rows as one array: [{…}, {…}].';
  const message = 'not valid JSON: a comma after the object';
  return { kind: 'comma after row', message, fix };
}

function describeSyntaxError(line: string, found: JsonProblem | undefined) {
  if (found === undefined) {
    return { kind: 'JSON', message: 'not valid JSON', fix: 'Fix or remove the line.' };
  }
  const { kind, problem, at } = found;
  const isSecond = /^[[{"]/.test(line.slice(at)) && isJson(line.slice(0, at));
  const split = isSecond ? 'Write each object on its own line.' : undefined;
  const fix = found.fix ?? split ?? 'Fix or remove the line.';
  const message = `not valid JSON: ${problem} at column ${at + 1}`;
  return { kind: isSecond ? 'JSON several' : `JSON ${kind}`, message, fix };
}

const isJson = (text: string): boolean => findJsonProblem(text) === undefined;

function suggestFix(value: unknown): string {
  if (Array.isArray(value)) return UNWRAP;
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? 'Split the dataset.' : 'Write each row as {"name": value, …}.';
}

/** Checks the complete lines at both ends. @returns the number of rows, if all were read. */
export function sampleJsonLines(
  findings: FileFindings,
  window: Window,
  advice: RowAdvice,
): number | undefined {
  const rules = new JsonLineRules(findings, advice);
  const { head, tail, isWhole } = window;
  if (isWhole) {
    rules.push(head);
  } else {
    const headEnd = Math.max(head.lastIndexOf(NEWLINE), head.lastIndexOf(RETURN)) + 1;
    rules.push(head.subarray(0, headEnd));
    if (headEnd === 0) warnAboutLongLine(findings, head.length);
    const last = splitTail(tail);
    for (const [at, line] of last.entries()) rules.checkLine(line, { fromEnd: last.length - at });
  }
  return finish(rules, findings, isWhole);
}

function warnAboutLongLine(findings: FileFindings, bytes: number): void {
  const problem = `the line is longer than ${formatSize(bytes)} and only a deep check reads it`;
  const details = { rule: 'size', effect: 'not-checked', kind: 'long line' } as const;
  const message = `${problem}. Does each line hold one JSON object?`;
  findings.addWarning(message, { line: 1 }, details);
}

/** Checks every line of a file. @returns the number of rows. */
export async function readJsonLinesFile(
  findings: FileFindings,
  source: ByteSource,
  advice: RowAdvice,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const rules = new JsonLineRules(findings, advice);
  await readAll(
    source,
    (chunk) => {
      rules.push(chunk);
      return !rules.isDone;
    },
    signal,
  );
  return finish(rules, findings, !rules.isDone);
}

/** The lines at the end of a file, without the first, which may be incomplete. */
function splitTail(tail: Buffer): Buffer[] {
  const splitter = new LineSplitter(tail.length, LINE_ENDS);
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
    const message = 'there are no rows, only whitespace. Leave the file out.';
    findings.addError(message, undefined, { rule: 'empty', code: '106' });
  }
  return rules.rows;
}
