/** Holds the named schemas of a document against the facts. */
import { resolveRef } from '../../spec-tools/operations.js';
import { BATCH_SCHEMAS } from './batches.js';
import { DATA_ACCESS_SCHEMAS } from './data-access.js';
import { DATASET_SCHEMAS } from './datasets.js';
import { ERROR_SCHEMAS } from './errors.js';
import type { Messages } from './messages.js';
import type { Values } from './values.js';

export const SCHEMAS: Readonly<Record<string, Values>> = {
  ...BATCH_SCHEMAS,
  ...DATASET_SCHEMAS,
  ...DATA_ACCESS_SCHEMAS,
  ...ERROR_SCHEMAS,
};

/** What a schema accepts or refuses otherwise than it should. */
export function judgeSchema(messages: Messages, name: string): string[] {
  const schema = resolveRef(messages.document, `#/components/schemas/${name}`);
  if (schema === undefined) return [`the document lacks the schema ${name}`];
  return judgeValues(messages, schema, SCHEMAS[name], name);
}

export function judgeValues(
  messages: Messages,
  schema: unknown,
  { accept, refuse }: Values = { accept: [], refuse: [] },
  name: string,
): string[] {
  const format = (value: unknown) => JSON.stringify(value).slice(0, 300);
  return [
    ...accept
      .filter((value) => !messages.accepts(schema, value))
      .map((value) => `${name} must accept ${format(value)}`),
    ...refuse
      .filter((value) => messages.accepts(schema, value))
      .map((value) => `${name} must reject ${format(value)}`),
  ];
}
