/**
 * What batch ingestion checks of a converted value, as JSON Schema: types, enums, ranges, required fields. The
 * platform's page on data quality excludes patterns and formats; lengths are not checked, either.
 */
import { INTEGER_RANGES, isIntegerType, type Node, type XdmField } from './xdm-field.js';

/** What no page says: the quirks of the simulator. */
export interface SchemaQuirks {
  readonly unknownFields: 'ignored' | 'rejected';
  readonly emptyValues: 'accepted' | 'rejected';
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** The formats that dates are parsed from. */
export const DATE_FORMATS = ['date', 'date-time'] as const;
/** Milliseconds are read as `long`. */
const TIME_RANGE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER } as const;
/** Names of fields as schemas define them, such as `xdm:name` and `@id`; rows have other ones. */
const DEFINED_NAME = /[:@]/;

/** The constraints of a field alone, without those of the fields in it. */
export function toConstraints(field: XdmField, quirks: SchemaQuirks): JsonSchema {
  const { type, node } = field;
  const values =
    Array.isArray(node['enum']) && node['enum'].length > 0 ? { enum: node['enum'] } : {};
  const isEmptyRejected = quirks.emptyValues === 'rejected';
  switch (type) {
    case 'any':
      return values;
    case 'string':
      return { type, ...values, ...(isEmptyRejected ? { minLength: 1 } : {}) };
    case 'date':
    case 'date-time':
      // Milliseconds stay integers; the format is one of texts.
      return { type: ['string', 'integer'], format: type, ...TIME_RANGE, ...values };
    case 'boolean':
      return { type, ...values };
    case 'array':
      return { type, ...(isEmptyRejected ? { minItems: 1 } : {}) };
    case 'map':
      return { type: 'object', ...(isEmptyRejected ? { minProperties: 1 } : {}) };
    case 'object':
      return toObjectConstraints(field, quirks);
    default:
      return { ...toNumberConstraints(field), ...values };
  }
}

function toNumberConstraints({ type, node }: XdmField): JsonSchema {
  const limits = pickNumbers(node, 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum');
  if (!isIntegerType(type)) return { type: 'number', ...limits };
  const [least, most] = INTEGER_RANGES[type];
  const { minimum = least, maximum = most } = limits;
  return {
    type: 'integer',
    ...limits,
    minimum: Math.max(least, minimum),
    maximum: Math.min(most, maximum),
  };
}

function pickNumbers<Name extends string>(
  node: Node,
  ...names: readonly Name[]
): { [Key in Name]?: number } {
  const found: { [Key in Name]?: number } = {};
  for (const name of names) {
    const value = node[name];
    if (typeof value === 'number') found[name] = value;
  }
  return found;
}

function toObjectConstraints(field: XdmField, quirks: SchemaQuirks): JsonSchema {
  const { properties, values, required } = field;
  const names = [...properties.keys()];
  const known = Object.fromEntries(names.map((name) => [name, true]));
  const isOpen = values !== undefined || quirks.unknownFields === 'ignored';
  const hasDefinedNames = names.some((name) => DEFINED_NAME.test(name));
  return {
    type: 'object',
    required: [...required],
    // Without its required fields, an empty object is rejected as well, for a better reason.
    ...(quirks.emptyValues === 'rejected' && required.size === 0 ? { minProperties: 1 } : {}),
    ...(values === undefined && !hasDefinedNames
      ? { patternProperties: { [DEFINED_NAME.source]: false } }
      : {}),
    ...(isOpen ? {} : { properties: known, additionalProperties: false }),
  };
}
