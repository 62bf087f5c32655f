/** Finds the operation of a request. */
import { type Json, listOperations, type Operation } from '../../spec-tools/operations.js';

export interface Match {
  operation: Operation;
  /** Decoded path parameters by name. */
  path: Record<string, string>;
}

export type Router = (method: string, target: string) => Match | undefined;

/** @returns a function that finds the operation of a method and a path with query. */
export function createRouter(document: Json): Router {
  const routes = listOperations(document).map((operation) => {
    const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const pattern = operation.path
      .replaceAll('.', '\\.')
      // The only parameter whose slashes are sent unencoded.
      .replace('{filePath}', '([^?]+)')
      .replace(/\{\w+\}/g, '([^/?]+)');
    return { operation, names, pattern: new RegExp(`^${pattern}(?:\\?|$)`) };
  });
  return (method, target) => {
    for (const { operation, names, pattern } of routes) {
      const found = operation.method === method.toLowerCase() ? pattern.exec(target) : null;
      if (found === null) continue;
      const path = names.map((name, at) => [name, decode(found[at + 1] ?? '')]);
      return { operation, path: Object.fromEntries(path) };
    }
    return undefined;
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded text is a value, too
  }
}
