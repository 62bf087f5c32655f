/**
 * Requests with one invalid parameter each: one for every required parameter, enum, type and bound of
 * the document's query parameters and headers.
 */
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';
import type { Rule } from './wrong-requests.js';

export interface WrongParameter {
  operation: string;
  method: string;
  path: string;
  in: 'query' | 'header';
  rule: Rule;
  name: string;
  /** All parameters of the request by location, including the invalid one. */
  params: Record<'path' | 'query' | 'header', Record<string, unknown>>;
  /** Whether the request body is bytes. */
  isBinary: boolean;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
  example?: unknown;
}

/** Every pattern of the document rejects at least one of these. */
const INVALID_TEXTS = ['!', '-1'];

export const wrongParameters: WrongParameter[] = listOperations(document).flatMap((entry) => {
  const { id: operation, method, path, operation: node } = entry;
  const all = ((node['parameters'] ?? []) as unknown[]).map((one) =>
    dereference<Parameter>(document, one),
  );
  const isBinary = method === 'put' || method === 'patch';
  return all.flatMap((parameter) => {
    const { name, in: where } = parameter;
    if (where === 'path') return [];
    return listViolations(parameter).map(({ rule, value }) => {
      const params = buildValidParams(all);
      if (value === undefined) delete params[where][name];
      else params[where][name] = value;
      return { operation, method, path, in: where, rule, name, params, isBinary };
    });
  });
});

/** The required parameters of an operation, with valid values. */
function buildValidParams(parameters: readonly Parameter[]): WrongParameter['params'] {
  const params: WrongParameter['params'] = { path: {}, query: {}, header: {} };
  for (const { name, in: where, required, example } of parameters) {
    if (where === 'path') params.path[name] = name === 'filePath' ? 'a.json' : 'an-id';
    else if (required) params[where][name] = example ?? 'COMPLETE';
  }
  return params;
}

function listViolations({ required, schema: node }: Parameter): { rule: Rule; value: unknown }[] {
  const schema = dereference(document, node);
  const bounds = listOutOfBounds(schema).map((value) => ({ rule: 'bound' as const, value }));
  const isNumber = schema['type'] === 'integer' || schema['type'] === 'number';
  return [
    ...(required ? [{ rule: 'required' as const, value: undefined }] : []),
    ...(schema['enum'] === undefined ? [] : [{ rule: 'enum' as const, value: 'no-such-value' }]),
    // Every text is a valid string parameter.
    ...(isNumber || schema['type'] === 'boolean'
      ? [{ rule: 'type' as const, value: 'seven' }]
      : []),
    ...bounds,
  ];
}

function listOutOfBounds(schema: Json): unknown[] {
  const values: unknown[] = [];
  const isMixed = Array.isArray(schema['type']); // only its numeric bounds are tested
  if (schema['minLength'] === 1 && !isMixed) values.push('');
  if (typeof schema['minimum'] === 'number') values.push(schema['minimum'] - 1);
  if (typeof schema['maximum'] === 'number') values.push(schema['maximum'] + 1);
  const others = (schema['anyOf'] ?? []) as Json[];
  const patterns = [schema, ...others].flatMap(({ pattern }) => (pattern ? [String(pattern)] : []));
  if (patterns.length > 0 && !isMixed) {
    const invalid = INVALID_TEXTS.find((text) =>
      patterns.every((one) => !new RegExp(one).test(text)),
    );
    if (invalid === undefined) throw new Error(`Add an invalid text for ${patterns.join(', ')}.`);
    values.push(invalid);
  }
  return values;
}

export const formatTitle = ({ operation, rule, name, params, in: where }: WrongParameter) =>
  `${operation}: ${name} breaks its ${rule} with ${JSON.stringify(params[where][name])}`;
