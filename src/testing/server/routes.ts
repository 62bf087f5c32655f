/** The routes of the bundled OpenAPI document, and what it describes for each of them. */
import { document as bundled } from '../../../generated/document.js';
import type { operations } from '../../../generated/openapi.js';
import { operationIds } from '../../../generated/operations.js';

export type Json = Record<string, unknown>;
/** An operationId of the OpenAPI document. */
export type OperationId = keyof operations;

/** One operation of the OpenAPI document, and which requests it serves. */
export interface Route {
  readonly operation: OperationId;
  readonly method: string;
  /** The path with a group for each of its parameters. */
  readonly pattern: RegExp;
  /** The operation as the document has it. */
  readonly description: Json;
}

export const document: Json = bundled;

/** The node itself, or what its `$ref` points to. */
export function resolveRef(node: unknown): Json {
  const ref = (node as Json | undefined)?.['$ref'];
  if (typeof ref !== 'string') return node as Json;
  const keys = ref
    .slice(2)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return resolveRef(keys.reduce<unknown>((at, key) => (at as Json)[key], document));
}

/** A file's path keeps its slashes in the URL; every other parameter is one segment. */
const toGroup = (name: string) => `(?<${name}>${name === 'filePath' ? '.+' : '[^/]+'})`;

const routes: readonly Route[] = Object.entries(operationIds).map(([call, operation]) => {
  const [method = '', path = ''] = call.split(' ');
  const item = (document['paths'] as Record<string, Json>)[path] as Json;
  const pattern = path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, (_, name) => toGroup(name));
  const description = item[method.toLowerCase()] as Json;
  return { operation, method, pattern: new RegExp(`^${pattern}$`), description };
});

/** The route of a request; without one, whether the path exists for other methods. */
export function findRoute(method: string, path: string): { route?: Route; isKnownPath: boolean } {
  const candidates = routes.filter(({ pattern }) => pattern.test(path));
  const route = candidates.find((candidate) => candidate.method === method);
  return route === undefined
    ? { isKnownPath: candidates.length > 0 }
    : { route, isKnownPath: true };
}

/** What the document describes for a response with this status, if it has one. */
export function findResponse(route: Route, status: number): Json | undefined {
  const entry = (route.description['responses'] as Json)[`${status}`];
  return entry === undefined ? undefined : resolveRef(entry);
}

export function splitUrl(url: string): { pathname: string; query: URLSearchParams } {
  const at = url.indexOf('?');
  return at < 0
    ? { pathname: url, query: new URLSearchParams() }
    : { pathname: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}
