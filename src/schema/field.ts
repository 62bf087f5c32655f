/** The fields of a schema, as rows must have them. */

/** What values a field takes. `any`: the schema says nothing about it. */
export type FieldType =
  | 'string'
  | 'number'
  | 'long'
  | 'int'
  | 'short'
  | 'byte'
  | 'boolean'
  | 'date'
  | 'date-time'
  | 'object'
  | 'array'
  | 'map'
  | 'any';

/** A field and the fields in it. */
export interface Field {
  /** What values it takes. */
  readonly type: FieldType;
  /** A JSON pointer into rows; `*` stands for each index of an array and each key of a map. */
  readonly path: string;
  /** Its title in the schema. */
  readonly title?: string;
  /** Its description in the schema. */
  readonly description?: string;
  /** Of an object: the fields in it, by name. */
  readonly properties: ReadonlyMap<string, Field>;
  /** Of an object: the names of the fields that it must have. */
  readonly required: readonly string[];
  /** Of an array: its elements. Of a map: its values. Missing if they may be anything. */
  readonly values?: Field;
  /** The only values that are accepted. */
  readonly enum?: readonly unknown[];
  /** The values that are suggested, with their labels (`meta:enum`). Others are accepted. */
  readonly suggested?: Readonly<Record<string, string>>;
  /** Of a number: the least value. */
  readonly minimum?: number;
  /** Of a number: the greatest value. */
  readonly maximum?: number;
  /** Of a number that has to be above it. */
  readonly exclusiveMinimum?: number;
  /** Of a number that has to be below it. */
  readonly exclusiveMaximum?: number;
  /** Of a text: the fewest characters. */
  readonly minLength?: number;
  /** Of a text: the most characters. */
  readonly maxLength?: number;
  /** Of a text: a regular expression that it has to match. */
  readonly pattern?: string;
  /** The format that the schema names, such as `date-time` or `uri`. */
  readonly format?: string;
  /** The value that the schema states for rows without the field; checks do not fill it in. */
  readonly default?: unknown;
  /** The `$id` of the data type that it is of (`meta:referencedFrom`). */
  readonly reference?: string;
  /** Whether the schema marks it as deprecated. */
  readonly isDeprecated: boolean;
}

/** The bounds of integers. Adobe's pages print the upper ones with and without the last 1. */
export const INTEGER_BOUNDS: Readonly<
  Record<'byte' | 'short' | 'int' | 'long', readonly [number, number]>
> = {
  byte: [-(2 ** 7), 2 ** 7 - 1],
  short: [-(2 ** 15), 2 ** 15 - 1],
  int: [-(2 ** 31), 2 ** 31 - 1],
  long: [-(2 ** 53 - 1), 2 ** 53 - 1],
};

export type IntegerType = keyof typeof INTEGER_BOUNDS;

export const isIntegerType = (type: FieldType): type is IntegerType => type in INTEGER_BOUNDS;

/** Whether a value is an object and not an array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
