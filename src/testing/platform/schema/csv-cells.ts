/** Cells of CSV as values of a flat schema. */
import { createReason, type Reason, toStep } from './reasons.js';
import { isIntegerType, isNode, type XdmField } from './xdm-field.js';

const NESTED = ['object', 'array', 'map'];

/**
 * The object whose fields are the columns: the row itself, or what an ad hoc schema has under its namespace.
 * `undefined` for a schema that is not flat, which CSV cannot be loaded into.
 */
export function findFlatFields(root: XdmField): XdmField | undefined {
  const parents = root.node['meta:extends'];
  const isAdHoc = Array.isArray(parents) && parents.some((id) => /\/data\/adhoc/.test(String(id)));
  const [only, ...others] = root.properties.values();
  const fields = isAdHoc && only?.type === 'object' && others.length === 0 ? only : root;
  const isFlat = [...fields.properties.values()].every(({ type }) => !NESTED.includes(type));
  return isFlat ? fields : undefined;
}

/** @returns the row without its empty cells, and the reasons why cells have no value of their type. */
export function parseCells(
  fields: XdmField,
  cells: unknown,
  nullMarker: string | undefined,
): { row: Record<string, unknown>; reasons: Reason[] } {
  const row: Record<string, unknown> = Object.create(null);
  const reasons: Reason[] = [];
  for (const [name, cell] of Object.entries(isNode(cells) ? cells : {})) {
    if (cell === '' || cell === nullMarker) continue;
    const field = fields.properties.get(name);
    if (field?.type === 'boolean' && cell !== 'true' && cell !== 'false') {
      const problem = 'must be true or false';
      reasons.push(createReason('DCVS-1104-400', `/${toStep(name)}`, problem));
    } else {
      row[name] = field === undefined ? cell : parseCell(field, String(cell));
    }
  }
  return { row, reasons };
}

/** Numbers and dates are parsed as those in JSON strings are. */
function parseCell({ type }: XdmField, text: string): unknown {
  if (type === 'boolean') return text === 'true';
  const isMilliseconds = type === 'date-time' && /^-?\d+$/.test(text);
  return isMilliseconds || isIntegerType(type) ? toInteger(text) : text;
}

const toInteger = (text: string): unknown => (/^[+-]?\d+$/.test(text) ? Number(text) : text);
