/** JSON Schemas of the document as Markdown: the type in a few words, and the properties as a table. */
import { formatTable, toCell } from './markdown.js';

/** A value of the document, which is read as it comes. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

const SCHEMAS = '#/components/schemas/';

/** The anchor of a named schema on its page. */
export const toAnchor = (name: string): string => name.toLowerCase();

const code = (value: unknown): string =>
  `\`${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('|', '\\|')}\``;

/** What a value of the schema is, such as `integer`, `list of [Tags](…)` or an enum. */
export function formatType(schema: unknown): string {
  const {
    $ref,
    type,
    enum: values,
    items,
    anyOf,
    oneOf,
    allOf,
    format,
    ...rest
  } = asObject(schema);
  if (typeof $ref === 'string') {
    const name = $ref.replace(SCHEMAS, '');
    return `[${name}](./bodies.md#${toAnchor(name)})`;
  }
  if (Array.isArray(values)) {
    const list = values.map(code).join(', ');
    return rest['x-open'] === true ? `${list}, or another text` : list;
  }
  if (rest['const'] !== undefined) return code(rest['const']);
  const alternatives = asList(anyOf ?? oneOf);
  if (alternatives.length > 0) return alternatives.map(formatType).join(' or ');
  const [only] = asList(allOf);
  if (only !== undefined) return asList(allOf).map(formatType).join(' and ');
  const types = asList(type).length > 0 ? asList(type) : [type ?? 'any value'];
  return types
    .map((one) => {
      if (one === 'array')
        return `list of ${items === undefined ? 'any values' : formatType(items)}`;
      if (one === 'string' && format === 'binary') return 'bytes';
      if (one === 'object' && isObject(rest['additionalProperties'])) {
        return `map of ${formatType(rest['additionalProperties'])}`;
      }
      return typeof format === 'string' ? `${one} (${format})` : String(one);
    })
    .join(' or ');
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: '≥',
  maximum: '≤',
  exclusiveMinimum: '>',
  exclusiveMaximum: '<',
  minLength: 'length ≥',
  maxLength: 'length ≤',
  minItems: 'entries ≥',
  maxItems: 'entries ≤',
  minProperties: 'properties ≥',
  maxProperties: 'properties ≤',
  pattern: 'pattern',
  default: 'default',
};

/** The bounds and the default of a schema. */
export function formatBounds(schema: unknown): string {
  const own = asObject(schema);
  return Object.entries(BOUNDS)
    .filter(([keyword]) => own[keyword] !== undefined)
    .map(([keyword, text]) => `${text} ${code(own[keyword])}`)
    .join('; ');
}

/** Type and bounds. */
export const formatTypeCell = (schema: unknown): string =>
  [formatType(schema), formatBounds(schema)].filter((text) => text !== '').join('; ');

/** A row for each property, those of inline objects below them with their path. */
export function formatProperties(schema: unknown): string {
  return formatTable(['field', 'required', 'type', 'description'], listRows(asObject(schema), ''));
}

function listRows(schema: JsonObject, prefix: string): string[][] {
  const required = asList(schema['required']);
  const own = Object.entries(asObject(schema['properties'])).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const { deprecated, description, items } = asObject(property);
    const text = toCell(asText(description));
    const row = [
      `\`${path}\``,
      required.includes(name) ? 'yes' : '',
      formatTypeCell(property),
      deprecated === true ? `Deprecated. ${text}` : text,
    ];
    const inner = [
      ...listRows(asObject(property), `${path}.`),
      ...listRows(asObject(items), `${path}[].`),
    ];
    return [row, ...inner];
  });
  const others = schema['additionalProperties'];
  if (!isObject(others)) return own;
  const text = toCell(asText(others['description']));
  return [
    ...own,
    [`\`${prefix}…\` (any name)`, '', formatTypeCell(others), text],
    ...listRows(others, `${prefix}….`),
  ];
}
