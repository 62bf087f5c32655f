/** Text of CSV and of other flat files as values of fields. */
import { INTEGER_TEXT, NUMBER_TEXT } from './check-value.js';
import { type Field, isIntegerType } from './field.js';
import type { RowSchema } from './row-schema.js';

/**
 * The value of a text, by the type of its field; the text itself if it is not a value of this type. Only
 * `true` and `false` are booleans, and digits alone are a time in milliseconds.
 */
export function parseCell({ type }: Field, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'number') return NUMBER_TEXT.test(text) ? Number(text) : text;
  if (isIntegerType(type) || type === 'date-time') {
    return INTEGER_TEXT.test(text) ? toInteger(text) : text;
  }
  return text;
}

export const isIntegerText = ({ type }: Field, text: string): boolean =>
  isIntegerType(type) && INTEGER_TEXT.test(text);

/** Beyond these integers a number does not have the digits of the text. */
function toInteger(text: string): unknown {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

const NESTED: ReadonlySet<string> = new Set(['object', 'array', 'map']);

/**
 * The fields of a flat schema, as columns have them: those below the namespace of an ad hoc schema, by
 * their bare names. `undefined` if an object, an array or a map is among them.
 */
export function toFlatField({ root, kind }: Pick<RowSchema, 'root' | 'kind'>): Field | undefined {
  const properties = new Map<string, Field>();
  const required: string[] = [];
  for (const [name, field] of root.properties) {
    if (kind === 'adhoc' && field.type === 'object') {
      for (const [inner, one] of field.properties)
        properties.set(inner, { ...one, path: `/${inner}` });
      required.push(...field.required);
    } else {
      properties.set(name, field);
      if (root.required.includes(name)) required.push(name);
    }
  }
  const isFlat = [...properties.values()].every(({ type }) => !NESTED.has(type));
  return isFlat ? { ...root, properties, required } : undefined;
}
