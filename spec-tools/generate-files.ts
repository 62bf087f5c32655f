/** Every file of generated/, by its name. */
import { generateMessageChecks } from './generate-message-checks.js';
import { generateRequestChecks } from './generate-request-checks.js';
import { generateDocument, generateOperations, generateTypes } from './generate-types.js';
import type { Json } from './operations.js';

const NOTE = 'from spec/ by `make generate`; do not edit';

/** @param document bundled. */
export const generateFiles = async (document: Json): Promise<Record<string, string>> => ({
  'openapi.json': `${JSON.stringify({ 'x-generated': NOTE, ...document }, null, 2)}\n`,
  'document.ts': generateDocument(document),
  'operations.ts': generateOperations(document),
  'openapi.ts': await generateTypes(document),
  'request-checks.ts': generateRequestChecks(document),
  'message-checks.ts': generateMessageChecks(document),
});
