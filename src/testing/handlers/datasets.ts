/** The datasets of the Catalog. */
import type { components } from '../../../generated/openapi.js';
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

type Dataset = components['schemas']['Dataset'];

export function createDatasetHandlers(
  platform: Platform,
): Pick<Handlers, 'listDatasets' | 'getDataset' | 'listLastBatches'> {
  return {
    listDatasets: (request) => listDatasets(platform, request),
    getDataset: (request) => getDataset(platform, request),
    listLastBatches: (request) => listLastBatches(platform, request),
  };
}

function getDataset(
  platform: Platform,
  { path, query, sandbox }: HandlerRequest<'getDataset'>,
): HandlerResponse {
  const { datasetId } = path;
  const dataset = platform.findDataset(sandbox, datasetId);
  if (dataset === undefined) {
    throw catalogProblem(404, 'NotFoundError', `There is no dataset ${datasetId}`);
  }
  return { status: 200, json: pickProperties({ [datasetId]: dataset }, query.properties) };
}

function listLastBatches(
  platform: Platform,
  { query, sandbox }: HandlerRequest<'listLastBatches'>,
): HandlerResponse {
  const { dataSetId, start = 0, limit = DEFAULT_LIMIT } = query;
  const all = [...platform.listDatasets(sandbox).keys()];
  const ids = dataSetId === undefined ? all : splitNames(dataSetId);
  const entries = ids
    .map((id) => [id, platform.findLastBatches(sandbox, id)] as const)
    .filter(([, { lastBatchId }]) => lastBatchId !== undefined);
  return { status: 200, json: Object.fromEntries(entries.slice(start, start + limit)) };
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
