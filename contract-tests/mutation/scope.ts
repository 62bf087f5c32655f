/** What a change can reach: the schemas and the operations that use the changed place. */
import { type Json, listOperations } from '../../spec-tools/operations.js';
import type { Scope } from '../facts/judge.js';
import type { Mutant } from './mutant.js';

const SECTIONS = ['schemas', 'parameters', 'headers', 'responses'] as const;

/** Whether a key of a path is this method, or concerns all of them. */
const isMethod = (key: string | undefined, method: string) =>
  key === undefined || key === 'servers' || key === 'parameters' || key === method;

export class Reach {
  /** The references of each component and operation, by `#/components/…` or the operationId. */
  readonly #references = new Map<string, ReadonlySet<string>>();
  readonly #operations: readonly { id: string; path: string; method: string }[];

  constructor(document: Json) {
    const components = (document['components'] ?? {}) as Record<string, Json>;
    for (const section of SECTIONS)
      for (const [name, node] of Object.entries(components[section] ?? {}))
        this.#references.set(`#/components/${section}/${name}`, collectReferences(node));
    this.#operations = listOperations(document);
    for (const { id, operation } of listOperations(document))
      this.#references.set(id, collectReferences(operation));
  }

  find({ path }: Mutant): Scope {
    const [root, section, name] = path.map(String);
    const all = this.#operations.map(({ id }) => id);
    if (root === 'paths') {
      const own = this.#operations.filter(
        (one) => section === undefined || (one.path === section && isMethod(name, one.method)),
      );
      const isRequest = !path.includes('responses') || path.length < 5;
      return { schemas: [], operations: own.map(({ id }) => id), hasRequests: isRequest };
    }
    if (root !== 'components' || section === 'securitySchemes')
      return { schemas: [], operations: all, hasRequests: true };
    const users = this.#findUsers(`#/components/${section}/${name}`);
    const prefix = '#/components/schemas/';
    const schemas = users.filter((one) => one.startsWith(prefix));
    return {
      schemas: schemas.map((one) => one.slice(prefix.length)),
      operations: all.filter((id) => users.includes(id)),
      hasRequests: section === 'parameters',
    };
  }

  /** The component itself and all that refer to it, nearest first. */
  #findUsers(start: string): string[] {
    const found = [start];
    for (const one of found)
      for (const [user, references] of this.#references)
        if (references.has(one) && !found.includes(user)) found.push(user);
    return found;
  }
}

function collectReferences(node: unknown, found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return found;
  for (const [key, child] of Object.entries(node)) {
    if (key === '$ref' && typeof child === 'string') found.add(child);
    else collectReferences(child, found);
  }
  return found;
}
