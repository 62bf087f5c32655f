/** Checks the columns of Parquet by a schema: their names and types, and the nulls that the footer counts. */

import type { SchemaElement } from 'hyparquet';
import { isElementGroup } from '../preflight/parquet-nesting.js';
import type { ParquetColumns as ParquetFile } from '../preflight/row-check.js';
import { toStep } from '../shared/json-pointer.js';
import type { Field, FieldType } from './field.js';
import { createIssue, missingField, otherCase, schemaName } from './issues.js';
import { isSchemaName, NameGuesses, toRowSteps } from './names.js';
import type { Rules } from './options.js';
import { describeElement, readAnnotation, toColumnType } from './parquet-types.js';
import type { Issue, Problem } from './problems.js';

const NUMBERS: readonly FieldType[] = ['byte', 'short', 'int', 'long', 'number'];
/** What the platform makes of each type, besides itself. */
const CONVERSIONS: Readonly<Partial<Record<FieldType, readonly FieldType[]>>> = {
  string: [...NUMBERS, 'date', 'date-time'],
  byte: ['string', ...NUMBERS],
  short: ['string', ...NUMBERS],
  int: ['string', ...NUMBERS],
  number: ['string', ...NUMBERS],
  long: ['string', ...NUMBERS, 'date', 'date-time'],
};

const issue = (
  kind: Pick<Issue, 'level' | 'rule'> & Partial<Pick<Issue, 'effect'>>,
  path: string,
  problem: string,
  fix: string,
): Issue => createIssue(kind, path, () => ({ problem, fix }));

/** A column, or a group of columns. */
interface Column {
  readonly element: SchemaElement;
  readonly children: readonly Column[];
}

/** As deep as the fields of schemas; what is below is not checked. */
const MAX_DEPTH = 2 * 256;

/** The tree of columns, which the footer lists depth first. */
function toTree(schema: readonly SchemaElement[]): Column {
  let next = 0;
  const read = (depth: number): Column => {
    const element = schema[next++] ?? { name: '' };
    const children: Column[] = [];
    const count = depth < MAX_DEPTH ? (element.num_children ?? 0) : 0;
    while (children.length < count && next < schema.length) children.push(read(depth + 1));
    return { element, children };
  };
  return read(0);
}

/** Whether a column is a field by its name and its type: most are, and then there is nothing to say. */
function isExactly({ element, children }: Column, { properties }: Field): boolean {
  if (children.length > 0 || element.repetition_type === 'REPEATED') return false;
  const { type, other } = toColumnType(element);
  return other === undefined && type !== undefined && properties.get(element.name)?.type === type;
}

/** Checks the columns of one file. */
export class ParquetColumns {
  readonly problems: Problem[] = [];
  readonly #rules: Rules;
  readonly #nulls: ReadonlyMap<string, number>;
  readonly #root: Column;
  readonly #lowerCase = new Map<Field, ReadonlyMap<string, string>>();
  readonly #guesses = new Map<Field, NameGuesses>();

  constructor(file: ParquetFile, rules: Rules) {
    this.#nulls = countNulls(file);
    this.#root = toTree(file.metadata.schema);
    this.#rules = rules;
  }

  /** Checks names and types against the fields of a row. */
  check(row: Field): void {
    this.#checkFields(this.#root, row, [], true);
  }

  /** The required fields that are null in rows, as far as the footer counts them, with how many. */
  countNulls(row: Field): ReadonlyMap<Problem, number> {
    const counts = new Map<Problem, number>();
    this.#countNulls(this.#root, row, [], counts);
    return counts;
  }

  #add(found: Issue | undefined, steps: readonly string[], value?: unknown): void {
    if (found !== undefined)
      this.problems.push({ issue: found, value, steps: [...steps].reverse() });
  }

  /** @param isRequired whether each row has this group. */
  #checkFields(group: Column, field: Field, steps: readonly string[], isRequired: boolean): void {
    const present = new Set<string>();
    for (const column of group.children) {
      if (isExactly(column, field)) {
        present.add(column.element.name);
        continue;
      }
      const found = this.#findField(column.element.name, field, steps);
      if (found === undefined) continue;
      present.add(found.name);
      const isInEach = isRequired && column.element.repetition_type === 'REQUIRED';
      this.#checkColumn(column, found.field, [...steps, column.element.name], isInEach);
    }
    if (!isRequired) return; // rows without the group need none of its fields
    for (const name of field.required) {
      if (present.has(name)) continue;
      this.#add(missingField(`${field.path}/${toStep(name)}`, field.properties.get(name)), [
        ...steps,
        name,
      ]);
    }
  }

  #findField(
    name: string,
    field: Field,
    steps: readonly string[],
  ): { name: string; field: Field } | undefined {
    const exact = field.properties.get(name);
    if (exact !== undefined) return { name, field: exact };
    const path = `${field.path}/${toStep(name)}`;
    const other = this.#findOtherCase(name, field);
    const inner = other === undefined ? undefined : field.properties.get(other);
    if (other !== undefined && inner !== undefined) {
      this.#add(otherCase(path, other), [...steps, name]);
      return { name: other, field: inner };
    }
    if (isSchemaName(name))
      this.#add(schemaName(path, toRowSteps(name).join('.')), [...steps, name]);
    else this.#add(unknownColumn(path, this.#getGuesses(field), name), [...steps, name]);
    return undefined;
  }

  /** The name of a field that differs only in case. */
  #findOtherCase(name: string, field: Field): string | undefined {
    let names = this.#lowerCase.get(field);
    if (names === undefined) {
      names = new Map([...field.properties.keys()].map((one) => [one.toLowerCase(), one]));
      this.#lowerCase.set(field, names);
    }
    return names.get(name.toLowerCase());
  }

  #getGuesses(field: Field): NameGuesses {
    const known = this.#guesses.get(field) ?? new NameGuesses([...field.properties.keys()]);
    this.#guesses.set(field, known);
    return known;
  }

  #checkColumn(column: Column, field: Field, steps: readonly string[], isRequired: boolean): void {
    const { element, children } = column;
    if (field.type === 'any') return;
    const isList = readAnnotation(element) === 'LIST';
    if (isList || element.repetition_type === 'REPEATED') {
      const inner = isList
        ? findElement(column)
        : { ...column, element: { ...element, repetition_type: 'REQUIRED' as const } };
      if (field.type !== 'array') this.#addIncompatible(element, field, steps);
      else if (field.values !== undefined) this.#checkColumn(inner, field.values, steps, false);
      return;
    }
    if (children.length === 0) {
      this.#checkLeaf(element, field, steps);
      return;
    }
    const isMap = /^MAP/.test(readAnnotation(element) ?? '');
    if (field.type !== 'object' && field.type !== 'map')
      this.#addIncompatible(element, field, steps);
    else if (isMap) {
      const [key, value] = children[0]?.children ?? [];
      if (key !== undefined && toColumnType(key.element).type !== 'string') {
        this.#add(keysOfText(field.path), steps, describeElement(key.element));
      }
      const inner = field.type === 'map' ? field.values : undefined;
      if (value !== undefined && inner !== undefined) this.#checkColumn(value, inner, steps, false);
    } else if (field.type === 'object') this.#checkFields(column, field, steps, isRequired);
    else if (field.values !== undefined) {
      for (const child of children)
        this.#checkColumn(child, field.values, [...steps, child.element.name], false);
    }
  }

  #checkLeaf(element: SchemaElement, field: Field, steps: readonly string[]): void {
    const { type, other } = toColumnType(element);
    if (type === field.type && other === undefined) return;
    const is = describeElement(element);
    const mayConvert = type !== undefined && (CONVERSIONS[type] ?? []).includes(field.type);
    if (type === undefined || (type !== field.type && !mayConvert)) {
      this.#addIncompatible(element, field, steps);
    } else if (other !== undefined) {
      const problem = `the column is ${other}, which Adobe's table of Parquet types does not have`;
      const fix = `Write it as ${WRITTEN_AS[field.type] ?? 'the type of the field'}.`;
      this.#add(issue({ level: 'warning', rule: 'type' }, field.path, problem, fix), steps, is);
    } else {
      const level = this.#rules.strict ? 'error' : 'note';
      const problem = `the column is ${is}, and is converted to ${field.type}`;
      const fix = `Write it as ${WRITTEN_AS[field.type] ?? field.type}.`;
      this.#add(issue({ level, rule: 'type' }, field.path, problem, fix), steps, is);
    }
  }

  #addIncompatible(element: SchemaElement, field: Field, steps: readonly string[]): void {
    const is = describeElement(element);
    const kind = { level: 'error', effect: 'batch-fails', rule: 'type' } as const;
    const problem = `the column is ${is}, which the platform does not convert to ${field.type}`;
    const fix = `Write it as ${WRITTEN_AS[field.type] ?? field.type}.`;
    this.#add(issue(kind, field.path, problem, fix), steps, is);
  }

  #countNulls(
    group: Column,
    field: Field,
    steps: readonly string[],
    counts: Map<Problem, number>,
  ): void {
    for (const column of group.children) {
      const { name, repetition_type } = column.element;
      const inner = field.properties.get(name);
      if (inner === undefined) continue;
      const path = [...steps, name];
      if (column.children.length > 0) {
        const isInEach = repetition_type === 'REQUIRED' && inner.type === 'object';
        if (isInEach) this.#countNulls(column, inner, path, counts);
      } else if (field.required.includes(name) && repetition_type === 'OPTIONAL') {
        const nulls = this.#nulls.get(toKey(path)) ?? 0;
        if (nulls === 0) continue;
        const found = missingField(inner.path, inner);
        counts.set({ issue: found, value: undefined, steps: [...path].reverse() }, nulls);
      }
    }
  }
}

/** The table of types has no other keys, and no page says whether they are converted. */
const keysOfText = (path: string): Issue =>
  createIssue({ level: 'warning', rule: 'type' }, path, (is) => ({
    problem: `the keys of the map are ${is}, and those of maps are text`,
    fix: `Write them as ${WRITTEN_AS.string}.`,
  }));

const WRITTEN_AS: Readonly<Partial<Record<FieldType, string>>> = {
  string: 'BYTE_ARRAY UTF8',
  number: 'DOUBLE',
  long: 'INT64',
  int: 'INT32',
  short: 'INT32 INT_16',
  byte: 'INT32 INT_8',
  boolean: 'BOOLEAN',
  date: 'INT32 DATE',
  'date-time': 'INT64 TIMESTAMP_MILLIS',
  object: 'a group',
  array: 'a LIST',
  map: 'a MAP with keys of text',
};

function unknownColumn(path: string, guesses: NameGuesses, name: string): Issue {
  const kind = { level: 'error', effect: 'batch-fails', rule: 'unknown-field' } as const;
  return createIssue(kind, path, () => {
    const suggestion = guesses.guess(name);
    const problem = 'the schema does not have this column';
    if (suggestion === undefined) return { problem, fix: 'Leave it out, or add it to the schema.' };
    return { problem, fix: `Did you mean ${JSON.stringify(suggestion)}?`, suggestion };
  });
}

/** The element of a LIST: below a repeated group of one column, or the repeated column itself. */
function findElement(list: Column): Column {
  const [repeated = list] = list.children;
  const { element, children } = repeated;
  const [only] = children;
  const isWrapped = !isElementGroup(element.name, list.element.name, children.length);
  if (only !== undefined && isWrapped) return only;
  return { children, element: { ...element, repetition_type: 'REQUIRED' } };
}

const toKey = (path: readonly string[]): string => path.map((step) => `/${toStep(step)}`).join('');

/** The nulls of each column in all row groups, as far as they are counted. */
function countNulls({ columns: leaves, metadata }: ParquetFile): ReadonlyMap<string, number> {
  const sums = new Float64Array(leaves.length);
  for (const { columns } of metadata.row_groups) {
    for (let at = 0; at < sums.length; at++) {
      sums[at] = (sums[at] ?? 0) + (columns[at]?.meta_data?.null_count ?? 0);
    }
  }
  const counts = new Map<string, number>();
  for (const [at, { path }] of leaves.entries()) {
    const nulls = sums[at] ?? 0;
    if (nulls > 0) counts.set(path, nulls);
  }
  return counts;
}

/** A value of a Parquet row as JSON has it; a null is a missing field. */
export function toJsonValue(value: unknown, field: Field | undefined): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return String(value);
    const text = value.toISOString();
    return field?.type === 'date' ? text.slice(0, '2026-01-31'.length) : text;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map((one) => toJsonValue(one, field?.values));
  if (typeof value !== 'object') return value;
  const fields = Object.entries(value).flatMap(([name, one]) => {
    const json = toJsonValue(one, field?.properties.get(name) ?? field?.values);
    return json === undefined ? [] : [[name, json] as const];
  });
  return Object.fromEntries(fields);
}
