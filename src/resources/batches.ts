import type { operations } from '../../generated/openapi.js';
import { AbortError, ambiguityHint } from '../http/errors.js';
import { attemptInfo } from '../http/lazy-response.js';
import { type CallOptions, validateCallOptions } from '../http/options.js';
import type { RetryPolicy } from '../http/retry.js';
import { checkId, checkObject, isId } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { validateOptions } from '../shared/options.js';
import type { TypedClient } from '../typed-client/client.js';
import { batchesOf, batchIn, type CatalogMap } from './catalog.js';
import { invalidResponse } from './invalid-response.js';
import { type BatchAddress, checkBatchAddress, checkFilter } from './options.js';
import { allPages, isDataSetFile, isPastEnd, type PageQuery, parseInteger, Seen } from './pages.js';
import { assertAdoptable, recoverAction, recoverCreate, UnknownOutcomeError } from './recovery.js';
import type {
  Batch,
  BatchFilter,
  BatchPreview,
  BatchStatus,
  CreateBatchRequest,
  CreatedBatch,
  DataSetFile,
  PreviewOptions,
} from './types.js';
import { WAIT_OPTIONS, type WaitOptions, type WaitResult, waitForBatch } from './wait.js';

const CREATE = '/data/foundation/import/batches';
const ACTION = '/data/foundation/import/batches/{batchId}';
const PREVIEW = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview';
const LIST = '/data/foundation/catalog/batches';
const GET = '/data/foundation/catalog/batches/{batchId}';
const FILES = '/data/foundation/export/batches/{batchId}/files';

type Action = operations['batchAction']['parameters']['query']['action'];

/** One batch has an external id; a few more are looked at should the filter be a loose one. */
const FOUND_AT_MOST = 10;
const NO_EXTERNAL_ID =
  'the batch may exist or not: pass an externalId, by which a lost answer can be settled.';

/** What `raw` gives. */
interface RawAnswer {
  error?: unknown;
  response: Response;
}
/** What the Catalog answers. */
interface CatalogResult extends RawAnswer {
  data?: CatalogMap;
}

/** How a batch stands after an action; COMPLETE leaves it on its way, and may be repeated. */
const LEFT_BY: Readonly<Partial<Record<Action, readonly BatchStatus[]>>> = {
  ABORT: ['aborted'],
  FAIL: ['failed', 'failure'],
  REVERT: ['inactive', 'deleted'],
};

/**
 * Batches: the unit that is ingested, as a whole or not at all.
 *
 * Every method throws an `InvalidInputError` for what cannot be sent, an `ApiError` of the status'
 * class when the platform refuses, and a `ConnectionError`, `TimeoutError` or `InvalidResponseError` when no
 * answer came that can be used; `stateUnknown` then says whether the call may have taken effect.
 */
export class Batches {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
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
    // The document says that it is a string, but not of which characters.
    if (typeof datasetId === 'string') checkId('datasetId', datasetId);
    let lookedUp = false;
    const recover = () => {
      if (externalId === undefined) throw new UnknownOutcomeError(NO_EXTERNAL_ID);
      lookedUp = true;
      const find = () => this.#find(externalId, options);
      const pause = (ms: number) =>
        this.#client.http.pause(ms, 'the look at the Catalog', options.signal);
      return recoverCreate(datasetId, find, pause);
    };
    const result = await this.#client.validated.POST(CREATE, { ...options, body }, { recover });
    if (lookedUp && externalId !== undefined && !result.response.ok) {
      // The second try may be refused because the first one had worked and the Catalog was late.
      const late = await this.#unless(result, async () => {
        const found = await this.#find(externalId, options);
        return found && assertAdoptable(found, datasetId);
      });
      if (late !== undefined) return late;
    }
    const batch = this.#client.unwrap(result);
    if (isId(batch.id)) return batch;
    const doubt = ambiguityHint(attemptInfo(result.response));
    const given: unknown = batch.id;
    const id =
      typeof given === 'string' ? `an id that cannot be used (${given.slice(0, 100)})` : 'no id';
    throw invalidResponse(result, `${result.response.status} with a batch that has ${id}`, doubt);
  }

  /** What a look at the platform finds; if the look fails, the refusal is what counts. */
  async #unless<T>(refused: RawAnswer, look: () => Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (cause) {
      if (cause instanceof AbortError) throw cause;
      const error = this.#client.toApiError(refused);
      error.cause = cause;
      throw error;
    }
  }

  /** The batch with this external id, if the Catalog knows it. */
  async #find(externalId: string, options: CallOptions): Promise<Batch | undefined> {
    const query = { externalId, orderBy: 'desc:created', limit: FOUND_AT_MOST, start: 0 } as const;
    const result = await this.#client.validated.GET(LIST, { ...options, params: { query } });
    return batchesOf(this.#mapOf(result)).find((batch) => batch.externalId === externalId);
  }

  /**
   * Hands the batch over to be ingested. It may be repeated: the platform takes that as one.
   * The answer means that the batch was accepted, not that it was ingested; `get()` tells that.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  complete(batchId: string, options?: CallOptions): Promise<void> {
    return this.#act(batchId, 'COMPLETE', options);
  }

  /**
   * Gives up a batch that is not loaded yet; what was uploaded is thrown away.
   * @throws {PreconditionRequiredError} when the batch's state does not allow it.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  abort(batchId: string, options?: CallOptions): Promise<void> {
    return this.#act(batchId, 'ABORT', options);
  }

  /**
   * Marks a batch that is not loaded yet as failed.
   * @throws {PreconditionRequiredError} when the batch's state does not allow it.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  fail(batchId: string, options?: CallOptions): Promise<void> {
    return this.#act(batchId, 'FAIL', options);
  }

  /**
   * Takes back a batch that was loaded, with all its rows: it becomes `inactive`, later `deleted`.
   * @throws {PreconditionRequiredError} when the batch's state does not allow it, for instance when
   * it was aborted.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/api-overview.html
   */
  revert(batchId: string, options?: CallOptions): Promise<void> {
    return this.#act(batchId, 'REVERT', options);
  }

  async #act(batchId: string, action: Action, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    checkId('batchId', batchId);
    const done = LEFT_BY[action];
    let asked = false;
    const isDone = async () => {
      asked = true;
      return done?.includes((await this.get(batchId, options)).status) === true;
    };
    // Completing a batch twice is completing it once; the other actions ask how it stands.
    const policy: RetryPolicy =
      done === undefined ? { idempotent: true } : { recover: () => recoverAction(isDone) };
    // As text: the answer has no body, and if it ever has one, nothing depends on it.
    const params = { path: { batchId }, query: { action } };
    const init = { ...options, params, parseAs: 'text' } as const;
    const result = await this.#client.validated.POST(ACTION, init, policy);
    // The second try may be refused because the first one had worked and the Catalog was late.
    if (asked && !result.response.ok && (await this.#unless(result, isDone))) return;
    this.#client.expectOk(result);
  }

  /**
   * How the batch fares, what was counted and what went wrong.
   * @throws {NotFoundError} when there is none with this id.
   * @see https://experienceleague.adobe.com/docs/experience-platform/catalog/api/list-objects.html
   */
  async get(batchId: string, callOptions?: CallOptions): Promise<Batch> {
    const options = validateCallOptions(callOptions);
    const result = await this.#client.validated.GET(GET, {
      ...options,
      params: { path: { batchId } },
    });
    const batch = batchIn(this.#mapOf(result), batchId);
    if (batch !== undefined) return batch;
    throw invalidResponse(
      result,
      `the answer has no batch ${batchId}`,
      'Check the id and the sandbox.',
    );
  }

  /** The Catalog's map of batches. */
  #mapOf(result: CatalogResult): CatalogMap {
    const map = this.#client.unwrap(result);
    if (!Array.isArray(map)) return map;
    throw invalidResponse(result, 'the answer is a list and no map of batches');
  }

  /**
   * Waits until the batch was ingested, failed or stalled, or the time is up. It does not throw for
   * any of these: `outcome` says which it was. Polls at growing intervals with jitter, and waits out
   * every failure that may pass by itself, as long as `waitTimeoutMs` allows.
   * @throws {CallError} with its `batchId`, for a refusal that does not pass: 401, 403, 404 six times
   * in a row, another 4xx, an untrusted certificate; or for the last failure where the time was up
   * before the batch was seen at all.
   * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/batch/troubleshooting.html
   */
  async wait(batchId: string, waitOptions?: WaitOptions): Promise<WaitResult> {
    const options = validateOptions(WAIT_OPTIONS, waitOptions);
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
  async *list(filter?: BatchFilter, callOptions?: CallOptions): AsyncGenerator<Batch, void> {
    const options = validateCallOptions(callOptions);
    const { pageSize: limit, orderBy, ...rest } = checkFilter(filter);
    const seen = new Seen();
    let isShort = false;
    for (let start = 0; ; ) {
      const query = { ...rest, orderBy, limit, start };
      const result = await this.#client.validated.GET(LIST, { ...options, params: { query } });
      if (isShort && isPastEnd(result.response)) return;
      const page = Object.entries(this.#mapOf(result));
      // A batch that is created meanwhile moves the others on to the next page.
      const fresh = page.filter(([id]) => !seen.has(id));
      for (const [id] of fresh) seen.add(id);
      yield* batchesOf(Object.fromEntries(fresh));
      if (fresh.length === 0) return;
      // A page may hold less than was asked for. What is not a batch takes up a place on it, too.
      start += page.length;
      isShort = page.length < limit;
    }
  }

  /**
   * The first rows of what was uploaded so far, to see whether the format was understood.
   * @param preview `nrow` is the number of rows; a client that uses the call keeps it below 10.
   * @see https://developer.adobe.com/experience-platform-apis/references/batch-ingestion/
   */
  async preview(
    address: BatchAddress,
    preview: PreviewOptions,
    callOptions?: CallOptions,
  ): Promise<BatchPreview> {
    const options = validateCallOptions(callOptions);
    const path = checkBatchAddress(address);
    const params = { path, query: checkObject('preview', preview, 'at least the format') };
    return this.#client.unwrap(await this.#client.validated.GET(PREVIEW, { ...options, params }));
  }

  /**
   * The files that the batch left in its dataset, not those that were uploaded.
   * @see https://experienceleague.adobe.com/docs/experience-platform/data-access/tutorials/dataset-data.html
   */
  async *files(batchId: string, callOptions?: CallOptions): AsyncGenerator<DataSetFile, void> {
    const options = validateCallOptions(callOptions);
    const ask = (query: PageQuery) => {
      const params = { path: { batchId }, query: { start: 0, ...query } };
      return this.#client.validated.GET(FILES, { ...options, params });
    };
    const entries = allPages(this.#client, ask, isDataSetFile);
    for await (const {
      dataSetFileId,
      created,
      updated,
      records,
      size,
      _links,
      ...rest
    } of entries) {
      yield {
        ...rest,
        id: dataSetFileId,
        created: parseInteger(created),
        updated: parseInteger(updated),
        records: parseInteger(records),
        sizeBytes: parseInteger(size),
      };
    }
  }
}
