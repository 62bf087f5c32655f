import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';

const HEADER = `// Generated from spec/openapi.yaml by \`make generate\`. Do not edit: change spec/ and generate again.

`;

/** What a caller passes as the bytes of a request, and what an answer's bytes come as. */
const REQUEST_BYTES = 'Uint8Array | Blob';
const ANSWER_BYTES = 'ReadableStream<Uint8Array>';

/** A type node as openapi-typescript's printer takes it: our words, in its tree. */
const type = (name: string) => ts.factory.createTypeReferenceNode(name);

/** generated/openapi.ts: the types of every path, operation and schema. */
export async function generateTypes(document: Record<string, unknown>): Promise<string> {
  const ast = await openapiTS(document as unknown as OpenAPI3, {
    alphabetize: false,
    // By default `format: binary` becomes `string`, which is never what one passes.
    transform(schema, { path = '' }) {
      if (!('format' in schema) || schema.format !== 'binary') return undefined;
      // A shared schema may be used on both sides, and its path does not tell which.
      if (path.includes('/components/schemas/')) {
        throw new Error(`${path}: write bytes in place, in the request or the answer, not as a schema`);
      }
      return type(path.includes('/responses/') ? ANSWER_BYTES : REQUEST_BYTES);
    },
  });
  return HEADER + astToString(ast);
}
