import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { type Json, operationsOf } from './document.js';

const TITLE =
  '// Generated from spec/openapi.yaml by `make generate`. Do not edit: change spec/ and generate again.\n';
const HEADER = `${TITLE}
/** Bytes of a known size that can be read from their start as often as needed. */
export interface ByteSource {
    /** How many bytes there are. */
    readonly size: number;
    /** Hands out all of them in order. A chunk is good until the promise of \`write\` is kept. */
    pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void>;
    /** The bytes from \`start\` to before \`end\`. */
    slice(start: number, end: number): ByteSource;
}

`;

/** What a caller passes as the bytes of a request, and what an answer's bytes come as. */
const REQUEST_BYTES = 'Uint8Array | Blob | ByteSource';
const ANSWER_BYTES = 'ReadableStream<Uint8Array>';

/** A type node as openapi-typescript's printer takes it: our words, in its tree. */
const type = (name: string) => ts.factory.createTypeReferenceNode(name);

/** A list that is closed in the document and open for callers; an editor still offers the values. */
const openEnum = (values: readonly unknown[]) =>
  type([...values.map((value) => JSON.stringify(value)), '(string & {})'].join(' | '));

/** generated/openapi.ts: the types of every path, operation and schema. */
export async function generateTypes(document: Record<string, unknown>): Promise<string> {
  // Ours is bundled and linted, so it is what the type says, which JSON in general is not.
  const ast = await openapiTS(document as unknown as OpenAPI3, {
    alphabetize: false,
    // By default `format: binary` becomes `string`, which is never what one passes.
    transform(schema, { path = '' }) {
      if ('x-open' in schema) return openEnum(schema.enum ?? []);
      if (!('format' in schema) || schema.format !== 'binary') return undefined;
      // A shared schema may be used on both sides, and its path does not tell which.
      if (path.includes('/components/schemas/')) {
        throw new Error(`${path}: write bytes in place, in the request or the answer`);
      }
      return type(path.includes('/responses/') ? ANSWER_BYTES : REQUEST_BYTES);
    },
  });
  return HEADER + astToString(ast);
}

/**
 * generated/document.ts: the whole document as a module, which a bundler takes along, as it does not a file
 * that is read. As text, since V8 parses JSON faster than an object literal.
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

/** generated/operations.ts: which operation a method and a path are. */
export function generateOperations(document: Json): string {
  const lines = operationsOf(document).map(
    ({ id, method, path }) => `  '${method.toUpperCase()} ${path}': '${id}',`,
  );
  const note = '/** The operationId at each method and path. */';
  return `${TITLE}\n${note}\nexport const operationIds = {\n${lines.join('\n')}\n} as const;\n`;
}
