/** One batch: its status, its files, and how the Catalog describes it. */
import type { components } from '../../../generated/openapi.js';
import { omitUndefined } from '../../shared/options.js';
import { BatchFiles } from './batch-files.js';
import type { Disk } from './disk.js';
import type { RowFile } from './rejected-rows.js';
import { type BatchStatus, isFailed } from './transitions.js';

type Schemas = components['schemas'];

/** What reading the files of a completed batch gave. */
export interface IngestionResult {
  /** Whether the files allow the batch to succeed. */
  readonly passes: boolean;
  /** How many rows were read, and how many of them were rejected. */
  readonly inputRows: number;
  readonly failedRows: number;
  readonly inputByteSize: number;
  readonly metrics: Schemas['CatalogMetrics'];
  readonly errors: readonly Schemas['CatalogBatchError'][];
  /** How many good rows each file has, by its path. */
  readonly goodRows: ReadonlyMap<string, number>;
  /** The rows that were rejected, as JSON Lines. */
  readonly rejected: readonly RowFile[];
}

/** What a batch is created from. */
export interface BatchInit {
  readonly id: string;
  /** Counted from 1, in the order in which batches were created. */
  readonly sequence: number;
  readonly request: Schemas['CreateBatchRequest'];
  readonly orgId: string;
  readonly sandbox: string;
  /** The client id of the credential. */
  readonly client: string;
  /** In milliseconds since 1970-01-01 UTC. */
  readonly created: number;
  /** How many reads of the Catalog it is missing from. */
  readonly catalogLagReads: number;
}

/** The counts of a batch that failed, whatever its files hold. */
const NOTHING_LOADED: Schemas['CatalogMetrics'] = {
  outputRecordCount: 0,
  outputByteSize: 0,
  outputFileCount: 0,
  partitionCount: 0,
};

export class Batch {
  readonly files: BatchFiles;
  readonly #init: BatchInit;
  #status: BatchStatus = 'loading';
  #pendingStatuses: BatchStatus[] = [];
  #lagReads: number;
  #ingestion: Promise<IngestionResult> | undefined;
  #result: IngestionResult | undefined;
  #changes = 0;
  #updated: number;
  #started: number | undefined;
  #completed: number | undefined;

  constructor(init: BatchInit, disk: Disk) {
    this.#init = init;
    this.files = new BatchFiles(disk);
    this.#lagReads = init.catalogLagReads;
    this.#updated = init.created;
  }

  get id(): string {
    return this.#init.id;
  }

  get sequence(): number {
    return this.#init.sequence;
  }

  get request(): Schemas['CreateBatchRequest'] {
    return this.#init.request;
  }

  get sandbox(): string {
    return this.#init.sandbox;
  }

  /** The platform takes the batch's id where the request has none. */
  get externalId(): string {
    return this.request.externalId ?? this.id;
  }

  get format(): Schemas['FileFormat'] {
    return this.request.inputFormat?.format ?? 'parquet';
  }

  /** The share of rows, in percent, that may be rejected. */
  get maxRejectedPercent(): number {
    return this.request.partialIngestionPercent ?? this.request.partialIngestionPercentage ?? 0;
  }

  get status(): BatchStatus {
    return this.#status;
  }

  /** Set once the batch was completed. */
  get ingestion(): Promise<IngestionResult> | undefined {
    return this.#ingestion;
  }

  /** Set once a read of the status has shown that the ingestion ended. */
  get result(): IngestionResult | undefined {
    return this.#result;
  }

  /** Counts a read of the Catalog. Returns whether the batch is still missing from it. */
  consumeCatalogLag(): boolean {
    if (this.#lagReads === 0) return false;
    this.#lagReads -= 1;
    return true;
  }

  /** Changes the status. `pending` are the statuses that later reads bring, one each. */
  setStatus(status: BatchStatus, now: number, pending?: readonly BatchStatus[]): void {
    if (pending !== undefined) this.#pendingStatuses = [...pending];
    if (status === this.#status) return;
    if (this.#status === 'loading') this.#started = now;
    this.#status = status;
    this.#updated = now;
    this.#changes += 1;
  }

  takePendingStatus(): BatchStatus | undefined {
    return this.#pendingStatuses.shift();
  }

  startIngestion(ingestion: Promise<IngestionResult>): void {
    this.#ingestion = ingestion;
    ingestion.catch(() => undefined); // reported to whoever reads the status
  }

  /** Ends the ingestion. Files that cannot be loaded override a configured success. */
  finishIngestion(configured: BatchStatus, result: IngestionResult, now: number): void {
    if (result.passes || isFailed(configured)) this.setStatus(configured, now);
    else this.setStatus('failed', now, []);
    this.#result = isFailed(configured)
      ? { ...result, metrics: { ...result.metrics, ...NOTHING_LOADED } }
      : result;
    this.#completed = now;
  }

  /** Removes its files, once the ingestion does not read them any more. */
  async discardFiles(): Promise<void> {
    await this.#ingestion?.catch(() => undefined);
    await this.files.removeAll();
  }

  /** The body of the response to `createBatch`. */
  toCreatedBatch(): Schemas['CreatedBatch'] {
    const { inputFormat, replay } = this.request;
    return {
      ...this.#commonFields(),
      inputFormat: { format: 'parquet', ...inputFormat },
      ...omitUndefined({ replay }),
    };
  }

  /** Its entry in the Catalog. */
  toCatalogEntry(): Schemas['CatalogBatch'] {
    const { metrics, errors, inputRows, failedRows, inputByteSize } = this.#result ?? {};
    return {
      ...this.toCreatedBatch(),
      tags: this.#catalogTags(),
      ...omitUndefined({
        started: this.#started,
        completed: this.#completed,
        metrics,
        errors: errors?.length ? [...errors] : undefined,
        recordCount: inputRows,
        failedRecordCount: failedRows,
        size: inputByteSize,
      }),
    };
  }

  #commonFields() {
    const { id, orgId, client, created, request } = this.#init;
    const user = `${client}@techacct.adobe.com`;
    return {
      id,
      imsOrg: orgId,
      created,
      updated: this.#updated,
      createdUser: user,
      updatedUser: user,
      createdClient: client,
      status: this.#status,
      version: `1.0.${this.#changes}`,
      relatedObjects: [{ type: 'dataSet', id: request.datasetId }],
      externalId: this.externalId,
      tags: { ...request.tags },
    };
  }

  /** The platform keeps two options of a batch as tags. */
  #catalogTags(): Schemas['CatalogTags'] {
    const { tags, enableErrorDiagnostics } = this.request;
    return {
      ...tags,
      ...omitUndefined({
        acp_enableErrorDiagnostics: enableErrorDiagnostics || undefined,
        acp_partialIngestionPercent: this.maxRejectedPercent || undefined,
      }),
    };
  }
}
