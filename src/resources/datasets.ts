import { type CallOptions, validateCallOptions } from '../http/options.js';
import { checkId } from '../shared/checks.js';
import { importLate } from '../shared/import-late.js';
import type { TypedClient } from '../typed-client/client.js';
import { findEntry, isFields, unwrapCatalogMap } from './catalog.js';
import { listCatalogPages } from './catalog-pages.js';
import { invalidResponse } from './invalid-response.js';
import { checkDatasetFilter, checkDatasetIds, checkDatasetQuery } from './options.js';
import type { Dataset, DatasetFilter, DatasetQuery, LastBatch } from './types.js';

const LIST = '/data/foundation/catalog/dataSets';
const GET = '/data/foundation/catalog/dataSets/{datasetId}';
const LAST_BATCHES = '/data/foundation/catalog/lastBatches';

/** The most datasets of one request for last batches: a page of the Catalog. */
const MAX_IDS = 100;
/** Their ids take up at most so many characters of the query: a URL may have 2000. */
const MAX_ID_CHARACTERS = 1500;

/** Most programs read no datasets. */
const importEntries = () => importLate(() => import('./dataset-entries.js'));

/**
 * Datasets: what batches are loaded into.
 *
 * Every method throws an `InvalidInputError` for arguments that cannot be sent, an `ApiError` of the
 * status' class for an error response, and a `ConnectionError`, `TimeoutError` or `InvalidResponseError`
 * when there is no usable response.
 */
export class Datasets {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  /**
   * All datasets of the sandbox that the filter lets through, page by page as they are read; stop when
   * you have enough.
   * @param filter `name` matches the whole name only; `properties` names the fields to return.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/list-objects.html
   */
  async *list(filter?: DatasetFilter, callOptions?: CallOptions): AsyncGenerator<Dataset, void> {
    const options = validateCallOptions(callOptions);
    const { pageSize: limit, ...rest } = checkDatasetFilter(filter);
    const { toDataset } = await importEntries();
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

  /**
   * A dataset.
   * @param query `properties` names the fields to return, separated by commas. Without it all are
   *   returned, the schema of what was loaded so far included, which can be megabytes.
   * @throws {NotFoundError} where the sandbox has no such dataset.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/look-up-object.html
   */
  async get(datasetId: string, query?: DatasetQuery, callOptions?: CallOptions): Promise<Dataset> {
    const options = validateCallOptions(callOptions);
    const path = { datasetId: checkId('datasetId', datasetId) };
    const params = { path, query: checkDatasetQuery(query) };
    const result = await this.#client.validated.GET(GET, { ...options, params });
    const found = findEntry(unwrapCatalogMap(this.#client, result, 'datasets'), datasetId);
    const { toDataset } = await importEntries();
    if (found !== undefined) return toDataset(found.key, found.entry);
    throw invalidResponse(
      result,
      `the response has no dataset ${datasetId}`,
      'Check the id and the sandbox.',
    );
  }

  /**
   * The last batches of datasets: the newest one, and the newest ones that succeeded and failed. A
   * dataset that the Catalog has no batch of is missing from the result.
   * @param datasetIds up to 1000 ids; of many, one request is sent for each hundred or less.
   */
  async lastBatches(
    datasetIds: readonly string[],
    callOptions?: CallOptions,
  ): Promise<LastBatch[]> {
    const options = validateCallOptions(callOptions);
    const ids = checkDatasetIds('datasetIds', datasetIds);
    const { toLastBatch } = await importEntries();
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
