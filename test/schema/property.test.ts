import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { RowSchema } from '../../src/schema/index.js';
import { createRandom } from '../../src/shared/random.js';
import { chooseCount } from '../support/scale.js';

type Node = Readonly<Record<string, unknown>>;
type Random = () => number;

const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;
const integer = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-100, 100],
  short: [-30_000, 30_000],
  int: [-2_000_000_000, 2_000_000_000],
  long: [-(2 ** 52), 2 ** 52],
};
const SCALARS = [
  'string',
  'enum',
  'number',
  'boolean',
  'date',
  'date-time',
  ...Object.keys(RANGES),
];

/** A random field in the form of the registry. */
function createNode(random: Random, depth: number): Node {
  const nested = depth > 0 && random() < 0.4;
  const kind = nested ? pick(random, ['object', 'object', 'array', 'map']) : pick(random, SCALARS);
  switch (kind) {
    case 'object':
      return createObject(random, depth - 1);
    case 'array':
      return { type: 'array', 'meta:xdmType': 'array', items: createNode(random, depth - 1) };
    case 'map': {
      const additionalProperties = { type: pick(random, ['string', 'integer']) };
      return { type: 'object', 'meta:xdmType': 'map', additionalProperties };
    }
    case 'enum':
      return { type: 'string', enum: ['gold', 'silver', 'bronze'], 'meta:xdmType': 'string' };
    case 'date':
    case 'date-time':
      return { type: 'string', format: kind, 'meta:xdmType': kind };
    case 'string':
    case 'number':
    case 'boolean':
      return { type: kind, 'meta:xdmType': kind };
    default: {
      const [minimum, maximum] = RANGES[kind] ?? [0, 0];
      return { type: 'integer', minimum, maximum, 'meta:xdmType': kind };
    }
  }
}

function createObject(random: Random, depth: number): Node {
  const names = Array.from(
    { length: integer(random, 1, 5) },
    (_, at) => `field${'ABCDE'[at]}${depth}`,
  );
  const properties = Object.fromEntries(names.map((name) => [name, createNode(random, depth)]));
  const required = names.filter(() => random() < 0.4);
  return {
    type: 'object',
    'meta:xdmType': 'object',
    properties,
    ...(required.length > 0 && { required }),
  };
}

/** A value that a field takes. */
function createValue(node: Node, random: Random): unknown {
  const { type, format, items, properties, additionalProperties } = node;
  const [least, most] = [Number(node['minimum'] ?? 0), Number(node['maximum'] ?? 1000)];
  if (Array.isArray(node['enum'])) return pick(random, node['enum']);
  if (format === 'date') return `20${integer(random, 10, 24)}-0${integer(random, 1, 9)}-28`;
  if (format === 'date-time') {
    return `2024-02-29T${integer(random, 10, 23)}:59:59${pick(random, ['Z', '.123Z', '-05:30', '.1+00:00'])}`;
  }
  switch (type) {
    case 'string':
      return `text ${integer(random, 0, 1e6)}`;
    case 'integer':
      return integer(random, least, most);
    case 'number':
      return random() * 1e6 - 5e5;
    case 'boolean':
      return random() < 0.5;
    case 'array':
      return Array.from({ length: integer(random, 1, 3) }, () =>
        createValue(items as Node, random),
      );
    default: {
      if (additionalProperties !== undefined) {
        return { 'any:key': createValue(additionalProperties as Node, random) };
      }
      return createRow(properties as Readonly<Record<string, Node>>, node['required'], random);
    }
  }
}

function createRow(
  properties: Readonly<Record<string, Node>>,
  required: unknown,
  random: Random,
): object {
  const needed = Array.isArray(required) ? required : [];
  const names = Object.keys(properties);
  const kept = names.filter((name) => needed.includes(name) || random() < 0.8);
  const filled = kept.length === 0 ? names.slice(0, 1) : kept;
  return Object.fromEntries(
    filled.map((name) => [name, createValue(properties[name] ?? {}, random)]),
  );
}

/** Each field of a row: where it is, what the schema says, and the object that has it. */
interface Found {
  readonly path: string;
  readonly node: Node;
  readonly parent: Record<string, unknown>;
  readonly name: string;
  readonly isRequired: boolean;
}

function listFields(value: unknown, node: Node, path: string): Found[] {
  if (Array.isArray(value)) {
    return value.flatMap((one, at) => listFields(one, node['items'] as Node, `${path}/${at}`));
  }
  const properties = node['properties'] as Readonly<Record<string, Node>> | undefined;
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  const required = (node['required'] ?? []) as readonly string[];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((name): Found[] => {
    const inner = properties[name];
    const at = `${path}/${name}`;
    if (inner === undefined) return [];
    const found = { path: at, node: inner, parent, name, isRequired: required.includes(name) };
    return [found, ...listFields(parent[name], inner, at)];
  });
}

/** What each change of one field is found as; `undefined` if the field has no such change. */
const MUTATIONS: Readonly<Record<string, (field: Found) => string | undefined>> = {
  'wrong type': ({ path, node, parent, name }) => {
    parent[name] = node['type'] === 'boolean' ? 1 : false;
    return `error type batch-fails ${path}`;
  },
  'missing required': ({ path, parent, name, isRequired }) => {
    if (!isRequired) return undefined;
    delete parent[name];
    return `error required row-rejected ${path}`;
  },
  null: ({ path, parent, name }) => {
    parent[name] = null;
    return `error null row-rejected ${path}`;
  },
  'bad date': ({ path, node, parent, name }) => {
    if (node['format'] === undefined) return undefined;
    parent[name] = node['format'] === 'date' ? '2023-02-29' : '2024-02-28T12:00:00';
    return `error date row-rejected ${path}`;
  },
  enum: ({ path, node, parent, name }) => {
    if (node['enum'] === undefined) return undefined;
    parent[name] = 'platinum';
    return `error enum row-rejected ${path}`;
  },
  range: ({ path, node, parent, name }) => {
    if (node['maximum'] === undefined) return undefined;
    parent[name] = Number(node['maximum']) + 1;
    return `error range row-rejected ${path}`;
  },
  name: ({ path, parent, name }) => {
    parent[`xdm:${name}`] = parent[name];
    delete parent[name];
    return `error name row-rejected ${path.slice(0, -name.length)}xdm:${name}`;
  },
  'unknown name': ({ path, parent, name }) => {
    parent[`${name}x`] = parent[name];
    return `warning unknown-field - ${path}x`;
  },
  'text that is no number': ({ path, node, parent, name }) => {
    if (node['type'] !== 'integer' && node['type'] !== 'number') return undefined;
    parent[name] = 'many';
    return `error type row-rejected ${path}`;
  },
};

const show = (schema: RowSchema, row: unknown): string[] =>
  schema
    .check(row)
    .map(({ level, rule, effect, path }) => `${level} ${rule} ${effect ?? '-'} ${path}`);

test('rows made from a random schema are accepted, and each single change is exactly one finding', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const node = createObject(random, 4);
      const schema = RowSchema.from(node);
      const row = createValue(node, random);
      expect(show(schema, row)).toEqual([]);
      for (const mutate of Object.values(MUTATIONS)) {
        const changed = structuredClone(row);
        const field = pick(random, listFields(changed, node, ''));
        const expected = mutate(field);
        if (expected !== undefined) expect(show(schema, changed)).toEqual([expected]);
      }
    }),
    { numRuns: chooseCount({ quick: 75, deep: 300 }) },
  );
});

/** Values that no conversion makes the type of another field. */
const WRONG: readonly unknown[] = [true, ['a'], { a: 'b' }];

/** Breaks some fields at random in ways that JSON Schema knows, too. */
function breakRow(row: unknown, node: Node, random: Random): void {
  for (const { node: inner, parent, name } of listFields(row, node, '')) {
    if (random() > 0.2) continue;
    const [type, maximum] = [inner['type'], inner['maximum']];
    const kind = random();
    if (kind < 0.3) delete parent[name];
    else if (kind < 0.5 && maximum !== undefined) parent[name] = Number(maximum) + 5;
    else if (kind < 0.7 && inner['enum'] !== undefined) parent[name] = 'platinum';
    else if (type !== 'array' && type !== 'object') {
      parent[name] = type === 'boolean' ? 'yes' : pick(random, WRONG);
    }
  }
}

const SCHEMAS = chooseCount({ quick: 25, deep: 100 });
const ROWS_PER_SCHEMA = 100;

test(`JSON Schema agrees on types, enums, ranges and required fields of ${SCHEMAS * ROWS_PER_SCHEMA} rows`, () => {
  const random = createRandom(7);
  const ajv = new Ajv({ strict: false, validateFormats: false });
  let rejected = 0;
  for (let schemas = 0; schemas < SCHEMAS; schemas++) {
    const node = createObject(random, 3);
    const [schema, validate] = [RowSchema.from(node), ajv.compile(node)];
    for (let rows = 0; rows < ROWS_PER_SCHEMA; rows++) {
      const row = createValue(node, random);
      if (rows % 2 === 1) breakRow(row, node, random);
      const isAccepted = !schema.check(row).some(({ level }) => level === 'error');
      if (isAccepted !== validate(row)) expect({ node, row }).toBe('judged alike by both');
      if (!isAccepted) rejected++;
    }
  }
  expect(rejected).toBeGreaterThan((SCHEMAS * ROWS_PER_SCHEMA) / 10);
});
