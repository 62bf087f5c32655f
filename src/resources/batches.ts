import * as checks from '../../generated/request-checks.js';
import { checkId } from '../http/checks.js';
import type { Raw } from '../http/raw.js';
import type { Redactor } from '../http/secrets.js';
import type { CallOptions } from '../http/settings.js';
import { checkRequest } from './request-check.js';
import type { CreateBatchRequest, CreatedBatch } from './types.js';
import { unwrap } from './unwrap.js';

/** Batches: the unit that is ingested, as a whole or not at all. */
export class Batches {
  readonly #raw: Raw;
  readonly #redact: Redactor;

  constructor(raw: Raw, redact: Redactor) {
    this.#raw = raw;
    this.#redact = redact;
  }

  /**
   * Opens an empty batch in a dataset; it is `loading` until it is completed.
   * @param request only `datasetId` is required; without an `inputFormat` the batch holds Parquet.
   * @throws {InvalidInputError} when the request does not fit the document; nothing was sent.
   * @throws {ApiError} (one of its classes) when the platform refuses.
   * @throws {ConnectionError | TimeoutError} when no answer came: the batch may exist or not.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async create(request: CreateBatchRequest, options: CallOptions = {}): Promise<CreatedBatch> {
    checkRequest(checks.createBatch, { body: request });
    checkId('datasetId', request.datasetId);
    const result = await this.#raw.POST('/data/foundation/import/batches', {
      ...options,
      body: request,
    });
    return unwrap(result, this.#redact);
  }
}
