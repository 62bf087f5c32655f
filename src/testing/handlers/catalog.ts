/** The Catalog: one batch, and lists of batches with their filters and orders. */
import type { components, operations } from '../../../generated/openapi.js';
import type { Batch } from '../platform/batch.js';
import { catalogProblem } from '../platform/http-error.js';
import type { Platform } from '../platform/platform.js';
import type { HandlerRequest, HandlerResponse, Handlers } from '../server/handler.js';
import {
  compareFields,
  createPropertyFilter,
  createTagsFilter,
  DEFAULT_LIMIT,
  parseOrder,
  pickProperties,
  splitNames,
} from './catalog-query.js';

type CatalogBatch = components['schemas']['CatalogBatch'];
type Query = NonNullable<operations['listBatches']['parameters']['query']>;
type Filter = (batch: CatalogBatch) => boolean;
type FilterName = Exclude<
  keyof Query,
  'orderBy' | 'sort' | 'properties' | 'limit' | 'start' | 'aggregate'
>;

export function createCatalogHandlers(
  platform: Platform,
): Pick<Handlers, 'getBatch' | 'listBatches'> {
  return {
    getBatch: (request) => getBatch(platform, request),
    listBatches: (request) => listBatches(platform, request),
  };
}

async function getBatch(
  platform: Platform,
  { path, query, sandbox }: HandlerRequest<'getBatch'>,
): Promise<HandlerResponse> {
  const batch = platform.findBatch(path.batchId);
  if (batch?.sandbox !== sandbox || batch.consumeCatalogLag()) {
    throw catalogProblem(404, 'NotFoundError', `There is no batch ${path.batchId}`);
  }
  await platform.advance(batch);
  return toResponse({ [batch.id]: batch.toCatalogEntry() }, query.properties);
}

async function listBatches(
  platform: Platform,
  { query, sandbox }: HandlerRequest<'listBatches'>,
): Promise<HandlerResponse> {
  const { start = 0, limit = DEFAULT_LIMIT } = query;
  const passes = createFilter(query);
  const batches = platform
    .listBatches()
    .filter((batch) => batch.sandbox === sandbox && passes(batch.toCatalogEntry()))
    .filter((batch) => !batch.consumeCatalogLag())
    .sort(createComparator(query.orderBy ?? query.sort))
    .slice(start, start + limit);
  const page: Record<string, CatalogBatch> = {};
  for (const batch of batches) {
    await platform.advance(batch);
    page[batch.id] = batch.toCatalogEntry();
  }
  return toResponse(page, query.properties);
}

/** The batches, or of each the fields that `properties` names. */
function toResponse(
  batches: Record<string, CatalogBatch>,
  properties: string | undefined,
): HandlerResponse {
  const json = pickProperties(batches, properties);
  if (properties === undefined || splitNames(properties).includes('status')) {
    return { status: 200, json };
  }
  const undocumented = 'the document requires that `properties` names the status';
  return { status: 200, json, undocumented };
}

/** One filter for each parameter of the OpenAPI document that is one. */
const FILTERS: { [Name in FilterName]: (value: NonNullable<Query[Name]>) => Filter } = {
  dataSet:
    (id) =>
    ({ relatedObjects = [] }) =>
      relatedObjects.some((object) => object.type === 'dataSet' && object.id === id),
  status: (text) => {
    const isIncluded = !text.startsWith('!');
    const names = text.replace(/^!/, '').split(',');
    return ({ status }) => names.includes(status) === isIncluded;
  },
  externalId: (id) => (batch) => batch.externalId === id,
  batch:
    (id) =>
    ({ id: own, relatedObjects = [] }) =>
      own === id || relatedObjects.some((object) => object.id === id),
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
  tags: createTagsFilter,
  version: (version) => (batch) => batch.version === version,
  property: createPropertyFilter,
};

/** All filters of a query as one. */
function createFilter(query: Query): Filter {
  const filters = (Object.keys(FILTERS) as FilterName[]).flatMap((name) => {
    const value = query[name];
    // The filter and the value have the same name, which the compiler cannot follow in a loop.
    return value === undefined ? [] : [(FILTERS[name] as (value: unknown) => Filter)(value)];
  });
  return (batch) => filters.every((filter) => filter(batch));
}

/**
 * Compares two batches; without an order, by their creation. Equal ones are ordered by their creation, too, in
 * the direction of the first key.
 */
function createComparator(orderBy: string | undefined): (a: Batch, b: Batch) => number {
  const keys = orderBy === undefined ? [] : parseOrder(orderBy);
  return (a, b) =>
    compareFields(toFields(a), toFields(b), keys) ||
    (a.sequence - b.sequence) * (keys[0]?.sign ?? 1);
}

const toFields = (batch: Batch): Record<string, unknown> => ({ ...batch.toCatalogEntry() });
