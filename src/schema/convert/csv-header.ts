/** Finds the fields of a schema for the columns of CSV, whose names have dots between the steps. */
import { toStep } from '../../shared/json-pointer.js';
import type { Field } from '../field.js';
import { schemaName } from '../issues.js';
import { isSchemaName, NameGuesses, toRowSteps } from '../names.js';
import type { Issue, Problem } from '../problems.js';
import type { RowSchema } from '../row-schema.js';
import { notFlat, objectColumn, prefixColumn, twoColumns, unknownName } from './issues.js';

/** A column, and where its value is in rows. */
export interface Column {
  readonly field: Field;
  readonly steps: readonly string[];
}

/** How many names of fields are compared with an unknown one. */
const MAX_COMPARED = 20_000;

const toPath = (steps: readonly string[]): string =>
  steps.map((step) => `/${toStep(step)}`).join('');

/** @returns the columns; `undefined` for one whose problem was added. */
export function findColumns(
  schema: Pick<RowSchema, 'root' | 'kind'>,
  header: readonly string[],
  problems: Problem[],
): (Column | undefined)[] {
  const names = header.map((name) => name.trim());
  const first = new Map<string, string>();
  let guesses: NameGuesses | undefined;
  return names.map((name) => {
    if (name === '') return undefined; // an error of its own
    const add = (issue: Issue, steps: readonly string[]): undefined => {
      problems.push({ issue, value: name, steps: [...steps].reverse() });
    };
    const longer = names.find((other) => other.startsWith(`${name}.`));
    const written = name.split('.');
    if (longer !== undefined) return add(prefixColumn(toPath(written), name, longer), written);
    const found = findField(schema.root, name) ?? findInNamespace(schema, name);
    if (found === undefined) {
      if (isSchemaName(name)) {
        return add(schemaName(toPath(written), toRowName(written)), written);
      }
      guesses ??= new NameGuesses(listNames(schema.root, '', []));
      return add(unknownName(toPath(written), guesses, name), written);
    }
    const { field, steps } = found;
    const path = toPath(steps);
    if (field.type === 'array' || field.type === 'map') return add(notFlat(path, field), steps);
    if (field.type === 'object') {
      return add(objectColumn(path, name, [...field.properties.keys()][0]), steps);
    }
    const other = first.get(path);
    if (other !== undefined && other !== name) return add(twoColumns(path, name, other), steps);
    first.set(path, name);
    return found;
  });
}

const toRowName = (steps: readonly string[]): string => steps.flatMap(toRowSteps).join('.');

/** A field by its name, also one that differs in case; the name itself may contain dots. */
function findField(field: Field, name: string): Column | undefined {
  const own = findProperty(field, name);
  if (own !== undefined) return { field: own.field, steps: [own.name] };
  if (field.type === 'any') return { field, steps: name.split('.') };
  for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) {
    const parent = findProperty(field, name.slice(0, at));
    if (parent === undefined) continue;
    const isNested = parent.field.type === 'array' || parent.field.type === 'map';
    if (isNested) return { field: parent.field, steps: [parent.name] };
    const inner = findField(parent.field, name.slice(at + 1));
    if (inner !== undefined) return { field: inner.field, steps: [parent.name, ...inner.steps] };
  }
  return undefined;
}

function findProperty({ properties }: Field, name: string) {
  const exact = properties.get(name);
  if (exact !== undefined) return { name, field: exact };
  const lower = name.toLowerCase();
  for (const [other, field] of properties) {
    if (other.toLowerCase() === lower) return { name: other, field };
  }
  return undefined;
}

/** In an ad hoc schema columns have the bare names of the fields below the node of the namespace. */
function findInNamespace(
  { root, kind }: Pick<RowSchema, 'root' | 'kind'>,
  name: string,
): Column | undefined {
  if (kind !== 'adhoc') return undefined;
  for (const [namespace, field] of root.properties) {
    const found = field.type === 'object' ? findField(field, name) : undefined;
    if (found !== undefined) return { field: found.field, steps: [namespace, ...found.steps] };
  }
  return undefined;
}

/** The names that columns may have. */
function listNames(field: Field, prefix: string, names: string[]): string[] {
  for (const [name, inner] of field.properties) {
    if (names.length >= MAX_COMPARED) return names;
    if (inner.type === 'object') listNames(inner, `${prefix}${name}.`, names);
    else names.push(`${prefix}${name}`);
  }
  return names;
}
