/** A batch, as the simulator keeps it, and as the Catalog tells it. */
import type { components } from '../../../generated/openapi.js';
import type { Ingested } from './ingested.js';
import type { Ledger } from './received-parts.js';
import type { BatchStatus } from './transitions.js';

type Schemas = components['schemas'];

/** A file that is all there. */
export interface StoredFile {
  readonly path: string;
  /** Where its bytes are on the disk. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** A large file that was announced and is not finished. */
export interface OpenUpload {
  readonly file: string;
  readonly ledger: Ledger;
}

/** How a batch begins. */
interface Beginning {
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
  readonly lag: number;
}

export class Batch {
  readonly id: string;
  readonly externalId: string;
  readonly sequence: number;
  readonly request: Schemas['CreateBatchRequest'];
  readonly sandbox: string;
  readonly files = new Map<string, StoredFile>();
  readonly uploads = new Map<string, OpenUpload>();
  /** What the next reads of its status tell, one after another. */
  upcoming: BatchStatus[] = [];
  /** Under way once the batch was completed. */
  ingestion: Promise<Ingested> | undefined;
  /** What came of it, once a read of the status has told. */
  ingested: Ingested | undefined;
  lag: number;
  readonly #beginning: Beginning;
  #status: BatchStatus = 'loading';
  #changes = 0;
  #updated: number;
  #started: number | undefined;
  #completed: number | undefined;

  constructor(beginning: Beginning) {
    this.#beginning = beginning;
    this.id = beginning.id;
    this.sequence = beginning.sequence;
    this.request = beginning.request;
    this.sandbox = beginning.sandbox;
    this.externalId = beginning.request.externalId ?? beginning.id;
    this.lag = beginning.lag;
    this.#updated = beginning.created;
  }

  get status(): BatchStatus {
    return this.#status;
  }

  get format(): Schemas['FileFormat'] {
    return this.request.inputFormat?.format ?? 'parquet';
  }

  /** The share of rows, in percent, that may be rejected. */
  get percent(): number {
    return this.request.partialIngestionPercent ?? this.request.partialIngestionPercentage ?? 0;
  }

  /** Its record changed. */
  move(status: BatchStatus, now: number): void {
    if (status === this.#status) return;
    if (this.#status === 'loading') this.#started = now;
    this.#status = status;
    this.#updated = now;
    this.#changes += 1;
  }

  /** The ingestion has ended, well or not. */
  end(status: BatchStatus, ingested: Ingested, now: number): void {
    this.move(status, now);
    this.ingested = ingested;
    this.#completed = now;
  }

  /** What `createBatch` answers. */
  created(): Schemas['CreatedBatch'] {
    const { inputFormat, replay } = this.request;
    return {
      ...this.#facts(),
      inputFormat: { format: 'parquet', ...inputFormat },
      ...(replay === undefined ? {} : { replay }),
    };
  }

  /** What the Catalog tells. */
  told(): Schemas['CatalogBatch'] {
    const { metrics, errors, input, failed, inputByteSize } = this.ingested ?? {};
    const known = {
      started: this.#started,
      completed: this.#completed,
      metrics,
      errors: errors?.length ? errors : undefined,
      recordCount: input,
      failedRecordCount: failed,
      size: inputByteSize,
    };
    const there = Object.entries(known).filter(([, value]) => value !== undefined);
    return { ...this.created(), tags: this.#tags(), ...Object.fromEntries(there) };
  }

  #facts() {
    const { id, orgId, client, created, request } = this.#beginning;
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

  /** The platform keeps two settings of a batch as labels. */
  #tags(): Schemas['CatalogTags'] {
    const { tags, enableErrorDiagnostics } = this.request;
    return {
      ...tags,
      ...(enableErrorDiagnostics === true ? { acp_enableErrorDiagnostics: true } : {}),
      ...(this.percent > 0 ? { acp_partialIngestionPercent: this.percent } : {}),
    };
  }
}
