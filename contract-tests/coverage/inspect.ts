/**
 * Holds a value against a schema of the document, keyword by keyword, and names the cells that it covers.
 * ajv decides about each keyword; this walk only knows which schema a part of the value belongs to.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json } from '../../spec-tools/operations.js';
import {
  BOUNDS,
  boundCell,
  isBinary,
  keywordCell,
  listKeywords,
  listTypes,
  resolveNode,
  type SchemaNode,
  stepInto,
} from './schema-node.js';

/**
 * One violation, as the cells that it covers. Where a value matches none of several schemas, also those
 * violations that are the only ones of their schema.
 */
export type Violation = string[];

export interface Finding {
  violations: Violation[];
  /** The cells that the value covers if it is accepted. */
  seen: string[];
}

/** Where a value stands: the first part of the names of its properties' cells, and its path there. */
export interface Place {
  owner: string;
  path: string;
}

export type Inspect = (schema: SchemaNode, value: unknown, place: Place) => Finding;

const ajv = new Ajv2020({ strict: false, validateSchema: false });
const checks = new Map<string, ValidateFunction>();

/** Whether a value conforms to one keyword alone. */
function conforms(keyword: Json, value: unknown): boolean {
  const key = JSON.stringify(keyword);
  let check = checks.get(key);
  if (check === undefined) {
    check = ajv.compile(keyword);
    checks.set(key, check);
  }
  return check(value);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (findings: readonly Finding[]): Finding => ({
  violations: findings.flatMap(({ violations }) => violations),
  seen: findings.flatMap(({ seen }) => seen),
});

export function createInspector(document: Json): Inspect {
  const inspect: Inspect = (reference, value, place) => {
    const schema = resolveNode(document, reference);
    const type = inspectType(schema, value);
    // The other keywords of a value of the wrong type say nothing about it.
    if (type.violations.length > 0 || isBinary(schema)) return type;
    return merge([
      type,
      ...listKeywords(schema).map((keyword) => inspectKeyword(schema, keyword, value, place)),
      ...inspectParts(schema, value, place),
    ]);
  };

  function inspectType(schema: SchemaNode, value: unknown): Finding {
    const types = listTypes(schema);
    if (types.length === 0 || isBinary(schema)) return { violations: [], seen: [] };
    if (!conforms({ type: types }, value)) {
      return { violations: [[keywordCell(schema, 'type', 'rejected')]], seen: [] };
    }
    const found = types.filter((type) => conforms({ type }, value));
    return { violations: [], seen: found.map((type) => keywordCell(schema, 'type', type)) };
  }

  function inspectKeyword(
    schema: SchemaNode,
    keyword: string,
    value: unknown,
    place: Place,
  ): Finding {
    switch (keyword) {
      case 'type':
        return { violations: [], seen: [] };
      case 'required':
        return inspectRequired(schema, value, place);
      case 'additionalProperties':
        return inspectOthers(schema, value, place);
      case 'anyOf':
        return inspectBranches(schema, value, place);
      case 'not': {
        const inner = inspect(stepInto(schema, schema.node['not'], 'not'), value, place);
        return inner.violations.length === 0
          ? { violations: [[keywordCell(schema, 'not', 'rejected')]], seen: [] }
          : { violations: [], seen: [keywordCell(schema, 'not', 'accepted')] };
      }
      default:
        return inspectAssertion(schema, keyword, value);
    }
  }

  function inspectRequired({ node, pointer }: SchemaNode, value: unknown, place: Place): Finding {
    if (!isObject(value)) return { violations: [], seen: [] };
    const schema = { node, pointer };
    const missing = (node['required'] as string[]).filter((name) => !Object.hasOwn(value, name));
    return {
      violations: missing.map((name) => [
        keywordCell(schema, 'required', `${name} rejected`),
        propertyCell(place, name, 'absent'),
      ]),
      seen: [],
    };
  }

  function inspectOthers(schema: SchemaNode, value: unknown, place: Place): Finding {
    if (!isObject(value)) return { violations: [], seen: [] };
    const own = (schema.node['properties'] ?? {}) as Json;
    const others = Object.entries(value).filter(([name]) => !Object.hasOwn(own, name));
    const rule = schema.node['additionalProperties'];
    const cell = (what: string) => keywordCell(schema, 'additionalProperties', what);
    if (rule === false) {
      if (others.length === 0) return { violations: [], seen: [cell('accepted')] };
      return { violations: [[cell('rejected')]], seen: [] };
    }
    const accepted = { violations: [], seen: others.length > 0 ? [cell('accepted')] : [] };
    if (!isObject(rule)) return accepted;
    const inner = stepInto(schema, rule, 'additionalProperties');
    const at = { ...place, path: `${place.path}.*` };
    return merge([accepted, ...others.map(([, other]) => inspect(inner, other, at))]);
  }

  function inspectBranches(schema: SchemaNode, value: unknown, place: Place): Finding {
    const branches = (schema.node['anyOf'] as unknown[]).map((branch, at) => ({
      at,
      found: inspect(stepInto(schema, branch, 'anyOf', String(at)), value, place),
    }));
    const matching = branches.filter(({ found }) => found.violations.length === 0);
    if (matching.length === 0) {
      const nearest = branches.flatMap(({ found: { violations } }) =>
        violations.length === 1 ? (violations[0] ?? []) : [],
      );
      return { violations: [[keywordCell(schema, 'anyOf', 'rejected'), ...nearest]], seen: [] };
    }
    return merge(
      matching.map(({ at, found }) => ({
        violations: [],
        seen: [keywordCell(schema, 'anyOf', String(at)), ...found.seen],
      })),
    );
  }

  function inspectParts(schema: SchemaNode, value: unknown, place: Place): Finding[] {
    const { node } = schema;
    const parts = ((node['allOf'] ?? []) as unknown[]).map((part, at) =>
      inspect(stepInto(schema, part, 'allOf', String(at)), value, place),
    );
    if (Array.isArray(value) && node['items'] !== undefined) {
      const items = stepInto(schema, node['items'], 'items');
      const at = { ...place, path: `${place.path}[]` };
      parts.push(...value.map((item) => inspect(items, item, at)));
    }
    if (!isObject(value)) return parts;
    for (const [name, child] of Object.entries((node['properties'] ?? {}) as Json)) {
      const isPresent = Object.hasOwn(value, name);
      const seen = [propertyCell(place, name, isPresent ? 'present' : 'absent')];
      parts.push({ violations: [], seen });
      if (!isPresent) continue;
      const at = { ...place, path: `${place.path}.${name}` };
      parts.push(inspect(stepInto(schema, child, 'properties', name), value[name], at));
    }
    return parts;
  }

  return inspect;
}

/** A keyword that only looks at the value. */
function inspectAssertion(schema: SchemaNode, keyword: string, value: unknown): Finding {
  const limit = schema.node[keyword];
  if (!isCheckedBy(keyword, value)) return { violations: [], seen: [] };
  if (!conforms({ [keyword]: limit }, value)) {
    return { violations: [[keywordCell(schema, keyword, 'rejected')]], seen: [] };
  }
  if (keyword === 'enum')
    return { violations: [], seen: [keywordCell(schema, 'enum', JSON.stringify(value))] };
  if (!BOUNDS.has(keyword)) {
    return { violations: [], seen: [keywordCell(schema, keyword, 'accepted')] };
  }
  return { violations: [], seen: measure(value) === limit ? [boundCell(schema, keyword)] : [] };
}

/** Keywords accept every value of a type that they do not check. */
export function isCheckedBy(keyword: string, value: unknown): boolean {
  if (/Length$|^pattern$/.test(keyword)) return typeof value === 'string';
  if (/^(min|max)imum$/.test(keyword)) return typeof value === 'number';
  if (/Items$/.test(keyword)) return Array.isArray(value);
  return /Properties$/.test(keyword) ? isObject(value) : true;
}

/** What a bound is compared with. */
export function measure(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return [...value].length;
  return Array.isArray(value) ? value.length : Object.keys(value as Json).length;
}

export const propertyCell = ({ owner, path }: Place, name: string, what: string): string =>
  `${owner} ${path}.${name} ${what}`;
