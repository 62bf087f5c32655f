/** Writes the fields of a schema as types of TypeScript, for programs that make rows. */
import { type Field, INTEGER_BOUNDS, isIntegerType } from './field.js';
import type { RowSchema } from './row-schema.js';
import {
  enclose,
  indent,
  type Lines,
  quote,
  toComment,
  toLiteral,
  toPropertyName,
  toTypeName,
} from './type-text.js';

/** What the file declares itself, or uses of TypeScript. */
const RESERVED_NAMES = ['Row', 'Array', 'Record'];
/** The last step of a data type's `$id` where it is not a name: tenants have hashes there. */
const HASH = /^[\da-f]{16,}$/i;
const MAX_DEFAULT_CHARACTERS = 200;

/**
 * A module of TypeScript that exports the type `Row` of the schema's rows, for `ingest<Row>({ records })`,
 * and an interface for each data type. The same schema gives the same text: fields are in the order of
 * their names.
 *
 * Values are as rows should have them, not what the platform would convert: a closed enum is a union, a
 * suggested value (`meta:enum`) one of an open one, dates are strings, and nothing is `null`. What the
 * schema says nothing about is `unknown`. A required field with a default is optional.
 */
export function generateTypes(
  schema: Pick<RowSchema, 'root' | 'title' | 'version' | 'id'>,
): string {
  const { root, id } = schema;
  const dataTypes = new DataTypes();
  const row = enclose('export interface Row ', dataTypes.renderFields(root), '');
  const name = [schema.title ?? 'the schema', schema.version].filter(Boolean).join(' ');
  const lines = [
    ...toComment([
      `Rows of ${name}${id === undefined ? '' : ` (${id})`}, written by \`aep-batch types\`.`,
      ...(root.description === undefined ? [] : [root.description]),
    ]),
    ...row,
    ...dataTypes.declarations(),
  ];
  return `${lines.join('\n')}\n`;
}

/** The data types of one schema: those that agree in all of their fields are one interface. */
class DataTypes {
  /** By the `$id` and the fields. */
  readonly #names = new Map<string, string>();
  readonly #taken = new Set(RESERVED_NAMES);
  readonly #bodies = new Map<string, Lines>();

  /** The interfaces, by their names. */
  declarations(): Lines {
    const names = [...this.#bodies.keys()].sort(compare);
    return names.flatMap((name) => ['', ...(this.#bodies.get(name) ?? [])]);
  }

  /** The fields of an object, in braces. */
  renderFields({ properties, required, values }: Field): Lines {
    const fields = [...properties].sort(([one], [other]) => compare(one, other));
    const members = fields.flatMap(([name, field]): Lines => {
      const isRequired = required.includes(name) && field.default === undefined;
      const before = `${toPropertyName(name)}${isRequired ? '' : '?'}: `;
      return [...toComment(describeField(field)), ...enclose(before, this.#render(field), ';')];
    });
    // Fields without a name in the schema have to agree with all that have one.
    const others = values === undefined ? [] : ['[name: string]: unknown;'];
    const all = [...members, ...others];
    return ['{', ...indent(all), '}'];
  }

  #render(field: Field): Lines {
    switch (field.type) {
      case 'object':
        return this.#renderObject(field);
      case 'map':
        return enclose('Record<string, ', this.#renderValues(field), '>');
      case 'array':
        return this.#renderArray(field);
      case 'boolean':
        return renderEnum(field, 'boolean');
      case 'any':
        return renderEnum(field, 'unknown');
      case 'string':
      case 'date':
      case 'date-time':
        return renderEnum(field, 'string');
      default:
        return renderEnum(field, 'number');
    }
  }

  #renderValues({ values }: Field): Lines {
    return values === undefined ? ['unknown'] : this.#render(values);
  }

  #renderArray(field: Field): Lines {
    const element = this.#renderValues(field);
    const [only = ''] = element;
    const isName = element.length === 1 && /^\w+$/.test(only);
    return isName ? [`${only}[]`] : enclose('Array<', element, '>');
  }

  #renderObject(field: Field): Lines {
    const body = this.renderFields(field);
    const { reference } = field;
    if (reference === undefined) return body;
    const key = JSON.stringify([reference, body]);
    const known = this.#names.get(key);
    if (known !== undefined) return [known];
    const name = this.#chooseName(reference, field);
    this.#names.set(key, name);
    const comment = toComment([`The data type ${reference}.`]);
    this.#bodies.set(name, [...comment, ...enclose(`export interface ${name} `, body, '')]);
    return [name];
  }

  #chooseName(reference: string, { title, path }: Field): string {
    const steps = reference.split(/[/#?]/).filter((step) => step !== '');
    const last = steps.at(-1) ?? '';
    const own = path.split('/').findLast((step) => step !== '*') ?? '';
    const candidates = [HASH.test(last) ? '' : last, title ?? '', own].map(toTypeName);
    const name = candidates.find((one) => one !== '') ?? 'DataType';
    let [free, number] = [name, 1];
    while (this.#taken.has(free)) free = `${name}${++number}`;
    this.#taken.add(free);
    return free;
  }
}

/** The order of code units, which no language of the system changes. */
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** The values that a field takes; the type where they are open and have no names. */
function renderEnum(field: Field, type: 'string' | 'number' | 'boolean' | 'unknown'): Lines {
  const allowed = field.enum?.filter((value) => type === 'unknown' || typeof value === type);
  if (allowed !== undefined) {
    const literals = allowed.map(toLiteral);
    const isComplete = literals.length > 0 && !literals.includes(undefined);
    return isComplete ? [[...new Set(literals)].join(' | ')] : [type];
  }
  const suggested = Object.keys(field.suggested ?? {}).sort(compare);
  if (type !== 'string' || suggested.length === 0) return [type];
  return [[...suggested.map(quote), '(string & {})'].join(' | ')];
}

/** What is said of a field: its title and description, and what its type cannot say. */
function describeField(field: Field): string[] {
  const { title, description, isDeprecated } = field;
  const texts = [title, description === title ? undefined : description, ...listFacts(field)];
  const labels = Object.entries(field.suggested ?? {})
    .filter(([value, label]) => label !== value && label !== '')
    .map(([value, label]) => `- \`${value}\`: ${label}`);
  const tags = isDeprecated ? ['@deprecated The schema marks it as deprecated.'] : [];
  return [...texts.filter((text) => text !== undefined), ...labels, ...tags];
}

const DATE_FORMS: Readonly<Record<string, string>> = {
  date: 'A date: `2026-01-31`.',
  'date-time': 'A date and time with its zone: `2026-01-31T12:00:00Z`.',
};

function listFacts(field: Field): string[] {
  const { type, minLength, maxLength, pattern, format } = field;
  const form = DATE_FORMS[type];
  const hasFormat = form === undefined && type === 'string' && format !== undefined;
  const facts = [
    form,
    describeRange(field),
    minLength === undefined ? undefined : `At least ${minLength} characters.`,
    maxLength === undefined ? undefined : `At most ${maxLength} characters.`,
    pattern === undefined ? undefined : `Pattern: \`${pattern}\``,
    hasFormat ? `Format: ${format}` : undefined,
    describeDefault(field),
  ];
  return facts.filter((fact) => fact !== undefined);
}

function describeRange(field: Field): string | undefined {
  const { type, minimum, maximum } = field;
  if (isIntegerType(type)) {
    const [least, most] = INTEGER_BOUNDS[type];
    return `A whole number from ${minimum ?? least} to ${Math.min(maximum ?? most, most)}.`;
  }
  if (type !== 'number') return undefined;
  const bounds = [
    minimum === undefined ? [] : [`at least ${minimum}`],
    maximum === undefined ? [] : [`at most ${maximum}`],
    field.exclusiveMinimum === undefined ? [] : [`above ${field.exclusiveMinimum}`],
    field.exclusiveMaximum === undefined ? [] : [`below ${field.exclusiveMaximum}`],
  ].flat();
  return bounds.length === 0 ? undefined : `A number: ${bounds.join(', ')}.`;
}

function describeDefault({ default: value }: Field): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length > MAX_DEFAULT_CHARACTERS ? undefined : `Default: \`${text}\``;
}
