import { type CallOptions, validateCallOptions } from '../http/options.js';
import type { TypedClient } from '../typed-client/client.js';
import {
  type Fields,
  isFields,
  isTime,
  normalizeObject,
  normalizeTags,
  put,
  toText,
  toTime,
} from './catalog.js';
import { listCatalogPages } from './catalog-pages.js';
import { checkDatasetFilter } from './options.js';
import type { Dataset, DatasetFilter } from './types.js';

const LIST = '/data/foundation/catalog/dataSets';

const TEXTS = [
  ...([
    'name',
    'description',
    'imsOrg',
    'sandboxId',
    'version',
    'state',
    'files',
    'viewId',
  ] as const),
  ...(['createdUser', 'updatedUser', 'createdClient', 'lastBatchId', 'lastBatchStatus'] as const),
] as const;
const TIMES = ['created', 'updated'] as const;

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
}

/** An entry of the Catalog's map as a dataset: a value that is not what its type says is left out. */
function toDataset(id: string, entry: Fields): Dataset {
  for (const name of TEXTS) {
    const value = entry[name];
    // A field without a value is also published as an empty object.
    if (value !== undefined && typeof value !== 'string') put(entry, name, toText(value));
  }
  for (const name of TIMES) {
    const value = entry[name];
    if (value !== undefined && !isTime(value)) put(entry, name, toTime(value));
  }
  normalizeObject(entry, 'tags', normalizeTags);
  normalizeObject(entry, 'schemaRef', normalizeSchemaRef);
  return Object.assign(entry, { id });
}

function normalizeSchemaRef(schemaRef: Fields): void {
  for (const name of ['id', 'contentType']) {
    if (schemaRef[name] !== undefined && typeof schemaRef[name] !== 'string')
      delete schemaRef[name];
  }
}
