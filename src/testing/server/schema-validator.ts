/** Holds requests, and the simulator's own answers, against the document. */
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer } from './handler.js';
import { document, follow, type Json, type Route, responseOf } from './routes.js';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
}

/** Where the parameters of a request are. */
export interface Sent {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export class Judge {
  readonly #ajv: Ajv2020;
  /** One for all simulators of a process: to compile the document is dearer than all they do. */
  static #shared: Promise<Judge> | undefined;
  /** Made when they are first needed, so that a simulator starts at once. */
  readonly #compiled = new Map<unknown, ValidateFunction>();

  private constructor(ajv: Ajv2020) {
    this.#ajv = ajv;
  }

  /** With the first request: ajv takes longer to load than the whole simulator to start. */
  static shared(): Promise<Judge> {
    Judge.#shared ??= Judge.#load();
    return Judge.#shared;
  }

  static async #load(): Promise<Judge> {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    // The document itself is checked by `make check`; formats are notes to people and generators.
    const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    return new Judge(ajv);
  }

  /** The query with the types of the document, and what is wrong with the parameters. */
  parameters(route: Route, sent: Sent): { query: Json; wrong: string[] } {
    const query: Json = {};
    const wrong: string[] = [];
    for (const entry of (route.described['parameters'] ?? []) as unknown[]) {
      // What `parameters` of a linted document refer to are parameters.
      const parameter = follow(entry) as unknown as Parameter;
      const text = textOf(parameter, sent);
      if (text === undefined) {
        if (parameter.required === true) wrong.push(`${parameter.name} is missing`);
        continue;
      }
      const value = fromText(parameter.schema, text);
      if (parameter.in === 'query') query[parameter.name] = value;
      wrong.push(...this.#validate(parameter.schema, value, parameter.name));
    }
    return { query, wrong };
  }

  /** What is wrong with a body that is not bytes. */
  body(media: Json, body: unknown): string[] {
    return this.#validate(media['schema'], body, 'body');
  }

  /** What of an answer the document does not promise. */
  answer(route: Route, answer: Answer): string[] {
    const response = responseOf(route, answer.status);
    if (response === undefined) return [`status ${answer.status} is not in the document`];
    const headers = Object.entries((response['headers'] ?? {}) as Json);
    const wrong = headers.flatMap(([name, entry]) => this.#header(name, follow(entry), answer));
    const content = (response['content'] ?? {}) as Record<string, Json>;
    // An answer to HEAD has no body, whatever is on the disk.
    const hasBytes = answer.slice !== undefined || answer.text !== undefined;
    if (hasBytes && route.method !== 'HEAD') {
      const bytes = content['application/octet-stream'];
      return bytes === undefined ? [...wrong, 'bytes are not in the document'] : wrong;
    }
    const json = content['application/json'];
    if (answer.json === undefined) {
      const missing = json !== undefined && !hasBytes;
      return missing ? [...wrong, 'the body is missing'] : wrong;
    }
    if (json === undefined) return [...wrong, 'a body is not in the document'];
    return [...wrong, ...this.#validate(json['schema'], answer.json, 'body')];
  }

  #header(name: string, described: Json, answer: Answer): string[] {
    const text = answer.headers?.[name.toLowerCase()];
    const schema = described['schema'] as Json;
    if (text !== undefined) return this.#validate(schema, fromText(schema, text), name);
    return described['required'] === true ? [`the header ${name} is missing`] : [];
  }

  #validate(schema: unknown, value: unknown, name: string): string[] {
    let check = this.#compiled.get(schema);
    if (check === undefined) {
      // Its `$ref`s point into the document, from wherever it stands there.
      const placed = JSON.stringify(schema).replaceAll('"#/', '"document#/');
      check = this.#ajv.compile(JSON.parse(placed));
      this.#compiled.set(schema, check);
    }
    if (check(value)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message }) => `${name}${instancePath} ${message}`,
    );
  }
}

function textOf(parameter: Parameter, { path, query, headers }: Sent): string | undefined {
  if (parameter.in === 'path') return path[parameter.name];
  if (parameter.in === 'query') return query.get(parameter.name) ?? undefined;
  const value = headers[parameter.name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** A text as its type; one that cannot be stays text, and fails. */
function fromText(schema: Json, text: string): unknown {
  const type = follow(schema)['type'];
  if (type === 'boolean') return { true: true, false: false }[text] ?? text;
  if (type !== 'integer' && type !== 'number') return text;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
