/** Requests of every operation, generated from the document: valid ones, and ones with one violation. */
import fc from 'fast-check';
import { document } from '../../spec-tools/bundled-document.js';
import {
  dereference,
  type Json,
  listOperations,
  type Operation,
} from '../../spec-tools/operations.js';
import { isValid } from './schema-validator.js';
import { texts, valuesFor } from './schema-values.js';
import { violate } from './violations.js';

type Place = 'path' | 'query' | 'header';

export interface Parameter {
  name: string;
  in: Place;
  required: boolean;
  schema: Json;
}

/** One request, before it is written as HTTP. */
export interface RequestCase {
  operation: string;
  params: Record<Place, Record<string, unknown>>;
  /** The type of the body, if it has one. */
  contentType?: string;
  /** A value of JSON or of a form, or bytes as text. */
  body?: unknown;
  violation?: RequestViolation;
}

export interface RequestViolation {
  rule: string;
  in: Place | 'body' | 'credential' | 'content-type' | 'syntax';
  /** The parameter or the credential. */
  name?: string;
}

/** Header parameters that every client sends itself. */
const OWN_HEADERS = ['x-sandbox-name'];
export const HEADER_TEXT = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
export const FORM = 'application/x-www-form-urlencoded';
export const BYTES = 'application/octet-stream';
export const CREDENTIALS = ['authorization', 'x-api-key', 'x-gw-ims-org-id'] as const;

export const operations: readonly Operation[] = listOperations(document);

export const listParameters = ({ operation }: Operation): Parameter[] =>
  ((operation['parameters'] ?? []) as unknown[])
    .map((entry) => dereference(document, entry))
    .map((found) => ({
      name: String(found['name']),
      in: found['in'] as Place,
      required: found['required'] === true,
      schema: dereference(document, found['schema']),
    }));

/** The type and the schema of the body that an operation takes. */
export function findBody({ operation }: Operation): { type: string; schema: unknown } | undefined {
  const content = (operation['requestBody'] as Json | undefined)?.['content'] ?? {};
  const [found] = Object.entries(content as Record<string, Json>);
  return found && { type: found[0], schema: found[1]['schema'] };
}

/** Ids that the client sends: one segment, with characters that have a meaning in URLs and beyond ASCII. */
const ids = fc.oneof(
  texts(1).filter(
    (text) => /^[^\s/\\?#%\p{Cc}\p{Cs}]+$/u.test(text) && !/^\.$|\.\.|\$\{/.test(text),
  ),
  fc.constantFrom('é', 'a+b', 'a&b=c', '日本', 'a,b;c', "'a'", '{a}', 'a:b@c'),
);
const segments = texts(1).filter((text) => !/^\.{1,2}$/.test(text) && !text.includes('/'));
const filePaths = fc.array(segments, { minLength: 1, maxLength: 3 }).map((all) => all.join('/'));
const schemaIds = fc
  .array(fc.constantFrom(...'abc019_-~:.{}+@'), { minLength: 1, maxLength: 9 })
  .map((name) => `https://ns.adobe.com/acme/schemas/${name.join('')}`);

function parameterValues({ name, in: where, schema }: Parameter): fc.Arbitrary<unknown> {
  if (name === 'filePath') return filePaths;
  if (name === 'schemaId') return schemaIds;
  const values = valuesFor(schema);
  if (where === 'query') return values;
  if (where === 'header') return values.filter((value) => HEADER_TEXT.test(String(value)));
  return schema['enum'] === undefined ? ids : values;
}

function paramsFor(operation: Operation): fc.Arbitrary<RequestCase['params']> {
  const places = (['path', 'query', 'header'] as const).map((where) => {
    const all = listParameters(operation).filter(
      (one) => one.in === where && !OWN_HEADERS.includes(one.name),
    );
    const values = Object.fromEntries(all.map((one) => [one.name, parameterValues(one)]));
    const requiredKeys = all.filter(({ required }) => required).map(({ name }) => name);
    return [where, fc.record(values, { requiredKeys, noNullPrototype: true })] as const;
  });
  const record = fc.record(Object.fromEntries(places), { noNullPrototype: true });
  return record as fc.Arbitrary<RequestCase['params']>;
}

/** Credentials that the client takes: they go into a form, and have characters that a form escapes. */
const credentialTexts = fc.oneof(
  texts(1).filter((text) => HEADER_TEXT.test(text)),
  fc.constantFrom('a b', 'a+b', 'a&b=c', '50%', '~.-_*', '"a"', 'a;b,c'),
);
const credentials = fc.record({
  grant_type: fc.constant('client_credentials'),
  client_id: credentialTexts,
  client_secret: credentialTexts,
  scope: fc.oneof(texts(1), fc.constantFrom('openid,AdobeID', 'a b', 'é&=+')),
});

function validRequest(operation: Operation): fc.Arbitrary<RequestCase> {
  const body = findBody(operation);
  const bytes = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 });
  const values =
    body === undefined
      ? fc.constant(undefined)
      : body.type === BYTES
        ? bytes
        : operation.id === 'getToken'
          ? fc.oneof(credentials, valuesFor(body.schema))
          : valuesFor(body.schema);
  return fc.tuple(paramsFor(operation), values).map(([params, value]) => ({
    operation: operation.id,
    params,
    ...(body === undefined ? {} : { contentType: body.type, body: value }),
  }));
}

/** Requests that the document allows. */
export const validRequests: fc.Arbitrary<RequestCase> = fc.oneof(...operations.map(validRequest));

/** Requests with one violation. */
export const invalidRequests: fc.Arbitrary<RequestCase> = fc.oneof(
  ...operations.map((operation) =>
    fc
      .tuple(validRequest(operation), fc.nat(), fc.nat(5000))
      .map(([valid, how, pick]) => {
        const ways = listWays(operation);
        return ways[how % ways.length]?.(valid, pick);
      })
      .filter((found) => found !== undefined),
  ),
);

type Way = (valid: RequestCase, pick: number) => RequestCase | undefined;

function listWays(operation: Operation): Way[] {
  const body = findBody(operation);
  const parameters = listParameters(operation).filter(
    (one) => one.in !== 'path' && !OWN_HEADERS.includes(one.name),
  );
  const ways = parameters.flatMap((one) => [
    breakParameter(one),
    ...(one.required ? [omit(one)] : []),
  ]);
  if (operation.operation['security'] === undefined) ways.push(omitCredential);
  if (body === undefined) return ways;
  ways.push(changeType);
  if (body.type === BYTES) return ways;
  const breakBody: Way = (valid, pick) => {
    const found = violate(body.schema, valid.body, pick);
    // Every value of a form is text.
    if (found === undefined || (body.type === FORM && found.rule === 'type')) return undefined;
    return {
      ...valid,
      body: found.value,
      violation: { rule: found.rule, in: 'body', name: found.at.join('.') },
    };
  };
  const weight = [breakBody, breakBody, breakBody, breakBody];
  return body.type === FORM ? [...ways, ...weight] : [...ways, ...weight, breakSyntax];
}

const breakParameter =
  (parameter: Parameter): Way =>
  (valid, pick) => {
    const { name, in: where, schema } = parameter;
    const found = violate(schema, valid.params[where][name] ?? example(parameter), pick);
    const wrong = found?.value;
    if (typeof wrong !== 'string' && typeof wrong !== 'number') return undefined;
    if (isValid(schema, parseText(schema, String(wrong)))) return undefined;
    if (where === 'header' && !HEADER_TEXT.test(String(wrong))) return undefined;
    return withParameter(
      valid,
      where,
      { ...valid.params[where], [name]: wrong },
      { rule: found?.rule ?? '', in: where, name },
    );
  };

const omit =
  ({ name, in: where }: Parameter): Way =>
  (valid) => {
    const { [name]: _, ...rest } = valid.params[where];
    return withParameter(valid, where, rest, { rule: 'required', in: where, name });
  };

const withParameter = (
  valid: RequestCase,
  where: Place,
  values: Record<string, unknown>,
  violation: RequestViolation,
): RequestCase => ({ ...valid, params: { ...valid.params, [where]: values }, violation });

const example = ({ schema }: Parameter): unknown =>
  (schema['enum'] as unknown[] | undefined)?.[0] ?? (schema['type'] === 'integer' ? 1 : 'a');

/** The value that a text stands for, where its type is not text. */
export function parseText(schema: Json, text: string): unknown {
  const types = [schema['type']].flat();
  if (types.includes('string')) return text;
  if (types.includes('boolean')) return { true: true, false: false }[text] ?? text;
  const isNumber = types.includes('integer') || types.includes('number');
  return isNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const omitCredential: Way = (valid, pick) => {
  const name = CREDENTIALS[pick % CREDENTIALS.length] ?? CREDENTIALS[0];
  return { ...valid, violation: { rule: 'required', in: 'credential', name } };
};
const changeType: Way = (valid) => ({
  ...valid,
  contentType: 'text/plain',
  violation: { rule: 'type', in: 'content-type' },
});
const breakSyntax: Way = (valid) => ({ ...valid, violation: { rule: 'JSON', in: 'syntax' } });
