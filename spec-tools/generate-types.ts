import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { type Json, listOperations } from './operations.js';

const TITLE =
  '// Generated from spec/openapi.yaml by `make generate`. Do not edit: change spec/ and generate again.\n';
const HEADER = `${TITLE}
/** Bytes of a known size that can be read from the start any number of times. */
export interface ByteSource {
    /** Size in bytes. */
    readonly size: number;
    /** Writes all bytes in order. A chunk is valid until the promise returned by \`write\` resolves. */
    pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void>;
    /** The bytes from \`start\` (inclusive) to \`end\` (exclusive). */
    slice(start: number, end: number): ByteSource;
}

`;

/** The types of bytes in a request and in a response. */
const REQUEST_BYTES = 'Uint8Array | Blob | ByteSource';
const RESPONSE_BYTES = 'ReadableStream<Uint8Array>';

/** A named type as a node for openapi-typescript's printer. */
const createType = (name: string) => ts.factory.createTypeReferenceNode(name);

/** An enum that accepts any string in TypeScript; editors still complete the known values. */
const createOpenEnum = (values: readonly unknown[]) =>
  createType([...values.map((value) => JSON.stringify(value)), '(string & {})'].join(' | '));

/** generated/openapi.ts: types for every path, operation and schema. */
export async function generateTypes(document: Record<string, unknown>): Promise<string> {
  // The cast is safe: the document is bundled and linted, so it has this shape.
  // Parsed JSON, which the linter holds against OpenAPI.
  const ast = await openapiTS(document as unknown as OpenAPI3, {
    alphabetize: false,
    // By default `format: binary` becomes `string`, which no caller ever passes.
    transform(schema, { path = '' }) {
      if ('x-open' in schema) return createOpenEnum(schema.enum ?? []);
      if (!('format' in schema) || schema.format !== 'binary') return undefined;
      // A shared schema may be used in requests and responses, which have different types.
      if (path.includes('/components/schemas/')) {
        throw new Error(`${path}: define a binary body inline, in the request or the response`);
      }
      return createType(path.includes('/responses/') ? RESPONSE_BYTES : REQUEST_BYTES);
    },
  });
  return HEADER + astToString(ast);
}

/**
 * generated/document.ts: the whole document as a module, because bundlers do not include files that are
 * read at run time. It is a string because V8 parses JSON faster than an object literal.
 */
export function generateDocument(document: object): string {
  const text = JSON.stringify(JSON.stringify(document));
  return `${TITLE}
/** The document. */
export const document: Record<string, unknown> = JSON.parse(
  ${text},
);
`;
}

/** generated/operations.ts: maps method and path to the operationId. */
export function generateOperations(document: Json): string {
  const lines = listOperations(document).map(
    ({ id, method, path }) => `  '${method.toUpperCase()} ${path}': '${id}',`,
  );
  const note = '/** The operationId for each method and path. */';
  return `${TITLE}\n${note}\nexport const operationIds = {\n${lines.join('\n')}\n} as const;\n`;
}
