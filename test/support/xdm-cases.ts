/** Random schemas of XDM and rows for them, sound and unsound, the same ones for the same numbers. */

export interface Generator {
  next: () => number;
  pick: <T>(values: readonly T[]) => T;
}

export const createGenerator = (next: () => number): Generator => ({
  next,
  pick: (values) => {
    const value = values[Math.floor(next() * values.length)];
    if (value === undefined) throw new RangeError('there is nothing to pick from');
    return value;
  },
});

type Fields = Record<string, unknown>;
interface FieldSchema extends Fields {
  type?: string;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  items?: FieldSchema;
  additionalProperties?: FieldSchema;
}

const NAMES = [
  'name',
  'id',
  'points',
  'level',
  'since',
  'place',
  'tags',
  'city',
  'country',
  'value',
];
const INTEGERS = { byte: 128, short: 32_768, int: 2_147_483_648, long: 2 ** 53 };
const MAX_DEPTH = 4;
/** Both texts and milliseconds, some of which are the same. */
const DATES = ['2026-01-31', '1999-12-31', 1_772_236_800_000, 1_769_860_800_000 + 5];
const TIMES = ['2026-01-31T12:00:00Z', 1_772_236_800_000, 1_769_860_800_000];

/** The schema of a row: an object with fields of all types. */
export function createSchema(generator: Generator): FieldSchema & { $id: string } {
  return { ...createObject(generator, 0), $id: 'https://ns.adobe.com/acme/schemas/random' };
}

function createObject(generator: Generator, depth: number): FieldSchema {
  const { next } = generator;
  const names = NAMES.filter(() => next() < 0.6);
  if (names.length === 0) names.push('name');
  const properties = Object.fromEntries(
    names.map((name) => [name, createField(generator, depth + 1)]),
  );
  const required = names.filter(() => next() < 0.25);
  return {
    type: 'object',
    ...(next() < 0.5 ? { 'meta:xdmType': 'object' } : {}),
    properties,
    required,
  };
}

function createField(generator: Generator, depth: number): FieldSchema {
  const { next, pick } = generator;
  const scalars = [createText, createText, createInteger, createNumber, createDate, createBoolean];
  if (depth >= MAX_DEPTH || next() < 0.7) return pick(scalars)(generator);
  switch (pick(['object', 'array', 'map', 'any'])) {
    case 'object':
      return createObject(generator, depth);
    case 'array':
      return { type: 'array', items: createField(generator, depth + 1) };
    case 'map':
      return {
        type: 'object',
        'meta:xdmType': 'map',
        additionalProperties: createField(generator, depth + 1),
      };
    default:
      return {};
  }
}

const createText = ({ next }: Generator): FieldSchema => ({
  type: 'string',
  ...(next() < 0.3 ? { enum: ['gold', 'silver', '7'] } : {}),
  ...(next() < 0.3 ? { default: 'gold' } : {}),
  ...(next() < 0.2 ? { pattern: '^x', minLength: 3, format: 'email' } : {}),
  ...(next() < 0.2 ? { 'meta:enum': { gold: 'Gold' } } : {}),
});

function createInteger({ next, pick }: Generator): FieldSchema {
  const [xdmType] = pick(Object.entries(INTEGERS));
  return {
    type: 'integer',
    ...(next() < 0.8 ? { 'meta:xdmType': xdmType } : {}),
    ...(next() < 0.2 ? { minimum: 1, maximum: 100 } : {}),
  };
}

const createNumber = ({ next }: Generator): FieldSchema => ({
  type: 'number',
  ...(next() < 0.3 ? { minimum: -1.5, exclusiveMaximum: 50 } : {}),
});
function createDate({ next, pick }: Generator): FieldSchema {
  const format = pick(['date', 'date-time']);
  const values = [...(format === 'date' ? DATES : TIMES)];
  return { type: 'string', format, ...(next() < 0.2 ? { enum: values } : {}) };
}
const createBoolean = (): FieldSchema => ({ type: 'boolean' });

/** Values that fit some types and not others. */
const ODD_VALUES: readonly unknown[] = [
  ...[null, '', 'x', '7', '-7', '12.5', '1e3', 'true', 'gold', 'GOLD', ' 5', '0x10', 'NaN', '+8'],
  ...['2026-02-28', '2026-02-29', '2026-1-1', '2026-02-28T23:59:59Z', '2026-02-28T23:59:60Z'],
  ...['2026-02-28T12:00:00', '2026-02-28T12:00:00+0200', '2026-02-28T12:00:00.5+02:00'],
  ...['0000-01-01', '2026-02-28 12:00:00Z', '2026-02-28T12:00:00z', '1772236800000'],
  ...[0, -0, 7, -1, 127, 128, 129, -128, -129, 32_768, 32_769, 2 ** 31, 2 ** 31 + 1, 2 ** 53],
  ...[0.5, -0.5, 100.5, 127.5, 128.5, -128.5, 99.999, 2_147_483_647.5],
  ...[2 ** 53 + 2, -(2 ** 53), 1e30, 1_772_236_800_000, 12.0, -1.5, 50, 49.999, true, false],
  ...[{}, [], [null], ['x'], [1], { a: 1 }, { name: 'x' }, [[]], { name: null }],
];

export function createRow(schema: FieldSchema, generator: Generator): Fields {
  return createValue(schema, generator, 0) as Fields;
}

/** @param oddity how many of the values in it are of any kind. */
function createValue(field: FieldSchema, generator: Generator, oddity = 0.035): unknown {
  const { next, pick } = generator;
  if (next() < oddity) return structuredClone(pick(ODD_VALUES));
  if (field.properties !== undefined) return createFields(field, generator);
  if (field.items !== undefined) {
    const { items } = field;
    return Array.from({ length: Math.floor(next() * 3) }, () => createValue(items, generator));
  }
  if (field.additionalProperties !== undefined) {
    const key = pick(['a', 'xdm:b', 'C', '@d']);
    return { [key]: createValue(field.additionalProperties, generator) };
  }
  return createScalar(field, generator);
}

function createFields(
  { properties = {}, required = [] }: FieldSchema,
  generator: Generator,
): Fields {
  const { next, pick } = generator;
  const row: Fields = {};
  if (next() < 0.03) return row;
  for (const [name, field] of Object.entries(properties)) {
    if (next() < (required.includes(name) ? 0.03 : 0.3)) continue;
    const luck = next();
    const key = luck < 0.02 ? name.toUpperCase() : luck < 0.03 ? `xdm:${name}` : name;
    row[key] = createValue(field, generator);
  }
  if (next() < 0.03) row[pick(['other', 'nmae', 'xdm:nick', '@key', 'repo:x'])] = pick(ODD_VALUES);
  return row;
}

function createScalar(field: FieldSchema, { next, pick }: Generator): unknown {
  if (field.type === undefined) return structuredClone(pick(ODD_VALUES));
  if (Array.isArray(field['enum']) && next() < 0.9) return pick(field['enum']);
  if (field['format'] === 'date') return pick(DATES);
  if (field['format'] === 'date-time') return pick(TIMES);
  if (field.type === 'string') return pick(['x', 'Ada', 'ada@example.org']);
  if (field.type === 'boolean') return next() < 0.5;
  return Math.floor(next() * 48) + 1;
}
