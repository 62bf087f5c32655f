/** Holds responses against the OpenAPI document: status, headers, content type, body. */
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';

type Json = Record<string, unknown>;

/** A response as it was received. */
export interface ReceivedResponse {
  /** The operationId. */
  readonly operation: string;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The text of the body; `undefined` where it was not read, as of a download. */
  readonly body: string | undefined;
}

/** One difference between a response and the document. */
export interface Difference {
  /** `status`, `content-type`, `header <name>`, or `body` followed by a JSON pointer into it. */
  path: string;
  /** What the document says. */
  expected: string;
  /** What was received. */
  received: unknown;
  /** The same for all differences of one kind, whatever ids are in the path. */
  kind: string;
}

const SCHEMA_ID = 'document';
/** Each further one is usually a consequence of these. */
const MAX_BODY_DIFFERENCES = 20;
const COMBINERS = new Set(['anyOf', 'oneOf']);

export class ResponseChecker {
  readonly #document: Json;
  readonly #ajv: Ajv2020;
  readonly #operations = new Map<string, { method: string; operation: Json }>();
  /** Compiled when they are first needed: all of them take half a second. */
  readonly #compiled = new Map<unknown, ValidateFunction>();

  private constructor(document: Json, ajv: Ajv2020) {
    this.#document = document;
    this.#ajv = ajv;
    for (const item of Object.values(document['paths'] as Record<string, Json>)) {
      for (const [method, value] of Object.entries(item)) {
        const operation = value as Json;
        const id = operation['operationId'];
        if (typeof id === 'string') this.#operations.set(id, { method, operation });
      }
    }
  }

  /** Loads ajv. @param document a bundled OpenAPI document. */
  static async load(document: Json): Promise<ResponseChecker> {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const ajv = new Ajv2020({
      strict: false,
      validateSchema: false,
      validateFormats: false,
      allErrors: true,
      verbose: true,
      logger: false,
    });
    // ajv takes the `$id` of a schema in an example for one of its own.
    const components = { ...(document['components'] as Json), examples: {} };
    ajv.addSchema({ ...document, components }, SCHEMA_ID);
    return new ResponseChecker(document, ajv);
  }

  /** Nothing for an operation that the document does not have: `raw` can call any path. */
  check(response: ReceivedResponse): Difference[] {
    const found = this.#operations.get(response.operation);
    if (found === undefined) return [];
    const responses = found.operation['responses'] as Record<string, unknown>;
    const { status } = response;
    const entry = responses[status] ?? responses[`${Math.trunc(status / 100)}XX`];
    const described = entry ?? responses['default'];
    if (described === undefined) {
      const expected = `one of ${Object.keys(responses).join(', ')}`;
      return [{ path: 'status', expected, received: status, kind: 'status' }];
    }
    const node = this.#resolve(described);
    const isHead = found.method === 'head';
    return [...this.#checkHeaders(node, response), ...this.#checkBody(node, response, isHead)];
  }

  #checkHeaders(described: Json, { headers }: ReceivedResponse): Difference[] {
    return Object.entries((described['headers'] ?? {}) as Json).flatMap(
      ([name, entry]): Difference[] => {
        const header = this.#resolve(entry);
        const text = headers.get(name);
        const path = `header ${name.toLowerCase()}`;
        if (text === null) {
          const missing = { path, expected: 'a value', received: undefined, kind: path };
          return header['required'] === true ? [missing] : [];
        }
        const schema = header['schema'] as Json | undefined;
        if (schema === undefined) return [];
        const errors = this.#validate(schema, parseHeader(this.#resolve(schema), text));
        return errors.slice(0, 1).map(({ message }) => ({
          path,
          expected: String(message),
          received: text,
          kind: path,
        }));
      },
    );
  }

  #checkBody(described: Json, { headers, body }: ReceivedResponse, isHead: boolean): Difference[] {
    const content = described['content'] as Record<string, Json> | undefined;
    // What has no content in the document may have any, which is ignored; see docs/known-drift.md.
    if (content === undefined || isHead || body === '') return [];
    const received = headers.get('content-type');
    const media = findMedia(content, received);
    if (media === undefined) {
      const expected = `one of ${Object.keys(content).join(', ')}`;
      return [{ path: 'content-type', expected, received, kind: 'content-type' }];
    }
    if (body === undefined || !/[/+]json$/.test(media.type) || media.schema === undefined)
      return [];
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return [{ path: 'body', expected: 'JSON', received: body, kind: 'body syntax' }];
    }
    return toDifferences(this.#validate(media.schema, value));
  }

  #validate(schema: unknown, value: unknown): ErrorObject[] {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      // Its `$ref`s are relative to the document.
      const absolute = JSON.stringify(schema).replaceAll('"#/', `"${SCHEMA_ID}#/`);
      validate = this.#ajv.compile(JSON.parse(absolute));
      this.#compiled.set(schema, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []);
  }

  #resolve(node: unknown): Json {
    const ref = (node as Json)['$ref'];
    if (typeof ref !== 'string') return node as Json;
    const parts = ref.slice(2).split('/');
    const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return this.#resolve(names.reduce<unknown>((at, name) => (at as Json)[name], this.#document));
  }
}

/** Header values are text; the schema says what they stand for. */
function parseHeader({ type }: Json, text: string): unknown {
  const isNumber = type === 'integer' || type === 'number';
  return isNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function findMedia(content: Record<string, Json>, received: string | null) {
  const essence = (received ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const range = `${essence.split('/')[0]}/*`;
  const type = [essence, range, '*/*']
    .map((wanted) =>
      Object.keys(content).find((name) => name.split(';')[0]?.trim().toLowerCase() === wanted),
    )
    .find((name) => name !== undefined);
  return type === undefined ? undefined : { type: essence, schema: content[type]?.['schema'] };
}

/** Where no alternative fits, the errors of each are left out: which one was meant is not known. */
function toDifferences(errors: readonly ErrorObject[]): Difference[] {
  const combined = errors.filter(({ keyword }) => COMBINERS.has(keyword));
  const isPart = (error: ErrorObject) =>
    combined.some(
      (whole) =>
        whole !== error &&
        (error.instancePath === whole.instancePath ||
          error.instancePath.startsWith(`${whole.instancePath}/`)),
    );
  // A value of the wrong type breaks further rules as well: one report for each place is enough.
  const isFirst = (error: ErrorObject, index: number, all: readonly ErrorObject[]) =>
    error.keyword === 'required' ||
    all.findIndex(({ instancePath }) => instancePath === error.instancePath) === index;
  return errors
    .filter((error) => !isPart(error))
    .filter(isFirst)
    .slice(0, MAX_BODY_DIFFERENCES)
    .map((error) => ({
      path: `body${error.instancePath}`,
      expected: describeExpected(error),
      received: error.data,
      kind: `body ${error.schemaPath}`,
    }));
}

function describeExpected({ keyword, message, params }: ErrorObject): string {
  if (COMBINERS.has(keyword)) return 'one of the documented forms';
  const allowed: unknown = params['allowedValues'];
  return Array.isArray(allowed) ? `one of ${allowed.join(', ')}` : String(message);
}
