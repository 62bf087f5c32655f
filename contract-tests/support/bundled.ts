/** The bundled document, as the contract tests read it. */
import { readFileSync } from 'node:fs';
import { follow, type Json, operationsOf } from '../../scripts/document.js';

export const document: Json = JSON.parse(
  readFileSync(new URL('../../generated/openapi.json', import.meta.url), 'utf8'),
);

/** An example of an answer: which status it belongs to, and its value. */
export interface AnswerExample {
  operation: string;
  status: number;
  mediaType: string;
  name: string;
  value: unknown;
}

/** Every named example of every answer. */
export const answerExamples: AnswerExample[] = operationsOf(document).flatMap(({ id, operation }) =>
  Object.entries(operation['responses'] as Json).flatMap(([status, response]) =>
    Object.entries((follow(document, response)['content'] ?? {}) as Json).flatMap(
      ([mediaType, media]) =>
        Object.entries(((media as Json)['examples'] ?? {}) as Json).map(([name, example]) => ({
          operation: id,
          status: Number(status),
          mediaType,
          name,
          value: follow(document, example)['value'],
        })),
    ),
  ),
);

/** The value of an example, by its name. */
export function example<T = unknown>(name: string): T {
  const examples = (document['components'] as Json)['examples'] as Json;
  const found = examples[name] as { value: T } | undefined;
  if (found === undefined) throw new Error(`spec/examples/ has no ${name}`);
  return found.value;
}
