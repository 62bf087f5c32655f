/** Which operations a place of the document belongs to. */
import { dereference, type Json, jsonPointer, listOperations } from '../operations.js';

const SHOWN = 3;

/** All local `$ref`s below a node, followed through the document. */
function collectRefs(document: Json, node: unknown, found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return found;
  const ref = (node as Json)['$ref'];
  if (typeof ref === 'string') {
    if (found.has(ref)) return found;
    found.add(ref);
    return collectRefs(document, dereference(document, node), found);
  }
  for (const child of Object.values(node)) collectRefs(document, child, found);
  return found;
}

/** A function from a JSON pointer (`#/…`) to the ids of the operations that use the place. */
export function findUsersIn(document: Json): (path: string) => string[] {
  const schemes = (operation: Json) =>
    ((operation['security'] ?? document['security'] ?? []) as Json[])
      .flatMap((one) => Object.keys(one))
      .map((name) => `#${jsonPointer('components', 'securitySchemes', name)}`);
  const operations = listOperations(document).map(({ id, path, pointer, operation }) => {
    const item = (document['paths'] as Record<string, Json>)[path] ?? {};
    const refs = collectRefs(document, [operation, item['parameters'], item['$ref']]);
    return {
      id,
      places: [`#${pointer}`, ...refs, ...schemes(operation)],
      item: `#${jsonPointer('paths', path)}`,
      shared: `#${jsonPointer('paths', path, 'parameters')}`,
    };
  });
  return (path) => {
    const isIn = (place: string) => path === place || path.startsWith(`${place}/`);
    return operations
      .filter(({ places, item, shared }) => path === item || isIn(shared) || places.some(isIn))
      .map(({ id }) => id);
  };
}

/** The first ids, and how many more there are. */
export function formatUsers(ids: readonly string[]): string {
  if (ids.length === 0) return '(document)';
  const more = ids.length - SHOWN;
  return `${ids.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
