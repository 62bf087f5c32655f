/** Converts the rows that preflight reads, one by one. */

import type { FileFindings, Location } from '../../preflight/findings.js';
import type { FileRowChecker, RowChecker } from '../../preflight/row-check.js';
import { toStep } from '../../shared/json-pointer.js';
import { addProblem } from '../batch-check.js';
import { isIntegerText, parseCell } from '../cells.js';
import { isObject } from '../field.js';
import { type Problem, RowProblems } from '../problems.js';
import type { RowSchema } from '../row-schema.js';
import { type ConvertValue, createConversion } from './convert-value.js';
import { type Column, findColumns } from './csv-header.js';
import { findInexact, isExact } from './digits.js';
import { lostDigits, noHeader, parquetInput } from './issues.js';

/** Gets a converted row, and about how many bytes it had. */
export type WriteRow = (row: Readonly<Record<string, unknown>>, sizeBytes: number) => void;

/** What a check only warns of, and a conversion loses: digits, fractions and unknown fields. */
const LOSSES: ReadonlySet<string> = new Set(['type', 'range', 'unknown-field']);

/** Pass it to the check of a file. Rows with an error are not written; the others are, in their order. */
export class Converter implements RowChecker {
  readonly hasNestedColumns = true;
  readonly schema: RowSchema;
  readonly convert: ConvertValue;
  readonly encode: ConvertValue | undefined;
  readonly write: WriteRow;
  /** Whether a row was not written, so that the others are of no use. */
  hasFailed = false;

  /** @param encode makes what is written of a row that the schema takes. */
  constructor(schema: RowSchema, write: WriteRow, encode?: ConvertValue) {
    this.schema = schema;
    this.convert = createConversion(schema.root);
    this.encode = encode;
    this.write = write;
  }

  openFile(findings: FileFindings): FileRowChecker {
    return new FileConverter(this, findings);
  }
}

class FileConverter implements FileRowChecker {
  readonly checksDigits = true;
  readonly #converter: Converter;
  readonly #findings: FileFindings;
  readonly #row = new RowProblems();

  constructor(converter: Converter, findings: FileFindings) {
    this.#converter = converter;
    this.#findings = findings;
  }

  checkRow(row: object, sizeBytes: number, location: Location, text: string): void {
    this.#row.list.length = 0;
    const inexact = findInexact(text);
    if (inexact !== undefined) {
      const steps = findSteps(row, Number(inexact)) ?? [];
      const path = steps.map((step) => `/${typeof step === 'number' ? '*' : toStep(step)}`);
      this.#row.add(lostDigits(path.join('')), inexact, ...[...steps].reverse());
    }
    this.#convertRow(row, sizeBytes, location);
  }

  checkHeader(
    names: readonly string[] | undefined,
  ): ((cells: readonly string[], location: Location) => void) | undefined {
    const problems: Problem[] = [];
    const columns = findColumns(this.#converter.schema, names ?? [], problems);
    if (names === undefined) problems.push({ issue: noHeader(), value: undefined, steps: [] });
    if (problems.length > 0) this.#converter.hasFailed = true;
    for (const problem of problems) addProblem(this.#findings, problem, { line: 1 });
    if (names === undefined) return undefined;
    const lost = columns.map((column) => column && lostDigits(column.field.path));
    return (cells, location) => {
      if (cells.length !== names.length) return; // an error of its own
      this.#row.list.length = 0;
      const row: Record<string, unknown> = {};
      let sizeBytes = 0;
      for (let at = 0; at < cells.length; at++) {
        const [column, cell = ''] = [columns[at], cells[at]];
        if (column === undefined || cell === '') continue;
        const value = parseCell(column.field, cell);
        const isNumber = typeof value === 'number' || isIntegerText(column.field, cell);
        if (isNumber && !isExact(cell)) {
          this.#row.add(lost[at], cell, ...[...column.steps].reverse());
        }
        put(row, column, value);
        sizeBytes += cell.length;
      }
      this.#convertRow(row, sizeBytes, location);
    };
  }

  checkColumns(): void {
    this.#converter.hasFailed = true;
    const problem = { issue: parquetInput(), value: undefined, steps: [] };
    addProblem(this.#findings, problem, undefined);
  }

  checkRecord(): void {
    // The columns are an error already.
  }

  #convertRow(row: object, sizeBytes: number, location: Location): void {
    const { schema, convert, encode, write } = this.#converter;
    const problems = this.#row;
    const known = new Set(problems.list.map(toKey));
    for (const problem of schema.inspect(row)) {
      // Values that lost digits are out of range as well.
      if (!known.has(toKey(problem))) problems.list.push(promote(problem));
    }
    const converted = this.#isSound() ? convert(row, problems) : undefined;
    const encoded = this.#isSound() ? (encode?.(converted, problems) ?? converted) : undefined;
    for (const problem of problems.list) {
      if (problem.issue.level !== 'note') addProblem(this.#findings, problem, location);
    }
    if (!this.#isSound()) this.#converter.hasFailed = true;
    else if (!this.#converter.hasFailed && isObject(encoded)) write(encoded, sizeBytes);
  }

  #isSound(): boolean {
    return !this.#row.list.some(({ issue }) => issue.level === 'error');
  }
}

const toKey = ({ issue, steps }: Problem): string => JSON.stringify([issue.rule, steps]);

/** A problem that a conversion must not pass over. */
function promote(problem: Problem): Problem {
  const { issue } = problem;
  if (issue.level !== 'warning' || !LOSSES.has(issue.rule)) return problem;
  const { effect: _, ...rest } = issue;
  return { ...problem, issue: { ...rest, effect: undefined, level: 'error' } };
}

/** Sets a value at the end of its steps. */
function put(row: Record<string, unknown>, { steps }: Column, value: unknown): void {
  let parent = row;
  for (const step of steps.slice(0, -1)) {
    const inner = Object.hasOwn(parent, step) ? parent[step] : undefined;
    const next = isObject(inner) ? (inner as Record<string, unknown>) : {};
    if (next !== inner) define(parent, step, next);
    parent = next;
  }
  define(parent, steps.at(-1) ?? '', value);
}

/** An assignment to `__proto__` would be none. */
const define = (object: Record<string, unknown>, name: string, value: unknown): void => {
  if (name !== '__proto__') object[name] = value;
  else
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
};

/** Deeper values are not looked at. */
const MAX_DEPTH = 256;

/** Where in a row a number is. */
function findSteps(value: unknown, wanted: number, depth = 0): (string | number)[] | undefined {
  if (Object.is(value, wanted)) return [];
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = findSteps(inner, wanted, depth + 1);
    if (found !== undefined) return [Array.isArray(value) ? Number(key) : key, ...found];
  }
  return undefined;
}
