/**
 * From the document: for every required parameter, enum, type and bound of a query or a header, one
 * request that breaks just that.
 */
import { follow, type Json, operationsOf } from '../../scripts/document.js';
import { document } from './bundled.js';
import type { Rule } from './wrong-requests.js';

export interface WrongParameter {
  operation: string;
  method: string;
  path: string;
  in: 'query' | 'header';
  rule: Rule;
  name: string;
  /** All parameters of the request, by where they stand, with the wrong one among them. */
  params: Record<'path' | 'query' | 'header', Record<string, unknown>>;
  /** Whether the operation takes bytes. */
  bytes: boolean;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
  example?: unknown;
}

/** Texts of which one breaks each pattern of the document. */
const ODD = ['!', '-1'];

export const wrongParameters: WrongParameter[] = operationsOf(document).flatMap((entry) => {
  const { id: operation, method, path, operation: node } = entry;
  // The document is linted, so that what stands under `parameters` is a parameter.
  const all = ((node['parameters'] ?? []) as unknown[]).map(
    (one) => follow(document, one) as unknown as Parameter,
  );
  const bytes = method === 'put' || method === 'patch';
  return all.flatMap((parameter) => {
    const { name, in: where } = parameter;
    if (where === 'path') return [];
    return breakages(parameter).map(({ rule, value }) => {
      const params = right(all);
      if (value === undefined) delete params[where][name];
      else params[where][name] = value;
      return { operation, method, path, in: where, rule, name, params, bytes };
    });
  });
});

/** What an operation has to be called with. */
function right(parameters: readonly Parameter[]): WrongParameter['params'] {
  const params: WrongParameter['params'] = { path: {}, query: {}, header: {} };
  for (const { name, in: where, required, example } of parameters) {
    if (where === 'path') params.path[name] = name === 'filePath' ? 'a.json' : 'an-id';
    else if (required) params[where][name] = example ?? 'COMPLETE';
  }
  return params;
}

function breakages({ required, schema: node }: Parameter): { rule: Rule; value: unknown }[] {
  const schema = follow(document, node);
  const bounds = outOfBounds(schema).map((value) => ({ rule: 'bound' as const, value }));
  const number = schema['type'] === 'integer' || schema['type'] === 'number';
  return [
    ...(required ? [{ rule: 'required' as const, value: undefined }] : []),
    ...(schema['enum'] === undefined ? [] : [{ rule: 'enum' as const, value: 'no-such-value' }]),
    // Any text is a string on the wire.
    ...(number || schema['type'] === 'boolean' ? [{ rule: 'type' as const, value: 'seven' }] : []),
    ...bounds,
  ];
}

function outOfBounds(schema: Json): unknown[] {
  const values: unknown[] = [];
  const mixed = Array.isArray(schema['type']); // its numbers are bound like its names
  if (schema['minLength'] === 1 && !mixed) values.push('');
  if (typeof schema['minimum'] === 'number') values.push(schema['minimum'] - 1);
  if (typeof schema['maximum'] === 'number') values.push(schema['maximum'] + 1);
  const others = (schema['anyOf'] ?? []) as Json[];
  const patterns = [schema, ...others].flatMap(({ pattern }) => (pattern ? [String(pattern)] : []));
  if (patterns.length > 0 && !mixed) {
    const odd = ODD.find((text) => patterns.every((one) => !new RegExp(one).test(text)));
    if (odd === undefined) throw new Error(`no wrong value is known for ${patterns.join(', ')}`);
    values.push(odd);
  }
  return values;
}

export const titleOf = ({ operation, rule, name, params, in: where }: WrongParameter) =>
  `${operation}: ${name} breaks its ${rule} with ${JSON.stringify(params[where][name])}`;
