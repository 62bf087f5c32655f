/** The checks of objects, maps and arrays, and of all fields by their types. */
import { toStep } from '../shared/json-pointer.js';
import {
  type Check,
  checkAny,
  checkBoolean,
  checkDate,
  checkNumber,
  checkOtherType,
  checkString,
} from './check-value.js';
import { type Field, isIntegerType } from './field.js';
import { emptyValue, missingField, otherCase, schemaName, unknownField } from './issues.js';
import { isSchemaName, NameGuesses, toRowSteps } from './names.js';
import type { Rules } from './options.js';
import type { Issue, RowProblems } from './problems.js';

/** How many unknown names of an object are remembered with their issues. */
const MAX_UNKNOWN_NAMES = 1000;

/** What the check of a field needs besides the field. */
export interface CheckContext {
  readonly rules: Rules;
  /** By path: what an empty text is there instead of what `empty` says. */
  readonly emptyTexts: ReadonlyMap<string, Issue>;
  /** By path: further checks of texts, such as those of identities. */
  readonly texts: ReadonlyMap<string, Check>;
}

/** The check of a field and of all fields in it. */
export function checkField(field: Field, context: CheckContext): Check {
  const { rules, emptyTexts, texts } = context;
  switch (field.type) {
    case 'string': {
      const check = checkString(field, rules, emptyTexts.get(field.path));
      const more = texts.get(field.path);
      if (more === undefined) return check;
      return (value, row) => {
        check(value, row);
        more(value, row);
      };
    }
    case 'number':
      return checkNumber(field, rules);
    case 'boolean':
      return checkBoolean(field);
    case 'date':
    case 'date-time':
      return checkDate(field);
    case 'object':
      return checkObject(field, context);
    case 'map':
      return checkMap(field, context);
    case 'array':
      return checkArray(field, context);
    case 'any':
      return checkAny(field);
    default:
      return checkNumber(field, rules, isIntegerType(field.type) ? field.type : undefined);
  }
}

function checkArray(field: Field, context: CheckContext): Check {
  const [other, empty] = [checkOtherType(field), emptyValue(field.path, context.rules)];
  const element = field.values === undefined ? undefined : checkField(field.values, context);
  return (value, row) => {
    if (!Array.isArray(value)) {
      other(value, row);
      return;
    }
    if (value.length === 0) row.add(empty, value);
    if (element === undefined) return;
    for (let at = 0; at < value.length; at++) {
      const before = row.list.length;
      element(value[at], row);
      if (row.list.length !== before) row.prefix(before, at);
    }
  };
}

function checkMap(field: Field, context: CheckContext): Check {
  const [other, empty] = [checkOtherType(field), emptyValue(field.path, context.rules)];
  const valueCheck = field.values === undefined ? undefined : checkField(field.values, context);
  return (value, row) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      other(value, row);
      return;
    }
    const map = value as Readonly<Record<string, unknown>>;
    let isEmpty = true;
    for (const key in map) {
      isEmpty = false;
      if (valueCheck === undefined) break;
      const before = row.list.length;
      valueCheck(map[key], row);
      if (row.list.length !== before) row.prefix(before, key);
    }
    if (isEmpty) row.add(empty, value);
  };
}

type Fields = Readonly<Record<string, unknown>>;

const has = (fields: Fields, name: string): boolean =>
  fields[name] !== undefined && Object.hasOwn(fields, name);

function checkObject(field: Field, context: CheckContext): Check {
  const [other, empty] = [checkOtherType(field), emptyValue(field.path, context.rules)];
  const checks = new FieldChecks(field, context);
  const required = field.required.map((name) => ({
    name,
    issue: missingField(`${field.path}/${toStep(name)}`, field.properties.get(name)),
  }));
  const names = new ObjectNames(field, context, checks);
  // Rows mostly have the same fields in the same order: then no field is looked up by its name.
  const lastKeys: string[] = [];
  const lastChecks: (Check | undefined)[] = [];
  return (value, row) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      other(value, row);
      return;
    }
    const fields = value as Fields;
    // For rows of many fields twice as fast as `for … in`.
    const keys = Object.keys(fields);
    const isEmpty = keys.length === 0;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? '';
      if (lastKeys[at] !== key) {
        lastKeys[at] = key;
        lastChecks[at] = checks.get(key);
      }
      const check = lastChecks[at];
      const one = fields[key];
      if (one === undefined) continue; // as JSON.stringify() does
      const before = row.list.length;
      if (check === undefined) names.check(key, one, row);
      else check(one, row);
      if (row.list.length !== before) row.prefix(before, key);
    }
    let isIncomplete = false;
    for (let at = 0; at < required.length; at++) {
      const one = required[at];
      if (one === undefined || has(fields, one.name)) continue;
      if (names.hasVariant(one.name, fields)) continue;
      row.add(one.issue, undefined, one.name);
      isIncomplete ||= one.issue.level === 'error';
    }
    // What is missing is the better reason, unless it has a default.
    if (isEmpty && !isIncomplete) row.add(empty, value);
  };
}

/** The checks of the fields of an object, made when a row first has the field: schemas are wide, and rows narrow. */
class FieldChecks {
  readonly #checks = new Map<string, Check>();
  readonly #field: Field;
  readonly #context: CheckContext;

  constructor(field: Field, context: CheckContext) {
    this.#field = field;
    this.#context = context;
  }

  get(name: string): Check | undefined {
    const known = this.#checks.get(name);
    if (known !== undefined) return known;
    const field = this.#field.properties.get(name);
    if (field === undefined) return undefined;
    const check = checkField(field, this.#context);
    this.#checks.set(name, check);
    return check;
  }
}

/** The names of an object that are not those of its fields. */
class ObjectNames {
  readonly #field: Field;
  readonly #context: CheckContext;
  readonly #checks: FieldChecks;
  /** Made for the first unknown name, as the guesses are. */
  #byLowerCase: ReadonlyMap<string, string> | undefined;
  #guesses: NameGuesses | undefined;
  readonly #values: Check | undefined;
  /** The checks of unknown names, made when they are first found. */
  readonly #unknown = new Map<string, Check>();

  constructor(field: Field, context: CheckContext, checks: FieldChecks) {
    this.#field = field;
    this.#context = context;
    this.#checks = checks;
    this.#values = field.values === undefined ? undefined : checkField(field.values, context);
  }

  check(name: string, value: unknown, row: RowProblems): void {
    if (this.#values !== undefined) {
      this.#values(value, row);
      return;
    }
    let check = this.#unknown.get(name);
    if (check === undefined) {
      check = this.#checkName(name);
      if (this.#unknown.size < MAX_UNKNOWN_NAMES) this.#unknown.set(name, check);
    }
    check(value, row);
  }

  #checkName(name: string): Check {
    const path = `${this.#field.path}/${toStep(name)}`;
    const names = [...this.#field.properties.keys()];
    this.#byLowerCase ??= new Map(names.map((one) => [one.toLowerCase(), one]));
    this.#guesses ??= new NameGuesses(names);
    const other = this.#byLowerCase.get(name.toLowerCase());
    const check = other === undefined ? undefined : this.#checks.get(other);
    if (other !== undefined && check !== undefined) {
      const issue = otherCase(path, other);
      return (value, row) => {
        row.add(issue, undefined);
        check(value, row);
      };
    }
    const issue = isSchemaName(name)
      ? schemaName(path, toRowSteps(name).join('.'))
      : unknownField(path, this.#guesses, name, this.#context.rules);
    return (value, row) => row.add(issue, value);
  }

  /** Whether a field is there under its name in another case, or under its name in schemas. */
  hasVariant(name: string, fields: Fields): boolean {
    const lower = name.toLowerCase();
    for (const key in fields) {
      if (key === name || fields[key] === undefined) continue;
      if (key.toLowerCase() === lower) return true;
      if (isSchemaName(key) && toRowSteps(key)[0] === name) return true;
    }
    return false;
  }
}
