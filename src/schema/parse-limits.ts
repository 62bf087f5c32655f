/** Reads what a schema says of the values of a field: its enum, bounds and lengths. */
import { describeValue, omitUndefined } from '../shared/options.js';
import { type FieldType, INTEGER_BOUNDS, isIntegerType } from './field.js';
import { inside, invalidSchema, type SchemaPlace } from './schema-place.js';

type Node = Readonly<Record<string, unknown>>;

/** @throws {InvalidInputError} for an enum that no value of the type can meet. */
export function parseEnum(
  node: Node,
  type: FieldType,
  place: SchemaPlace,
): readonly unknown[] | undefined {
  const given = node['enum'];
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length === 0) {
    throw invalidSchema(inside(place, ['enum']), 'a list of values', describeValue(given));
  }
  if (given.some((value) => mayHold(type, value))) return given;
  const expected = `an enum with values of the type ${type}`;
  throw invalidSchema(inside(place, ['enum']), expected, describeValue(given[0]));
}

/** Whether a value of an enum can be one of its field. */
function mayHold(type: FieldType, value: unknown): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'date' || type === 'date-time') return /^(string|number)$/.test(typeof value);
  if (type === 'boolean') return typeof value === 'boolean';
  return type === 'number' || isIntegerType(type) ? typeof value === 'number' : true;
}

const LIMITS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
] as const;

/** @throws {InvalidInputError} for limits that contradict each other or the type. */
export function parseLimits(node: Node, type: FieldType, place: SchemaPlace) {
  const limits: { [Name in (typeof LIMITS)[number]]?: number } = {};
  for (const name of LIMITS) {
    const given = node[name];
    // Draft 4 had booleans in place of the exclusive limits.
    if (given === undefined || typeof given === 'boolean') continue;
    if (typeof given !== 'number' || !Number.isFinite(given)) {
      throw invalidSchema(inside(place, [name]), 'a number', describeValue(given));
    }
    limits[name] = given;
  }
  checkRange(limits, type, place);
  return limits;
}

function checkRange(
  limits: { [Name in (typeof LIMITS)[number]]?: number },
  type: FieldType,
  place: SchemaPlace,
): void {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = limits;
  const { minLength = 0, maxLength = minLength } = limits;
  if (minLength > maxLength) {
    const received = `${minLength} to ${maxLength}`;
    throw invalidSchema(place, 'a minLength up to the maxLength', received);
  }
  const [least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY] = [
    above ?? minimum,
    below ?? maximum,
  ];
  if ((above !== undefined || below !== undefined) && least >= most) {
    throw invalidSchema(place, 'bounds with values between them', `${least} to ${most}`);
  }
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    throw invalidSchema(place, 'a minimum up to the maximum', `${minimum} to ${maximum}`);
  }
  if (!isIntegerType(type)) return;
  const [lowest, highest] = INTEGER_BOUNDS[type];
  for (const [name, bound] of Object.entries(omitUndefined({ minimum, maximum }))) {
    // Pages print each upper bound, and the lower one of `long`, with and without 1 more.
    const isOutside = bound < (type === 'long' ? lowest - 1 : lowest) || bound > highest + 1;
    if (!isOutside) continue;
    const expected = `a ${name} from ${lowest} to ${highest} for meta:xdmType "${type}"`;
    throw invalidSchema(place, expected, String(bound));
  }
}
