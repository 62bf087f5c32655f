/**
 * `spec-tools/` reads the OpenAPI document: its operations, its response cases, its surface, and a
 * Prism mock of it. The scripts and the contract tests use it; it imports neither.
 */

export type Json = Record<string, unknown>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export interface Operation {
  /** The operationId. */
  id: string;
  path: string;
  /** In lower case, as in the document. */
  method: string;
  /** The JSON pointer of the operation, without the `#`. */
  pointer: string;
  operation: Json;
}

/** Every operation, in document order. */
export function listOperations(document: Json): Operation[] {
  return Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({
      id: (item[method] as Json)['operationId'] as string,
      path,
      method,
      pointer: jsonPointer('paths', path, method),
      operation: item[method] as Json,
    })),
  );
}

/** The document for ajv, which takes the `$id` of a schema in an example for one of its own. */
export const withoutExamples = (document: Json): Json => ({
  ...document,
  components: { ...(document['components'] as Json), examples: {} },
});

/** A JSON pointer, with `~` and `/` escaped in each part. */
export const jsonPointer = (...parts: string[]): string =>
  parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The node that a local `$ref` points to. */
export function resolveRef(document: Json, ref: string): unknown {
  const parts = ref.replace(/^#\//, '').split('/');
  return parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, part) => (node as Json | undefined)?.[part], document);
}

/**
 * The node itself, or the node that its `$ref` points to. `Node` is what a document that was linted has at that
 * place, such as a parameter.
 */
export function dereference<Node = Json>(document: Json, node: unknown): Node {
  const ref = (node as Json | undefined)?.['$ref'];
  return typeof ref === 'string'
    ? dereference<Node>(document, resolveRef(document, ref))
    : (node as Node);
}
