/** `generated/openapi.json`, parsed, and its examples by name. */
import { readFileSync } from 'node:fs';
import type { Json } from './operations.js';

export const document: Json = JSON.parse(
  readFileSync(new URL('../generated/openapi.json', import.meta.url), 'utf8'),
);

/** The value of an example. */
export function example<T = unknown>(name: string): T {
  const examples = (document['components'] as Json)['examples'] as Json;
  const found = examples[name] as { value: T } | undefined;
  if (found === undefined) throw new Error(`spec/examples/ has no ${name}`);
  return found.value;
}
