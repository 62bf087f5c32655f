/** Which batches a query of the Catalog lets through. */
import type { components, operations } from '../../../generated/openapi.js';
import { problem } from '../server/error-bodies.js';

type Told = components['schemas']['CatalogBatch'];
type Query = NonNullable<operations['listBatches']['parameters']['query']>;
type Filter = (batch: Told) => boolean;
type FilterName = Exclude<
  keyof Query,
  'orderBy' | 'sort' | 'properties' | 'limit' | 'start' | 'aggregate'
>;

/** One filter for each parameter of the document that is one. */
const FILTERS: { [Name in FilterName]: (value: NonNullable<Query[Name]>) => Filter } = {
  dataSet:
    (id) =>
    ({ relatedObjects = [] }) =>
      relatedObjects.some((object) => object.type === 'dataSet' && object.id === id),
  status: (text) => {
    const wanted = !text.startsWith('!');
    const names = text.replace(/^!/, '').split(',');
    return ({ status }) => names.includes(status) === wanted;
  },
  externalId: (id) => (batch) => batch.externalId === id,
  batch: (id) => (batch) =>
    batch.id === id || (batch.relatedObjects ?? []).some((object) => object.id === id),
  createdClient: (id) => (batch) => batch.createdClient === id,
  createdUser: (id) => (batch) => batch.createdUser === id,
  updatedUser: (id) => (batch) => batch.updatedUser === id,
  createdAfter:
    (time) =>
    ({ created = 0 }) =>
      created > time,
  createdBefore:
    (time) =>
    ({ created = 0 }) =>
      created < time,
  tags: (text) => {
    const wanted = text.split(',').map(tagFilter);
    return (batch) => wanted.every((filter) => filter(batch));
  },
  version: (version) => (batch) => batch.version === version,
  property: propertyFilter,
};

/** All filters of a query as one. */
export function filterOf(query: Query): Filter {
  const filters = (Object.keys(FILTERS) as FilterName[]).flatMap((name) => {
    const value = query[name];
    // The filter and the value have the same name, which the compiler cannot follow in a loop.
    return value === undefined ? [] : [(FILTERS[name] as (value: unknown) => Filter)(value)];
  });
  return (batch) => filters.every((filter) => filter(batch));
}

/** `{name}:{value}`; a `*` stands for the rest of a value. */
function tagFilter(text: string): Filter {
  const colon = text.indexOf(':');
  const [name, value] = colon < 0 ? [text, '*'] : [text.slice(0, colon), text.slice(colon + 1)];
  const start = value.endsWith('*') ? value.slice(0, -1) : undefined;
  return ({ tags = {} }) => {
    const values = [tags[name] ?? []].flat().map(String);
    return values.some((one) => (start === undefined ? one === value : one.startsWith(start)));
  };
}

/** `externalId~^nightly`: a field, an operator and a value; the field alone asks that it be there. */
function propertyFilter(text: string): Filter {
  const [, path = '', operator, value = ''] =
    /^([\w.]+)(?:(==|!=|>=|<=|~|>|<|=)(.*))?$/.exec(text) ?? [];
  if (path === '') throw problem(400, `property ${text} cannot be read`);
  const pattern = operator === '~' ? regExp(value) : undefined;
  return (batch) => {
    const found = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], batch);
    if (found === undefined || operator === undefined) return found !== undefined;
    if (pattern !== undefined) return pattern.test(String(found));
    return holds(operator, String(found), value);
  };
}

function regExp(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw problem(400, `property: ${source} is no regular expression`);
  }
}

function holds(operator: string, found: string, value: string): boolean {
  switch (operator) {
    case '!=':
      return found !== value;
    case '>':
      return Number(found) > Number(value);
    case '<':
      return Number(found) < Number(value);
    case '>=':
      return Number(found) >= Number(value);
    case '<=':
      return Number(found) <= Number(value);
    default:
      return found === value;
  }
}
