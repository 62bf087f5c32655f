/** The calls of `client.datasets`, imported with the first of them. */
import { type CallOptions, validateCallOptions } from '../http/options.js';
import { checkId } from '../shared/checks.js';
import type { TypedClient } from '../typed-client/client.js';
import { findEntry, isFields, unwrapCatalogMap } from './catalog.js';
import { listCatalogPages } from './catalog-pages.js';
import { toDataset, toLastBatch } from './dataset-entries.js';
import { invalidResponse } from './invalid-response.js';
import { checkDatasetFilter, checkDatasetIds, checkDatasetQuery } from './options.js';
import type { Dataset, DatasetFilter, DatasetQuery, LastBatch } from './types.js';

const LIST = '/data/foundation/catalog/dataSets';
const GET = '/data/foundation/catalog/dataSets/{datasetId}';
const LAST_BATCHES = '/data/foundation/catalog/lastBatches';

/** The most datasets of one request for last batches: a page of the Catalog. */
const MAX_IDS = 100;
/** The most characters of the query that their ids take up: a URL may have 2000. */
const MAX_ID_CHARACTERS = 1500;

/** `Datasets` documents them. */
export class DatasetCalls {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  async *list(filter?: DatasetFilter, callOptions?: CallOptions): AsyncGenerator<Dataset, void> {
    const options = validateCallOptions(callOptions);
    const { pageSize: limit, ...rest } = checkDatasetFilter(filter);
    const pages = listCatalogPages(this.#client, {
      what: 'datasets',
      limit,
      fetchPage: (start) => {
        const query = { ...rest, limit, start };
        return this.#client.validated.GET(LIST, { ...options, params: { query } });
      },
    });
    for await (const page of pages) {
      for (const [id, entry] of Object.entries(page))
        if (isFields(entry)) yield toDataset(id, entry);
    }
  }

  async get(datasetId: string, query?: DatasetQuery, callOptions?: CallOptions): Promise<Dataset> {
    const options = validateCallOptions(callOptions);
    const path = { datasetId: checkId('datasetId', datasetId) };
    const params = { path, query: checkDatasetQuery(query) };
    const result = await this.#client.validated.GET(GET, { ...options, params });
    const found = findEntry(unwrapCatalogMap(this.#client, result, 'datasets'), datasetId);
    if (found !== undefined) return toDataset(found.key, found.entry);
    throw invalidResponse(
      result,
      `the response has no dataset ${datasetId}`,
      'Check the id and the sandbox.',
    );
  }

  async lastBatches(
    datasetIds: readonly string[],
    callOptions?: CallOptions,
  ): Promise<LastBatch[]> {
    const options = validateCallOptions(callOptions);
    const ids = checkDatasetIds('datasetIds', datasetIds);
    const found: LastBatch[] = [];
    for (const chunk of splitIds(ids)) {
      const missing = new Set(chunk);
      for await (const page of this.#lastBatchPages(chunk, options)) {
        for (const [id, entry] of Object.entries(page)) {
          // Others were not asked for.
          if (isFields(entry) && missing.delete(id)) found.push(toLastBatch(id, entry));
        }
        if (missing.size === 0) break;
      }
    }
    return found;
  }

  #lastBatchPages(ids: readonly string[], options: CallOptions) {
    const dataSetId = ids.join(',');
    return listCatalogPages(this.#client, {
      what: 'last batches',
      limit: MAX_IDS,
      fetchPage: (start) => {
        const query = { dataSetId, limit: MAX_IDS, start };
        return this.#client.validated.GET(LAST_BATCHES, { ...options, params: { query } });
      },
    });
  }
}

/** The ids in lists that each fit into one request. */
function splitIds(ids: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let room = 0;
  for (const id of new Set(ids)) {
    const length = encodeURIComponent(`,${id}`).length;
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length === MAX_IDS || length > room) {
      chunks.push([id]);
      room = MAX_ID_CHARACTERS - length;
    } else {
      chunk.push(id);
      room -= length;
    }
  }
  return chunks;
}
