/** The datasets of the Catalog. */
import type { components } from '../../../generated/openapi.js';
import type { Platform } from '../platform/platform.js';
import type { HandlerRequest, HandlerResponse, Handlers } from '../server/handler.js';
import {
  compareFields,
  createPropertyFilter,
  createTagsFilter,
  DEFAULT_LIMIT,
  parseOrder,
  pickProperties,
} from './catalog-query.js';

type Dataset = components['schemas']['Dataset'];

export function createDatasetHandlers(platform: Platform): Pick<Handlers, 'listDatasets'> {
  return { listDatasets: (request) => listDatasets(platform, request) };
}

function listDatasets(
  platform: Platform,
  { query, sandbox }: HandlerRequest<'listDatasets'>,
): HandlerResponse {
  const { name, tags, property, orderBy, properties, start = 0, limit = DEFAULT_LIMIT } = query;
  const filters: ((dataset: Dataset) => boolean)[] = [];
  if (name !== undefined) filters.push((dataset) => dataset.name === name);
  if (tags !== undefined) filters.push(createTagsFilter(tags));
  if (property !== undefined) filters.push(createPropertyFilter(property));
  const keys = orderBy === undefined ? [] : parseOrder(orderBy);
  const page = [...platform.listDatasets(sandbox)]
    .filter(([, dataset]) => filters.every((passes) => passes(dataset)))
    .sort(([, one], [, two]) => compareFields({ ...one }, { ...two }, keys))
    .slice(start, start + limit);
  return { status: 200, json: pickProperties(Object.fromEntries(page), properties) };
}
