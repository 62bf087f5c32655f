/** The fields of made-up rows: objects, arrays, maps and identities. */
import { type Field, isObject } from '../field.js';
import type { RowSchema } from '../row-schema.js';
import { type Draw, drawInteger } from './random.js';
import { drawEcid, drawEmail, drawUuid } from './texts.js';
import { createFilter, createValueDraw, type DrawValue } from './values.js';

/** What fields need to know of the schema. */
interface Context {
  /** The namespaces of identities, by the paths of their fields. */
  readonly identities: ReadonlyMap<string, string>;
  /** Whether a field has the primary identity, so that identityMap must not have another one. */
  readonly hasPrimaryField: boolean;
}

const MAX_ELEMENTS = 3;
const IDENTITY_MAP = '/identityMap';
const NAMES_OF_KEYS = ['first', 'second', 'third'];

/** Draws a row; `undefined` if no value was found for a required field. */
export function createRowDraw({ root, identityFields }: RowSchema): DrawValue {
  return createObjectDraw(root, {
    identities: new Map(identityFields.map(({ path, namespace }) => [path, namespace])),
    hasPrimaryField: identityFields.some(({ isPrimary }) => isPrimary),
  });
}

function createDraw(field: Field, name: string, context: Context): DrawValue {
  if (field.path === IDENTITY_MAP) return createIdentityMapDraw(field, context);
  switch (field.type) {
    case 'object':
      return createObjectDraw(field, context);
    case 'array':
      return createArrayDraw(field, name, context);
    case 'map':
      return createMapDraw(field, context);
    default:
      return createScalarDraw(field, name, context);
  }
}

function createObjectDraw(field: Field, context: Context): DrawValue {
  const { required, properties } = field;
  const fields = [...properties].map(([name, inner]) => ({
    name,
    isRequired: required.includes(name),
    isOpen: isOpen(inner),
    isAlways: inner.path === '/_id' || (inner.path === IDENTITY_MAP && !context.hasPrimaryField),
    isIdentityMap: inner.path === IDENTITY_MAP,
    draw: createDraw(inner, name, context),
  }));
  const optional = fields.filter((one) => !one.isRequired && !one.isOpen);
  const lastResort = fields.filter((one) => !one.isRequired);
  return (draw, isRequired) => {
    const found: [string, unknown][] = [];
    for (const one of fields) {
      const isUsual = !one.isOpen && !one.isIdentityMap && draw.random() < draw.density;
      if (!one.isRequired && !one.isAlways && !isUsual) continue;
      const value = one.draw(draw, one.isRequired);
      if (value !== undefined) found.push([one.name, value]);
      else if (one.isRequired) return undefined;
    }
    // An object without fields would be a finding.
    const addOne = (from: typeof fields, mustFind: boolean) => {
      for (let at = 0; at < from.length && found.length === 0; at++) {
        const one = from[at];
        const value = one?.draw(draw, mustFind);
        if (one !== undefined && value !== undefined) found.push([one.name, value]);
      }
    };
    addOne(optional, false);
    if (isRequired) addOne(lastResort, true);
    return found.length === 0 ? undefined : Object.fromEntries(found);
  };
}

/** Whether the schema says nothing about a field, so that any value of it would be a guess. */
function isOpen({ type, values, enum: allowed, path }: Field): boolean {
  if (path === IDENTITY_MAP || path === '/_id') return false;
  if (type === 'array' || type === 'map') return values === undefined || isOpen(values);
  return type === 'any' && allowed === undefined;
}

function createArrayDraw(field: Field, name: string, context: Context): DrawValue {
  const inner = field.values;
  const drawElement = inner === undefined ? drawUuid : createDraw(inner, name, context);
  return (draw, isRequired) => {
    const length = drawInteger(draw, 1, MAX_ELEMENTS);
    const elements = Array.from({ length }, () => drawElement(draw, isRequired)).filter(
      (element) => element !== undefined,
    );
    return elements.length === 0 ? undefined : elements;
  };
}

function createMapDraw(field: Field, context: Context): DrawValue {
  const inner = field.values;
  const drawInner = inner === undefined ? drawUuid : createDraw(inner, '', context);
  return (draw, isRequired) => {
    const keys = NAMES_OF_KEYS.slice(0, drawInteger(draw, 1, NAMES_OF_KEYS.length));
    const entries = keys
      .map((key): [string, unknown] => [key, drawInner(draw, isRequired)])
      .filter(([, value]) => value !== undefined);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
}

const BY_NAMESPACE: Readonly<Record<string, (draw: Draw) => string>> = {
  ECID: drawEcid,
  EMAIL: drawEmail,
};

function createScalarDraw(field: Field, name: string, { identities }: Context): DrawValue {
  const namespace = identities.get(field.path);
  const plain = createValueDraw(field, name);
  if (namespace === undefined && field.path !== '/_id') return plain;
  const unique = BY_NAMESPACE[namespace?.toUpperCase() ?? ''] ?? drawUuid;
  const accepts = createFilter(field);
  return (draw, isRequired) => {
    const value = unique(draw);
    return accepts(value) ? value : plain(draw, isRequired);
  };
}

/** `{ "Email": [{ id, authenticatedState, primary: true }] }`, as far as the schema takes it. */
function createIdentityMapDraw(field: Field, context: Context): DrawValue {
  const accepts = createFilter(field);
  const identity = field.values?.values;
  const names = identity?.type === 'object' ? identity.properties : undefined;
  const toIdentity = (id: string, primary: boolean): object => {
    const all = { id, authenticatedState: 'ambiguous', primary };
    return Object.fromEntries(
      Object.entries(all).filter(([one]) => names === undefined || names.has(one)),
    );
  };
  const other = field.type === 'any' ? () => undefined : createMapDraw(field, context);
  return (draw, isRequired) => {
    const map = {
      Email: [toIdentity(drawEmail(draw), true)],
      ...(draw.random() < draw.density ? { ECID: [toIdentity(drawEcid(draw), false)] } : {}),
    };
    if (accepts(map)) return map;
    const value = other(draw, isRequired);
    return isObject(value) && accepts(value) ? value : undefined;
  };
}
