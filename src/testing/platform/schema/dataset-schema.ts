/**
 * Holds rows against the schema of a dataset, as batch ingestion does: values are converted by the platform's
 * table, then ajv checks them. Each field has a check of its own, compiled when a row first has the field; equal
 * ones are compiled once. (One check for all takes ajv 18 s to compile for 10,000 fields.)
 */

import type { Ajv, ValidateFunction } from 'ajv';
import { toStep } from '../../../shared/json-pointer.js';
import { DATE_FORMATS, type SchemaQuirks, toConstraints } from './constraints.js';
import { convert } from './conversion.js';
import { isDate, isDateTime } from './dates.js';
import { createReason, type Reason, toReasons } from './reasons.js';
import { isNode, readRow, type XdmField } from './xdm-field.js';

/** The platform's limit of fields in a row; keys of objects at every depth count. */
const MAX_FIELDS = 10_000;
/** Of more reasons, the first ones are kept. */
const MAX_REASONS = 100;

/** The checks of all schemas of a process: fields with equal constraints share one. */
class Checks {
  static #shared: Promise<Checks> | undefined;
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  private constructor(ajv: Ajv) {
    this.#ajv = ajv;
  }

  static shared(): Promise<Checks> {
    Checks.#shared ??= Checks.#load();
    return Checks.#shared;
  }

  static async #load(): Promise<Checks> {
    const { Ajv } = await import('ajv');
    const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true, logger: false });
    const [date, dateTime] = DATE_FORMATS;
    ajv.addFormat(date, isDate).addFormat(dateTime, isDateTime);
    return new Checks(ajv);
  }

  compile(constraints: object): ValidateFunction {
    const text = JSON.stringify(constraints);
    const check = this.#compiled.get(text) ?? this.#ajv.compile(constraints);
    this.#compiled.set(text, check);
    return check;
  }
}

export class DatasetSchema {
  /** The row. */
  readonly root: XdmField;
  readonly #quirks: SchemaQuirks;
  readonly #checks: Checks;
  /** By field; compiled when a row first has it. */
  readonly #known = new Map<XdmField, ValidateFunction>();

  private constructor(root: XdmField, quirks: SchemaQuirks, checks: Checks) {
    this.root = root;
    this.#quirks = quirks;
    this.#checks = checks;
  }

  /** @param schema in the resolved form of the registry. */
  static async create(schema: object, quirks: SchemaQuirks): Promise<DatasetSchema> {
    return new DatasetSchema(readRow(schema), quirks, await Checks.shared());
  }

  /**
   * The reasons for which a row is rejected; none if it is loaded.
   * @param root the object whose fields the row has.
   * @throws {TypeCompatibilityError} for a value that fails the whole batch.
   */
  check(row: unknown, root = this.root): Reason[] {
    const reasons: Reason[] = [];
    this.#visit(root, row, '', false, reasons);
    if (hasTooManyFields(row)) {
      const problem = `has more than ${MAX_FIELDS} fields`;
      reasons.push(createReason('INGEST-1002-400', '', problem));
    }
    return reasons.slice(0, MAX_REASONS);
  }

  #visit(
    field: XdmField,
    given: unknown,
    path: string,
    isRequired: boolean,
    reasons: Reason[],
  ): void {
    const value = convert(field, given, path);
    const check = this.#getCheck(field);
    if (!check(value)) reasons.push(...toReasons(check.errors ?? [], value, path, isRequired));
    if (field.type === 'any') return;
    if (Array.isArray(value)) {
      const { values } = field;
      if (values === undefined) return;
      for (const [at, one] of value.entries()) {
        this.#visit(values, one, `${path}/${at}`, false, reasons);
      }
    } else if (isNode(value)) {
      for (const [name, one] of Object.entries(value)) {
        const inner = field.properties.get(name) ?? field.values;
        if (inner === undefined) continue;
        const isInnerRequired = field.required.has(name);
        this.#visit(inner, one, `${path}/${toStep(name)}`, isInnerRequired, reasons);
      }
    }
  }

  #getCheck(field: XdmField): ValidateFunction {
    const known = this.#known.get(field);
    if (known !== undefined) return known;
    const check = this.#checks.compile(toConstraints(field, this.#quirks));
    this.#known.set(field, check);
    return check;
  }
}

/** Does not recurse: what the schema says nothing about may be nested to any depth. */
function hasTooManyFields(row: unknown): boolean {
  let count = 0;
  const open: unknown[] = [row];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inner: unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += inner.length;
    if (count > MAX_FIELDS) return true;
    for (const one of inner) open.push(one);
  }
  return false;
}
