/** Checks the header and the rows of CSV by a flat schema. */
import { toStep } from '../shared/json-pointer.js';
import { parseCell, toFlatField } from './cells.js';
import { checkField } from './check-field.js';
import type { Check } from './check-value.js';
import type { Field } from './field.js';
import { createIssue, otherCase, schemaName, unknownField } from './issues.js';
import { isSchemaName, NameGuesses, toRowSteps } from './names.js';
import type { Problem, RowProblems } from './problems.js';
import type { RowSchema } from './row-schema.js';

const NOT_FLAT = createIssue(
  { level: 'error', effect: 'batch-fails', rule: 'file-format' },
  '',
  () => ({
    problem: 'CSV has only columns, and the schema has objects, arrays or maps',
    fix: 'Write the rows as Parquet or JSON (`aep-batch convert --to parquet` reads headers with dots), or name a mapping with the label aep_sip_mapper.',
  }),
);

const blankInName = (path: string) =>
  createIssue({ level: 'error', effect: 'batch-fails', rule: 'header' }, path, () => ({
    problem: 'the name of the column contains a blank',
    fix: 'Rename it.',
  }));

/** The columns of a file: which field each of them is. */
export interface CsvColumns {
  /** What is wrong with the header. */
  readonly problems: readonly Problem[];
  /** Checks the values of a row; missing if the schema is not flat. */
  readonly check?: (cells: readonly string[], row: RowProblems) => void;
}

/** The columns that a schema has; made once for a batch. */
export class CsvSchema {
  readonly #schema: RowSchema;
  readonly #flat: Field | undefined;
  readonly #check: Check | undefined;
  readonly #guesses: NameGuesses;
  readonly #byLowerCase: ReadonlyMap<string, string>;

  constructor(schema: RowSchema) {
    this.#schema = schema;
    this.#flat = toFlatField(schema);
    // An empty cell is a missing value.
    const rules = { ...schema.rules, empty: 'ignore' as const };
    const context = { rules, emptyTexts: new Map(), texts: new Map() };
    this.#check = this.#flat && checkField(this.#flat, context);
    const names = [...(this.#flat?.properties.keys() ?? [])];
    this.#guesses = new NameGuesses(names);
    this.#byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  }

  /** @param names the header, if there is one. */
  openFile(names: readonly string[] | undefined): CsvColumns {
    const [flat, check] = [this.#flat, this.#check];
    if (flat === undefined || check === undefined) {
      return { problems: [{ issue: NOT_FLAT, value: undefined, steps: [] }] };
    }
    if (names === undefined) return { problems: [] };
    const problems: Problem[] = [];
    const columns = names.map((raw) => this.#findColumn(raw.trim(), flat, problems));
    const checkCells = (cells: readonly string[], row: RowProblems): void => {
      if (cells.length !== names.length) return; // an error of its own
      const values: Record<string, unknown> = {};
      for (let at = 0; at < cells.length; at++) {
        const [column, cell = ''] = [columns[at], cells[at]];
        if (column !== undefined && cell !== '')
          values[column.name] = parseCell(column.field, cell);
      }
      check(values, row);
    };
    return { problems, check: checkCells };
  }

  #findColumn(name: string, flat: Field, problems: Problem[]) {
    const path = `/${toStep(name)}`;
    const add = (issue: Problem['issue'] | undefined) => {
      if (issue !== undefined) problems.push({ issue, value: name, steps: [name] });
    };
    const known = flat.properties.has(name) ? name : this.#byLowerCase.get(name.toLowerCase());
    const field = known === undefined ? undefined : flat.properties.get(known);
    if (known !== undefined && field !== undefined) {
      if (known !== name) add(otherCase(path, known));
      return { name: known, field };
    }
    if (/\s/.test(name)) add(blankInName(path));
    else if (isSchemaName(name)) add(schemaName(path, toRowSteps(name).join('.')));
    else if (name !== '') add(unknownField(path, this.#guesses, name, this.#schema.rules));
    return undefined;
  }
}
