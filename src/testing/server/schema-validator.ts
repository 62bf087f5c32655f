/** Validates requests, and the simulator's own responses, against the OpenAPI document. */
import { messageChecks } from '../../../generated/message-checks.js';
import type { HandlerResponse } from './handler.js';
import { findResponse, type Json, type Route, resolveRef } from './routes.js';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
}

/** The parameters of a request, as text. */
export interface RawParameters {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A check of generated/message-checks.ts. */
interface Check {
  (value: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string }[] | null;
}
const checks = messageChecks as ReadonlyMap<string, Check>;

export class SchemaValidator {
  readonly #found = new Map<unknown, Check>();

  /** The query with the types of the document, and what is wrong with the parameters. */
  validateParameters(route: Route, raw: RawParameters): { query: Json; errors: string[] } {
    const query: Json = {};
    const errors: string[] = [];
    for (const entry of (route.description['parameters'] ?? []) as unknown[]) {
      // The linter has checked that these are parameters.
      const parameter = resolveRef(entry) as Json & Parameter;
      const text = readParameter(parameter, raw);
      if (text === undefined) {
        if (parameter.required === true) errors.push(`${parameter.name} is missing`);
        continue;
      }
      const value = parseValue(parameter.schema, text);
      if (parameter.in === 'query') query[parameter.name] = value;
      errors.push(...this.#validate(parameter.schema, value, parameter.name));
    }
    return { query, errors };
  }

  /** What is wrong with a body that is not bytes. */
  validateBody(media: Json, body: unknown): string[] {
    return this.#validate(media['schema'], body, 'body');
  }

  /** What in a response the document does not describe. */
  validateResponse(route: Route, response: HandlerResponse): string[] {
    const described = findResponse(route, response.status);
    if (described === undefined) return [`status ${response.status} is not in the document`];
    const headers = Object.entries((described['headers'] ?? {}) as Json);
    const errors = headers.flatMap(([name, entry]) =>
      this.#validateHeader(name, resolveRef(entry), response),
    );
    const content = (described['content'] ?? {}) as Record<string, Json>;
    // A response to HEAD has no body, whatever is on the disk.
    const hasBytes = response.slice !== undefined || response.text !== undefined;
    if (hasBytes && route.method !== 'HEAD') {
      const bytes = content['application/octet-stream'];
      return bytes === undefined ? [...errors, 'bytes are not in the document'] : errors;
    }
    const json = content[response.mediaType ?? 'application/json'];
    if (response.json === undefined) {
      const isMissing = json !== undefined && !hasBytes;
      return isMissing ? [...errors, 'the body is missing'] : errors;
    }
    if (json === undefined) return [...errors, 'a body is not in the document'];
    return [...errors, ...this.#validate(json['schema'], response.json, 'body')];
  }

  #validateHeader(name: string, described: Json, response: HandlerResponse): string[] {
    const text = response.headers?.[name.toLowerCase()];
    const schema = described['schema'] as Json;
    if (text !== undefined) return this.#validate(schema, parseValue(schema, text), name);
    return described['required'] === true ? [`the header ${name} is missing`] : [];
  }

  #validate(schema: unknown, value: unknown, name: string): string[] {
    const check = this.#find(schema);
    if (check(value)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message }) => `${name}${instancePath} ${message}`,
    );
  }

  #find(schema: unknown): Check {
    const text = () => JSON.stringify(schema);
    const check = this.#found.get(schema) ?? checks.get(text());
    if (check === undefined)
      throw new Error(`generated/ has no check for ${text()}: make generate`);
    this.#found.set(schema, check);
    return check;
  }
}

function readParameter(
  parameter: Parameter,
  { path, query, headers }: RawParameters,
): string | undefined {
  if (parameter.in === 'path') return path[parameter.name];
  if (parameter.in === 'query') return query.get(parameter.name) ?? undefined;
  const value = headers[parameter.name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The text as a value of the schema's type. What cannot be parsed stays text, and does not validate. */
function parseValue(schema: Json, text: string): unknown {
  const type = resolveRef(schema)['type'];
  if (type === 'boolean') return { true: true, false: false }[text] ?? text;
  if (type !== 'integer' && type !== 'number') return text;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
