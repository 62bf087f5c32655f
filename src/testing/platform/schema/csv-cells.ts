/** Cells of CSV as values of a flat schema. */
import { InvalidCsvHeaderError } from '../csv-rows.js';
import { findField } from './conversion.js';
import { isIntegerType, isNode, type XdmField } from './xdm-field.js';

const NESTED = ['object', 'array', 'map'];

/**
 * An object whose fields are the columns: those of the schema, or of what an ad hoc schema has under its
 * namespace. `undefined` for a schema that is not flat, which CSV cannot be loaded into.
 */
export function findFlatFields(root: XdmField): XdmField | undefined {
  const parents = root.node['meta:extends'];
  const isAdHoc = Array.isArray(parents) && parents.some((id) => /\/data\/adhoc/.test(String(id)));
  const isSpread = ({ type }: XdmField) => isAdHoc && type === 'object';
  const fields = [...root.properties];
  const spread = fields.map(([, field]) => field).filter(isSpread);
  const own = fields.filter(([, field]) => !isSpread(field));
  const properties = new Map([...own, ...spread.flatMap((field) => [...field.properties])]);
  if ([...properties.values()].some(({ type }) => NESTED.includes(type))) return undefined;
  const ownRequired = [...root.required].filter((name) => properties.has(name));
  const required = new Set([...ownRequired, ...spread.flatMap((field) => [...field.required])]);
  return { ...root, properties, required };
}

/**
 * The row without its empty cells, which are missing values. A text that is not a value of its field stays text.
 * @throws {InvalidCsvHeaderError} for a column whose name contains a blank.
 */
export function parseCells(
  fields: XdmField,
  cells: unknown,
  nullMarker: string | undefined,
): Record<string, unknown> {
  const row: Record<string, unknown> = Object.create(null);
  for (const [header, cell] of Object.entries(isNode(cells) ? cells : {})) {
    const name = header.trim();
    const field = findField(fields, name);
    if (field === undefined && /\s/.test(name)) throw new InvalidCsvHeaderError();
    if (cell === '' || cell === nullMarker) continue;
    row[name] = field === undefined ? cell : parseCell(field, String(cell));
  }
  return row;
}

/** Numbers and dates are parsed as those in JSON strings are; a time may be in milliseconds. */
function parseCell({ type }: XdmField, text: string): unknown {
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text);
  const isInteger = isIntegerType(type) || type === 'date-time';
  return isInteger && /^[+-]?\d+$/.test(text) ? Number(text) : text;
}
