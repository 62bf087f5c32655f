/** The bundled document, as the simulator reads it: its routes, and what each of them promises. */
import { document as bundled } from '../../../generated/document.js';
import type { operations } from '../../../generated/openapi.js';
import { operationIds } from '../../../generated/operations.js';

export type Json = Record<string, unknown>;
/** The operationId of the document. */
export type OperationId = keyof operations;

/** One operation of the document, and which requests call it. */
export interface Route {
  readonly operation: OperationId;
  readonly method: string;
  /** The path with a group for each of its parameters. */
  readonly pattern: RegExp;
  /** The operation as the document has it. */
  readonly described: Json;
}

/** The whole document. */
export const document: Json = bundled;

/** The node itself, or what its `$ref` stands for. */
export function follow(node: unknown): Json {
  const ref = (node as Json | undefined)?.['$ref'];
  if (typeof ref !== 'string') return node as Json;
  const parts = ref
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return follow(parts.reduce<unknown>((at, part) => (at as Json)[part], document));
}

/** A file's path keeps its slashes on the wire; every other parameter is one segment. */
const groupOf = (name: string) => `(?<${name}>${name === 'filePath' ? '.+' : '[^/]+'})`;

const routes: readonly Route[] = Object.entries(operationIds).map(([call, operation]) => {
  const [method = '', path = ''] = call.split(' ');
  const item = (document['paths'] as Record<string, Json>)[path] as Json;
  const pattern = path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, (_, name) => groupOf(name));
  const described = item[method.toLowerCase()] as Json;
  return { operation, method, pattern: new RegExp(`^${pattern}$`), described };
});

/** Which operation a request calls, and whether the path has others. */
export function routeAt(method: string, path: string): { route?: Route; known: boolean } {
  const there = routes.filter(({ pattern }) => pattern.test(path));
  const route = there.find((candidate) => candidate.method === method);
  return route === undefined ? { known: there.length > 0 } : { route, known: true };
}

/** What the document says about an answer with this status; `undefined` if it has none. */
export function responseOf(route: Route, status: number): Json | undefined {
  const entry = (route.described['responses'] as Json)[`${status}`];
  return entry === undefined ? undefined : follow(entry);
}
