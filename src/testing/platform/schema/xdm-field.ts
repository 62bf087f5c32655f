/** The fields of a schema of the registry, as batch ingestion reads them. */

export type IntegerType = 'long' | 'int' | 'short' | 'byte';
export type XdmType =
  | 'string'
  | 'number'
  | IntegerType
  | 'boolean'
  | 'date'
  | 'date-time'
  | 'object'
  | 'array'
  | 'map'
  /** The schema says nothing about the field. */
  | 'any';

export type Node = Readonly<Record<string, unknown>>;

export interface XdmField {
  readonly type: XdmType;
  /** The field as the schema has it. */
  readonly node: Node;
  /** Of an object: its fields. */
  readonly properties: ReadonlyMap<string, XdmField>;
  /** Of an array: its elements. Of a map, or an object with further fields: their values. */
  readonly values: XdmField | undefined;
  /** Of an object: the fields that a row must have. One with a default may be missing. */
  readonly required: ReadonlySet<string>;
}

/** The bounds of integers. The upper ones are published with and without 1 more; both are accepted. */
export const INTEGER_RANGES: Readonly<Record<IntegerType, readonly [number, number]>> = {
  byte: [-128, 128],
  short: [-32_768, 32_768],
  int: [-2_147_483_648, 2_147_483_648],
  long: [-(2 ** 53 - 1), 2 ** 53],
};

const TYPES: Readonly<Record<string, XdmType>> = {
  string: 'string',
  number: 'number',
  double: 'number',
  long: 'long',
  int: 'int',
  short: 'short',
  byte: 'byte',
  boolean: 'boolean',
  date: 'date',
  'date-time': 'date-time',
  object: 'object',
  array: 'array',
  map: 'map',
};

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isIntegerType = (type: XdmType): type is IntegerType => type in INTEGER_RANGES;

/** The row of a schema. Events need an id and a time, whether the schema says so or not. */
export function readRow(schema: unknown): XdmField {
  const row = readField(schema);
  return isTimeSeries(row.node)
    ? { ...row, required: new Set([...row.required, '_id', 'timestamp']) }
    : row;
}

function isTimeSeries(node: Node): boolean {
  const parents = [node['meta:extends']].flat().map(String);
  const behaviors = parents.filter((id) => /\/xdm\/data\/[a-z-]+$/.test(id));
  if (behaviors.length > 0) return behaviors.some((id) => id.endsWith('/xdm/data/time-series'));
  return node['meta:class'] === 'https://ns.adobe.com/xdm/context/experienceevent';
}

/** Reads a field and the fields in it. What is not valid in it is ignored: the registry has checked it. */
export function readField(given: unknown): XdmField {
  const node = mergeParts(isNode(given) ? given : {});
  const type = readType(node);
  const properties = new Map<string, XdmField>();
  if (type === 'object' && isNode(node['properties'])) {
    for (const [name, one] of Object.entries(node['properties'])) {
      properties.set(name, readField(one));
    }
  }
  const values = type === 'array' ? node['items'] : node['additionalProperties'];
  return {
    type,
    node,
    properties,
    values: isNode(values) ? readField(values) : undefined,
    required: readRequired(node, properties),
  };
}

/** The fields that the parts of `allOf` add. */
function mergeParts(node: Node): Node {
  const parts = Array.isArray(node['allOf']) ? node['allOf'].filter(isNode) : [];
  if (parts.length === 0) return node;
  const all = [node, ...parts];
  const properties = Object.assign({}, ...all.map((part) => part['properties']));
  const required = all.flatMap((part) => part['required'] ?? []);
  return { ...node, properties, required };
}

function readType(node: Node): XdmType {
  const named = TYPES[String(node['meta:xdmType'])] ?? deriveType(node);
  // An object without fields of its own has those that its rows bring.
  return named === 'object' && !hasProperties(node) ? 'map' : named;
}

function deriveType(node: Node): XdmType {
  const types = [node['type']].flat().filter((type) => type !== 'null' && type !== undefined);
  const [type, ...others] = types;
  if (others.length > 0) return 'any';
  if (type === undefined) return hasProperties(node) ? 'object' : node['items'] ? 'array' : 'any';
  if (type === 'integer') return deriveIntegerType(node);
  const isDate = node['format'] === 'date' || node['format'] === 'date-time';
  const name = type === 'string' && isDate ? node['format'] : type;
  return TYPES[String(name)] ?? 'any';
}

/** The smallest integer that holds both bounds; `int` where there are not both and it is enough. */
function deriveIntegerType({ minimum, maximum }: Node): IntegerType {
  const hasBoth = typeof minimum === 'number' && typeof maximum === 'number';
  const candidates: readonly IntegerType[] = hasBoth ? ['byte', 'short', 'int'] : ['int'];
  const fits = (type: IntegerType): boolean => {
    const [least, most] = INTEGER_RANGES[type];
    return (
      (typeof minimum !== 'number' || minimum >= least) &&
      (typeof maximum !== 'number' || maximum <= most)
    );
  };
  return candidates.find(fits) ?? 'long';
}

const hasProperties = ({ properties }: Node): boolean =>
  isNode(properties) && Object.keys(properties).length > 0;

function readRequired(node: Node, properties: ReadonlyMap<string, XdmField>): Set<string> {
  const given: unknown[] = Array.isArray(node['required']) ? node['required'] : [];
  const names = given
    .filter((name) => typeof name === 'string')
    .map((name) => (properties.has(name) ? name : toRowName(name)));
  const hasDefault = (name: string) => properties.get(name)?.node['default'] !== undefined;
  return new Set(names.filter((name) => !hasDefault(name)));
}

/** A class may name its fields as it defines them: `xdm:timestamp` is `timestamp` in rows, `@id` is `_id`. */
const toRowName = (name: string): string => name.replace(/^xdm:/, '').replace(/^@/, '_');
