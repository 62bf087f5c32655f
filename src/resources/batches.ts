import { ambiguityHint } from '../http/errors.js';
import { attemptInfo } from '../http/lazy-response.js';
import { type CallOptions, validateCallOptions } from '../http/options.js';
import type { Recovery } from '../http/retry.js';
import { checkId, checkObject, isId } from '../shared/checks.js';
import { copyOptions } from '../shared/copy-arguments.js';
import { InvalidInputError } from '../shared/errors.js';
import { importLate } from '../shared/import-late.js';
import { LateObject } from '../shared/late-object.js';
import { validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import type { BatchCalls } from './batch-calls.js';
import { findBatch, toCreatedBatch, unwrapCatalogMap } from './catalog.js';
import { UnknownOutcomeError } from './errors.js';
import { invalidResponse } from './invalid-response.js';
import type { Action } from './rejected-action.js';
import type {
  Batch,
  BatchAddress,
  BatchFilter,
  BatchPreview,
  CreateBatchRequest,
  CreatedBatch,
  DataSetFile,
  PreviewOptions,
} from './types.js';
import type { WaitOptions, WaitResult } from './wait.js';

const CREATE = '/data/foundation/import/batches';
const GET = '/data/foundation/catalog/batches/{batchId}';

const NO_EXTERNAL_ID =
  'The batch may or may not have been created. Pass an externalId so that a lost response can be resolved.';

/** Few calls lose their response. */
const importRecovery = () => importLate(() => import('./recover-create.js'));

/**
 * Batches: the unit that is ingested, as a whole or not at all.
 *
 * Every method throws an `InvalidInputError` for arguments that cannot be sent, an `ApiError` of the
 * status' class for an error response, and a `ConnectionError`, `TimeoutError` or `InvalidResponseError`
 * when there is no usable response; `stateUnknown` then says whether the call may have taken effect.
 */
export class Batches {
  readonly #client: TypedClient;
  readonly #late: LateObject<BatchCalls>;

  constructor(client: TypedClient) {
    this.#client = client;
    this.#late = new LateObject(async () => {
      const { BatchCalls } = await importLate(() => import('./batch-calls.js'));
      return new BatchCalls(client, (batchId, options) => this.get(batchId, options));
    });
  }

  /**
   * Opens an empty batch in a dataset; it is `loading` until it is completed.
   * @param request only `datasetId` is required; without an `inputFormat` the batch holds Parquet.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  async create(request: CreateBatchRequest, callOptions?: CallOptions): Promise<CreatedBatch> {
    const options = validateCallOptions(callOptions);
    const body = checkObject('request', request, 'a datasetId');
    if ('partialIngestionPercentage' in body) {
      const message =
        'partialIngestionPercentage is the older spelling: pass partialIngestionPercent.';
      throw new InvalidInputError('partialIngestionPercentage', message);
    }
    const { externalId, datasetId } = body;
    const findable = externalId === undefined ? undefined : { ...body, externalId };
    // The document says that it is a string, but not of which characters.
    if (typeof datasetId === 'string') checkId('datasetId', datasetId);
    let isLookedUp = false;
    const recover = async (): Promise<Recovery> => {
      if (findable === undefined) throw new UnknownOutcomeError(NO_EXTERNAL_ID);
      isLookedUp = true;
      const { recoverCreate } = await importRecovery();
      return recoverCreate(this.#client, findable, options);
    };
    const result = await this.#client.validated.POST(CREATE, { ...options, body }, { recover });
    if (isLookedUp && findable !== undefined && !result.response.ok) {
      // The retry may be rejected because the first attempt had succeeded and the Catalog lagged.
      const { findLateBatch } = await importRecovery();
      const late = await findLateBatch(this.#client, findable, options, result);
      if (late !== undefined) return late;
    }
    const batch = this.#client.unwrap(result);
    if (isId(batch.id)) return toCreatedBatch(batch);
    const hint = ambiguityHint(attemptInfo(result.response));
    const given: unknown = batch.id;
    const id = typeof given === 'string' ? `an id that cannot be used (${given})` : 'no id';
    throw invalidResponse(result, `${result.response.status} with a batch that has ${id}`, hint);
  }

  /**
   * Completes the batch, so that the platform ingests it. Idempotent. Success means that the batch was
   * accepted, not that it was ingested: `wait()` or `get()` shows that.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  complete(batchId: string, options?: CallOptions): Promise<void> {
    return this.#performAction(batchId, 'COMPLETE', options);
  }

  /**
   * Aborts a batch that is not loaded yet; what was uploaded is discarded.
   * @throws {PreconditionRequiredError} when the batch's state does not allow it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  abort(batchId: string, options?: CallOptions): Promise<void> {
    return this.#performAction(batchId, 'ABORT', options);
  }

  /**
   * Marks a batch that is not loaded yet as failed.
   * @throws {PreconditionRequiredError} when the batch's state does not allow it.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  fail(batchId: string, options?: CallOptions): Promise<void> {
    return this.#performAction(batchId, 'FAIL', options);
  }

  /**
   * Removes a batch that was loaded, with all its rows: it becomes `inactive`, later `deleted`.
   * @throws {PreconditionRequiredError} when the batch's state does not allow it, for instance when
   * it was aborted.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  revert(batchId: string, options?: CallOptions): Promise<void> {
    return this.#performAction(batchId, 'REVERT', options);
  }

  #performAction(batchId: string, action: Action, callOptions?: CallOptions): Promise<void> {
    return this.#late.run(
      (calls, ...args) => calls.performAction(...args),
      batchId,
      action,
      callOptions,
    );
  }

  /**
   * The batch's status, counts and errors.
   * @throws {NotFoundError} when there is none with this id.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/list-objects.html
   */
  async get(batchId: string, callOptions?: CallOptions): Promise<Batch> {
    const options = validateCallOptions(callOptions);
    const result = await this.#client.validated.GET(GET, {
      ...options,
      params: { path: { batchId } },
    });
    const batch = findBatch(unwrapCatalogMap(this.#client, result), batchId);
    if (batch !== undefined) return batch;
    throw invalidResponse(
      result,
      `the response has no batch ${batchId}`,
      'Check the id and the sandbox.',
    );
  }

  /**
   * Waits until the batch was ingested, failed or stalled, or the time is up. It does not throw for
   * any of these: `outcome` says which it was. Polls at growing intervals with jitter, and waits out
   * every transient failure, as long as `waitTimeoutMs` allows.
   * @throws {CallError} with its `batchId`, for a permanent failure: 401, 403, 404 six times
   * in a row, another 4xx, an untrusted certificate; or for the last failure where the time was up
   * before the batch was seen at all.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  async wait(batchId: string, waitOptions?: WaitOptions): Promise<WaitResult> {
    const own = copyOptions(waitOptions);
    const { waitForBatch, WAIT_OPTIONS } = await importLate(() => import('./wait.js'));
    const options = validateOptions(WAIT_OPTIONS, own);
    checkId('batchId', batchId);
    const { clock, timeoutMs } = this.#client.http.options;
    const get = (call: CallOptions) => this.get(batchId, call);
    const pause = (ms: number) =>
      this.#client.http.pause(ms, `the wait for batch ${batchId}`, options.signal);
    return waitForBatch({ batchId, get, clock, pause, timeoutMs }, options);
  }

  /**
   * All batches that the filter lets through, page by page as they are read; stop when you have
   * enough. Newest first unless `orderBy` says otherwise.
   * @param filter `createdAfter` and `createdBefore` in milliseconds since 1970-01-01 UTC.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/filter-data.html
   */
  list(filter?: BatchFilter, callOptions?: CallOptions): AsyncGenerator<Batch, void> {
    return this.#late.iterate((calls) => calls.list(filter, callOptions));
  }

  /**
   * The first rows of what was uploaded so far, to see whether the format was understood.
   * @param preview `nrow` is the number of rows; a client that uses the call keeps it below 10.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  preview(
    address: BatchAddress,
    preview: PreviewOptions,
    callOptions?: CallOptions,
  ): Promise<BatchPreview> {
    return this.#late.run(
      (calls, ...args) => calls.preview(...args),
      address,
      preview,
      callOptions,
    );
  }

  /**
   * The files that the batch left in its dataset, not those that were uploaded.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  files(batchId: string, callOptions?: CallOptions): AsyncGenerator<DataSetFile, void> {
    return this.#late.iterate((calls) => calls.files(batchId, callOptions));
  }
}
