/** How the scripts and the contract tests walk the bundled document. */

export type Json = Record<string, unknown>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export interface Operation {
  /** The operationId. */
  id: string;
  path: string;
  /** In lower case, as in the document. */
  method: string;
  /** Where the operation stands, as a JSON pointer without the `#`. */
  pointer: string;
  operation: Json;
}

/** Every operation, in the document's order. */
export function operationsOf(document: Json): Operation[] {
  return Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({
      id: (item[method] as Json)['operationId'] as string,
      path,
      method,
      pointer: pointerTo('paths', path, method),
      operation: item[method] as Json,
    })),
  );
}

/** A JSON pointer, with `~` and `/` escaped in each part. */
export const pointerTo = (...parts: string[]): string =>
  parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What a local `$ref` stands for. */
export function resolve(document: Json, ref: string): unknown {
  const parts = ref.replace(/^#\//, '').split('/');
  return parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, part) => (node as Json | undefined)?.[part], document);
}

/** The node itself, or what its `$ref` stands for. */
export function follow(document: Json, node: unknown): Json {
  const ref = (node as Json | undefined)?.['$ref'];
  return typeof ref === 'string' ? follow(document, resolve(document, ref)) : (node as Json);
}
