/** Holds values against the schemas of the document: what the generators make is checked by ajv, too. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { document } from '../../spec-tools/bundled-document.js';
import { withoutExamples } from '../../spec-tools/operations.js';

const ajv = new Ajv2020({ strict: false, validateSchema: false });
ajv.addSchema(withoutExamples(document), 'document');
const compiled = new Map<unknown, ValidateFunction>();

/** @param schema any schema of the document; its references are relative to the document. */
export function isValid(schema: unknown, value: unknown): boolean {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
    compiled.set(schema, check);
  }
  return check(value);
}
