/** Operators that change one schema. */
import type { Json } from '../../spec-tools/operations.js';
import { createMutant, type Mutant, omitKey, type Path, renameKey } from './mutant.js';
import { type Visited, visit } from './visit.js';

type Operator = (schema: Json, path: Path) => Mutant[];

const OTHER_TYPE: Readonly<Record<string, string>> = {
  string: 'integer',
  integer: 'string',
  number: 'string',
  boolean: 'string',
  object: 'string',
  array: 'object',
};
const SCALARS = ['string', 'integer', 'number', 'boolean'];
const DEFAULTS: Readonly<Record<string, unknown>> = {
  string: 'a default',
  integer: 1,
  number: 1,
  boolean: true,
};

const replaceType: Operator = (schema, path) => {
  const { type } = schema;
  const at = [...path, 'type'];
  if (Array.isArray(type))
    return type.map((one) =>
      createMutant(
        'type-changed',
        at,
        type.filter((other) => other !== one),
        `${one} dropped`,
      ),
    );
  if (typeof type !== 'string') return [];
  return [
    createMutant('type-changed', at, OTHER_TYPE[type], `${type} → ${OTHER_TYPE[type]}`),
    createMutant('type-dropped', at, undefined, `${type} → any`),
    createMutant('null-added', at, [type, 'null'], `${type} → ${type} or null`),
    ...(type === 'integer' ? [createMutant('type-changed', at, 'number', `${type} → number`)] : []),
    ...(type === 'number'
      ? [createMutant('type-changed', at, 'integer', `${type} → integer`)]
      : []),
  ];
};

const changeProperties: Operator = (schema, path) => {
  const properties = (schema['properties'] ?? {}) as Json;
  const required = (schema['required'] ?? []) as string[];
  const at = [...path, 'properties'];
  return Object.keys(properties).flatMap((name) => [
    createMutant('property-dropped', [...at, name], undefined, name),
    createMutant(
      'property-renamed',
      at,
      renameKey(properties, name, `${name}X`),
      `${name} → ${name}X`,
    ),
    ...(required.includes(name)
      ? []
      : [createMutant('required-added', [...path, 'required'], [...required, name], name)]),
  ]);
};

const dropRequired: Operator = (schema, path) =>
  ((schema['required'] ?? []) as string[]).map((name, index) =>
    createMutant('required-dropped', [...path, 'required', index], undefined, name),
  );

/** Closed to open, open to closed, and a map to any values. */
const flipOpenness: Operator = (schema, path) => {
  const at = [...path, 'additionalProperties'];
  const own = schema['additionalProperties'];
  if (own === false) return [createMutant('closed-object-opened', at, undefined, 'closed → open')];
  if (schema['type'] !== 'object') return [];
  const isMap = typeof own === 'object';
  return [
    createMutant('open-object-closed', at, false, 'open → closed'),
    ...(isMap ? [createMutant('map-values-dropped', at, true, 'any values')] : []),
  ];
};

const BOUNDS = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
];
const changeBounds: Operator = (schema, path) =>
  BOUNDS.filter((key) => typeof schema[key] === 'number').flatMap((key) => {
    const value = Number(schema[key]);
    const at = [...path, key];
    const isLength = !/imum$/.test(key);
    return [
      createMutant('bound-dropped', at, undefined, `${key} ${value}`),
      createMutant('bound-changed', at, value + 1, `${key} ${value} → ${value + 1}`),
      ...(isLength
        ? []
        : [createMutant('bound-changed', at, value - 1, `${key} ${value} → ${value - 1}`)]),
    ];
  });

const ADDED_BOUND: Readonly<Record<string, [key: string, value: number]>> = {
  string: ['maxLength', 10],
  integer: ['maximum', 1000],
  number: ['maximum', 10],
  array: ['maxItems', 10],
};
const addBound: Operator = (schema, path) => {
  const [key, value] = ADDED_BOUND[String(schema['type'])] ?? [];
  const isLeft = key === undefined || key in schema || 'enum' in schema;
  return isLeft ? [] : [createMutant('bound-added', [...path, key], value, `${key} ${value}`)];
};

const changePattern: Operator = (schema, path) => {
  const at = [...path, 'pattern'];
  const { pattern, type } = schema;
  if (typeof pattern === 'string') {
    const loose = [pattern.replace(/^\^/, ''), pattern.replace(/\$$/, '')];
    return [
      createMutant('pattern-dropped', at, undefined, pattern),
      createMutant('pattern-changed', at, '^[a-z]+$', `${pattern} → ^[a-z]+$`),
      ...loose
        .filter((one) => one !== pattern)
        .map((one) => createMutant('pattern-changed', at, one, `${pattern} → ${one}`)),
    ];
  }
  const isText = type === 'string' && !('enum' in schema) && !('format' in schema);
  return isText ? [createMutant('pattern-added', at, '^[a-z0-9]+$', '^[a-z0-9]+$')] : [];
};

const changeFormat: Operator = (schema, path) => {
  const at = [...path, 'format'];
  if (typeof schema['format'] === 'string')
    return [
      createMutant('format-dropped', at, undefined, schema['format']),
      createMutant('format-changed', at, 'byte', `${schema['format']} → byte`),
    ];
  const isText = schema['type'] === 'string' && !('enum' in schema);
  return isText ? [createMutant('format-added', at, 'date-time', 'date-time')] : [];
};

const changeEnum: Operator = (schema, path) => {
  const values = (schema['enum'] ?? []) as unknown[];
  if (values.length === 0) return [];
  const at = [...path, 'enum'];
  return [
    ...values.map((value, index) =>
      createMutant('enum-value-dropped', [...at, index], undefined, String(value)),
    ),
    createMutant('enum-value-added', at, [...values, 'added'], 'added'),
    createMutant('enum-value-changed', [...at, 0], `${values[0]}X`, `${values[0]} → ${values[0]}X`),
    createMutant('enum-dropped', at, undefined, values.join(', ')),
  ];
};

const addDefaultOrConst: Operator = (schema, path) => {
  const type = String(schema['type']);
  if (!SCALARS.includes(type) || schema['format'] === 'binary') return [];
  const value = ((schema['enum'] ?? []) as unknown[])[0] ?? DEFAULTS[type];
  return [
    createMutant('default-added', [...path, 'default'], value, String(value)),
    createMutant('const-added', [...path, 'const'], value, String(value)),
  ];
};

const changeArray: Operator = (schema, path) => {
  if (schema['type'] !== 'array') return [];
  return [
    createMutant('items-dropped', [...path, 'items'], undefined, 'any items'),
    createMutant('unique-items-added', [...path, 'uniqueItems'], true, 'no repeated items'),
    ...('minItems' in schema
      ? []
      : [createMutant('bound-added', [...path, 'minItems'], 1, 'minItems 1')]),
  ];
};

const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const;
const changeCombiner: Operator = (schema, path) => [
  ...COMBINERS.filter((key) => Array.isArray(schema[key])).flatMap((key) => {
    const parts = schema[key] as Json[];
    const others = COMBINERS.filter((other) => other !== key && parts.length > 1);
    return [
      ...others.map((other) =>
        createMutant('combiner-changed', path, renameKey(schema, key, other), `${key} → ${other}`),
      ),
      ...parts
        .map((_, index) =>
          createMutant(
            'combiner-part-dropped',
            [...path, key, index],
            undefined,
            `${key} ${index}`,
          ),
        )
        .filter(() => parts.length > 1),
      createMutant('combiner-dropped', path, omitKey(schema, key), key),
    ];
  }),
  ...(schema['not'] === undefined
    ? []
    : [createMutant('combiner-dropped', [...path, 'not'], undefined, 'not')]),
];

const dropMarks: Operator = (schema, path) =>
  ['readOnly', 'deprecated', 'x-open']
    .filter((key) => key in schema)
    .map((key) => createMutant('mark-dropped', [...path, key], undefined, key));

const OPERATORS: readonly Operator[] = [
  replaceType,
  changeProperties,
  dropRequired,
  flipOpenness,
  changeBounds,
  addBound,
  changePattern,
  changeFormat,
  changeEnum,
  addDefaultOrConst,
  changeArray,
  changeCombiner,
  dropMarks,
];

export const mutateSchemas = (document: Json): Mutant[] =>
  [...visit(document)]
    .filter(({ role, node }: Visited) => role === 'schema' && node['$ref'] === undefined)
    .flatMap(({ node, path }) => OPERATORS.flatMap((operator) => operator(node, path)));
