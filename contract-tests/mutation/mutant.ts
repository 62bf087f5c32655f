/** One change of a document. */
import { type Json, jsonPointer } from '../../spec-tools/operations.js';

export type Path = readonly (string | number)[];

export interface Mutant {
  /** The operator that made it, such as `parameter-dropped`. */
  kind: string;
  /** The place of the change, as a JSON pointer. */
  pointer: string;
  /** What was changed, for people. */
  change: string;
  path: Path;
  /** The new node at `path`; `undefined` removes it. */
  value: unknown;
}

export const createMutant = (kind: string, path: Path, value: unknown, change: string): Mutant => ({
  kind,
  pointer: jsonPointer(...path.map(String)),
  change,
  path,
  value,
});

/** The document with the change; whatever is not on its path is shared with the original. */
export const applyMutant = (document: Json, { path, value }: Mutant): Json =>
  replaceAt(document, path, value) as Json;

function replaceAt(node: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    const at = Number(key);
    const isRemoved = rest.length === 0 && value === undefined;
    if (isRemoved) return node.filter((_, index) => index !== at);
    return node.map((item, index) => (index === at ? replaceAt(item, rest, value) : item));
  }
  const parent = (node ?? {}) as Json;
  const next = replaceAt(parent[key], rest, value);
  if (next !== undefined) return { ...parent, [key]: next };
  return omitKey(parent, String(key));
}

export const omitKey = (node: Json, name: string): Json =>
  Object.fromEntries(Object.entries(node).filter(([key]) => key !== name));

/** The object with one key renamed, in the same order. */
export const renameKey = (node: Json, from: string, to: string): Json =>
  Object.fromEntries(Object.entries(node).map(([key, value]) => [key === from ? to : key, value]));
