/** The calls of `client.batches` that few programs make, imported with the first of them; `Batches` documents them. */
import { extendMessage } from '../http/errors.js';
import { attemptInfo } from '../http/lazy-response.js';
import { type CallOptions, validateCallOptions } from '../http/options.js';
import type { RetryPolicy } from '../http/retry.js';
import { checkId, checkObject } from '../shared/checks.js';
import type { TypedClient } from '../typed-client/client.js';
import { toBatches } from './catalog.js';
import { listCatalogPages } from './catalog-pages.js';
import { COMPLETED_STATUSES } from './completed-statuses.js';
import { checkBatchAddress, checkFilter } from './options.js';
import { allPages, isDataSetFile, type PageQuery, parseInteger } from './pages.js';
import { recheck, recoverAction } from './recovery.js';
import { type Action, explainRejectedAction } from './rejected-action.js';
import type {
  Batch,
  BatchAddress,
  BatchFilter,
  BatchPreview,
  BatchStatus,
  DataSetFile,
  PreviewOptions,
} from './types.js';

const ACTION = '/data/foundation/import/batches/{batchId}';
const PREVIEW = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview';
const LIST = '/data/foundation/catalog/batches';
const FILES = '/data/foundation/export/batches/{batchId}/files';

/** Statuses that prove that an action took effect. */
const STATUS_AFTER: Readonly<Record<Action, readonly BatchStatus[]>> = {
  COMPLETE: COMPLETED_STATUSES,
  ABORT: ['aborted'],
  FAIL: ['failed', 'failure'],
  REVERT: ['inactive', 'deleted'],
};
/** Error responses to a repeated call that may mean that it took effect before. */
const REPEATED = new Set([400, 403, 404, 409, 412, 422, 428]);

export class BatchCalls {
  readonly #client: TypedClient;
  readonly #get: (batchId: string, options: CallOptions) => Promise<Batch>;

  constructor(client: TypedClient, get: (batchId: string, options: CallOptions) => Promise<Batch>) {
    this.#client = client;
    this.#get = get;
  }

  async performAction(batchId: string, action: Action, callOptions?: CallOptions): Promise<void> {
    const options = validateCallOptions(callOptions);
    checkId('batchId', batchId);
    const statuses = STATUS_AFTER[action];
    let seen: BatchStatus | undefined;
    let isLookedUp = false;
    const hasTakenEffect = async () => {
      isLookedUp = true;
      seen = (await this.#get(batchId, options)).status;
      return statuses.includes(seen);
    };
    // COMPLETE may be repeated; before the others are, the batch's status is read.
    const policy: RetryPolicy =
      action === 'COMPLETE'
        ? { idempotent: true }
        : { recover: () => recoverAction(hasTakenEffect) };
    // As text: the response has no body, and if it ever has one, nothing depends on it.
    const params = { path: { batchId }, query: { action } };
    const init = { ...options, params, parseAs: 'text' } as const;
    const result = await this.#client.validated.POST(ACTION, init, policy);
    const { response } = result;
    const isLookedUpBefore = isLookedUp;
    const isRepeated = attemptInfo(response).priorAttemptAmbiguous && REPEATED.has(response.status);
    const isRejected = response.status === 428;
    // The retry may be rejected because the first attempt had succeeded, or the batch is so already.
    if ((isLookedUp || isRepeated || isRejected) && !response.ok) {
      const isDone = await recheck(this.#client, result, hasTakenEffect);
      // A batch that was completed may have failed since.
      if (isDone && (action !== 'COMPLETE' || isLookedUpBefore || isRepeated)) return;
    }
    if (isRejected && seen !== undefined) {
      const error = this.#client.toApiError(result);
      extendMessage(error, explainRejectedAction(action, batchId, seen));
      throw error;
    }
    this.#client.expectOk(result);
  }

  async *list(filter?: BatchFilter, callOptions?: CallOptions): AsyncGenerator<Batch, void> {
    const options = validateCallOptions(callOptions);
    const { pageSize: limit, orderBy, ...rest } = checkFilter(filter);
    const pages = listCatalogPages(this.#client, {
      what: 'batches',
      limit,
      fetchPage: (start) => {
        const query = { ...rest, orderBy, limit, start };
        return this.#client.validated.GET(LIST, { ...options, params: { query } });
      },
    });
    for await (const page of pages) yield* toBatches(page);
  }

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

  async *files(batchId: string, callOptions?: CallOptions): AsyncGenerator<DataSetFile, void> {
    const options = validateCallOptions(callOptions);
    const fetchPage = (query: PageQuery) => {
      const params = { path: { batchId }, query: { start: 0, ...query } };
      return this.#client.validated.GET(FILES, { ...options, params });
    };
    const entries = allPages(this.#client, fetchPage, isDataSetFile);
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
