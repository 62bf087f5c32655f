import { compileChecks } from './compile-checks.js';
import { dereference, type Json, listOperations } from './operations.js';

const BYTES = 'application/octet-stream';

/** The schema of each parameter, header and body that is not bytes. */
function listMessageSchemas(document: Json): Json[] {
  const resolve = (node: unknown) => dereference(document, node);
  const list = (node: unknown) => Object.values((node ?? {}) as Json).map(resolve);
  const listMedia = ({ content = {} }: Json) =>
    Object.entries(content as Json)
      .filter(([type]) => type !== BYTES)
      .map(([, media]) => media as Json);
  return listOperations(document)
    .flatMap(({ operation }) => [
      ...list(operation['parameters']),
      ...listMedia(resolve(operation['requestBody'] ?? {})),
      ...list(operation['responses']).flatMap((response) => [
        ...list(response['headers']),
        ...listMedia(response),
      ]),
    ])
    .flatMap(({ schema }) => (schema === undefined ? [] : [schema as Json]));
}

/**
 * generated/message-checks.ts: for the simulator, a check of each schema that a message has at its top, by the schema's
 * text. Compiled here, because a simulator usually lives shorter than ajv takes to be loaded and to compile them.
 */
export function generateMessageChecks(document: Json): string {
  const texts = new Set(listMessageSchemas(document).map((schema) => JSON.stringify(schema)));
  const named = [...texts].map((text, index) => ({ text, name: `check${index}` }));
  const schemas = new Map(named.map(({ text, name }) => [name, JSON.parse(text)]));
  // Formats are hints for people and generators.
  const options = { validateFormats: false, inlineRefs: false };
  const code = compileChecks(document, schemas, options);
  const entries = named.map(({ text, name }) => `  [${JSON.stringify(text)}, ${name}],`);
  return `${code}\nexport const messageChecks = new Map([\n${entries.join('\n')}\n]);\n`;
}
