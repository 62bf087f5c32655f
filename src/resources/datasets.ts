import type { CallOptions } from '../http/options.js';
import { importLate } from '../shared/import-late.js';
import { LateObject } from '../shared/late-object.js';
import type { TypedClient } from '../typed-client/client.js';
import type { DatasetCalls } from './dataset-calls.js';
import type { Dataset, DatasetFilter, DatasetQuery, LastBatch } from './types.js';

/**
 * Datasets: what batches are loaded into.
 *
 * Every method throws an `InvalidInputError` for arguments that cannot be sent, an `ApiError` of the
 * status' class for an error response, and a `ConnectionError`, `TimeoutError` or `InvalidResponseError`
 * when there is no usable response.
 */
export class Datasets {
  readonly #late: LateObject<DatasetCalls>;

  constructor(client: TypedClient) {
    this.#late = new LateObject(async () => {
      const { DatasetCalls } = await importLate(() => import('./dataset-calls.js'));
      return new DatasetCalls(client);
    });
  }

  /**
   * All datasets of the sandbox that the filter lets through, page by page as they are read; stop when
   * you have enough.
   * @param filter `name` matches the whole name only; `properties` names the fields to return.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/list-objects.html
   */
  list(filter?: DatasetFilter, callOptions?: CallOptions): AsyncGenerator<Dataset, void> {
    return this.#late.iterate((calls) => calls.list(filter, callOptions));
  }

  /**
   * A dataset.
   * @param query `properties` names the fields to return, separated by commas. Without it all are
   *   returned, the schema of what was loaded so far included, which can be megabytes.
   * @throws {NotFoundError} where the sandbox has no such dataset.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/look-up-object.html
   */
  get(datasetId: string, query?: DatasetQuery, callOptions?: CallOptions): Promise<Dataset> {
    return this.#late.run((calls, ...args) => calls.get(...args), datasetId, query, callOptions);
  }

  /**
   * The last batches of datasets: the newest one, and the newest ones that succeeded and failed. A
   * dataset that the Catalog has no batch of is missing from the result.
   * @param datasetIds up to 1000 ids; of many, one request is sent for each hundred or less.
   */
  lastBatches(datasetIds: readonly string[], callOptions?: CallOptions): Promise<LastBatch[]> {
    return this.#late.run((calls, ...args) => calls.lastBatches(...args), datasetIds, callOptions);
  }
}
