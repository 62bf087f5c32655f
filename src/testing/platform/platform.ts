/**
 * The simulated platform: its batches, their files, its tokens. It knows nothing of HTTP but the errors that it
 * throws: nothing in this folder imports `server/` or `handlers/`.
 */
import { randomUUID } from 'node:crypto';
import type { components } from '../../../generated/openapi.js';
import { omitUndefined } from '../../shared/options.js';
import type { Outcome, ResolvedOptions } from '../options.js';
import { Batch } from './batch.js';
import type { Disk } from './disk.js';
import { problem } from './http-error.js';
import { ingest } from './ingestion.js';
import { Registry } from './registry.js';
import { CompiledSchemas } from './schema/compiled-schemas.js';
import type { DatasetSchema } from './schema/dataset-schema.js';
import { Tokens } from './tokens.js';
import {
  type Action,
  type BatchStatus,
  isFailed,
  isLoaded,
  nextStatus,
  REVERTED,
} from './transitions.js';

type CatalogDataset = components['schemas']['Dataset'];
type LastBatch = components['schemas']['LastBatch'];

/** The statuses after COMPLETE, unless they are configured. */
const DEFAULT_STATES: readonly BatchStatus[] = ['staging', 'success'];

export class Platform {
  readonly options: ResolvedOptions;
  readonly disk: Disk;
  readonly tokens: Tokens;
  readonly registry: Registry;
  /** How batches end, by batch id, externalId or dataset id. */
  readonly outcomes: Record<string, Outcome>;
  readonly #schemas = new CompiledSchemas();
  readonly #batches = new Map<string, Batch>();
  /** Aborted when the simulator stops. */
  readonly #signal: AbortSignal;

  constructor(options: ResolvedOptions, disk: Disk, signal: AbortSignal) {
    this.options = options;
    this.disk = disk;
    this.tokens = new Tokens(options);
    this.registry = new Registry(options.schemas, options.descriptors);
    this.outcomes = { ...options.outcomes };
    this.#signal = signal;
  }

  /** All batches, in the order in which they were created. */
  listBatches(): Batch[] {
    return [...this.#batches.values()];
  }

  findBatch(id: string): Batch | undefined {
    return this.#batches.get(id);
  }

  /**
   * The datasets by id: those that are configured, and those that the sandbox has batches of, where every id
   * exists.
   */
  listDatasets(sandbox: string): Map<string, CatalogDataset> {
    const { datasets } = this.options;
    const used = this.#listOwnBatches(sandbox).map(({ request }) => request.datasetId);
    const found = new Map<string, CatalogDataset>();
    for (const id of [...Object.keys(datasets ?? {}), ...used]) {
      const dataset = this.findDataset(sandbox, id);
      if (dataset !== undefined) found.set(id, dataset);
    }
    return found;
  }

  /** The dataset as the Catalog has it, if the sandbox has it. */
  findDataset(sandbox: string, id: string): CatalogDataset | undefined {
    if (!this.#hasDataset(sandbox, id)) return undefined;
    const { datasets, orgId } = this.options;
    const configured = datasets?.[id] ?? {};
    const {
      name = `Dataset ${id}`,
      description,
      schemaRef,
      tags = {},
      fileDescription,
      observableSchema,
    } = configured;
    const { lastSuccessfulBatchId, lastFailedBatchId, ...last } = this.findLastBatches(sandbox, id);
    return {
      ...omitUndefined({ description, schemaRef, fileDescription }),
      // The document says no more of it than that it is an object.
      ...(observableSchema && { observableSchema: { ...observableSchema } }),
      name,
      imsOrg: orgId,
      version: '1.0.0',
      tags: copyTags(tags),
      ...omitUndefined({
        lastBatchId: last.lastBatchId,
        lastBatchStatus: last.lastBatchStatus,
        lastSuccessfulBatch: lastSuccessfulBatchId,
        lastFailedBatch: lastFailedBatchId,
      }),
    };
  }

  /** The newest batch of a dataset, and the newest ones that were loaded or failed. */
  findLastBatches(sandbox: string, datasetId: string): LastBatch {
    const batches = this.#listOwnBatches(sandbox)
      .filter(({ request }) => request.datasetId === datasetId)
      .reverse();
    const [last] = batches;
    return omitUndefined({
      lastBatchId: last?.id,
      lastBatchStatus: last?.status,
      lastSuccessfulBatchId: batches.find(({ status }) => isLoaded(status))?.id,
      lastFailedBatchId: batches.find(({ status }) => isFailed(status))?.id,
    });
  }

  #hasDataset(sandbox: string, id: string): boolean {
    const { datasets, acceptsAnyDataset } = this.options;
    if (datasets === undefined || !Object.hasOwn(datasets, id)) return acceptsAnyDataset;
    const own = datasets[id]?.sandbox;
    return own === undefined || own === sandbox;
  }

  #listOwnBatches(sandbox: string): Batch[] {
    return this.listBatches().filter((batch) => batch.sandbox === sandbox);
  }

  /** @throws {HttpError} 404 where the sandbox has no such batch. */
  getBatch(sandbox: string, id: string): Batch {
    const batch = this.#batches.get(id);
    if (batch?.sandbox === sandbox) return batch;
    throw problem(404, `There is no batch ${id} in the sandbox ${sandbox}`);
  }

  /** @throws {HttpError} for a dataset that does not exist, or an externalId that is taken. */
  createBatch(
    request: components['schemas']['CreateBatchRequest'],
    { sandbox, client }: { sandbox: string; client: string },
  ): Batch {
    const { orgId, now, quirks } = this.options;
    if (!this.#hasDataset(sandbox, request.datasetId)) {
      throw problem(422, `There is no dataset ${request.datasetId}`);
    }
    const twin = this.listBatches().find(({ externalId }) => externalId === request.externalId);
    if (twin !== undefined && quirks.duplicateStatus !== 201) {
      const detail = `The externalId ${request.externalId} belongs to batch ${twin.id}`;
      const undocumented = 'which status it is was never published';
      throw problem(quirks.duplicateStatus, detail, { undocumented });
    }
    const { catalogLagReads } = quirks;
    const id = randomUUID().replaceAll('-', '');
    const sequence = this.#batches.size + 1;
    const init = { id, sequence, request, orgId, sandbox, client, created: now(), catalogLagReads };
    const batch = new Batch(init, this.disk);
    this.#batches.set(id, batch);
    return batch;
  }

  /** @throws {HttpError} 428 where the batch's status does not allow the action. */
  async applyAction(batch: Batch, action: Action): Promise<void> {
    const configured = this.findOutcome(batch)?.states ?? DEFAULT_STATES;
    const isCompleted = batch.ingestion !== undefined;
    const transition = nextStatus(action, batch.status, isCompleted, configured);
    if (transition === 'unchanged') return;
    if (transition === 'rejected') {
      throw problem(428, `The batch is ${batch.status}`, { code: 'ERR-BI-104' });
    }
    if (action === 'COMPLETE') this.#startIngestion(batch);
    batch.setStatus(transition.to, this.options.now(), transition.pending);
    if (action === 'ABORT') await batch.discardFiles();
  }

  #startIngestion(batch: Batch): void {
    const unfinished = batch.files.findUnfinished();
    if (unfinished !== undefined) {
      const detail = `The file ${unfinished} was initialized and is not completed`;
      throw problem(428, detail, { code: 'ERR-BI-104' });
    }
    const { datasets, rowErrorsPerFile } = this.options;
    const formats = datasets?.[batch.request.datasetId]?.formats;
    const { disk } = this;
    const schema = this.#findRowSchema(batch.request.datasetId);
    const report = this.findOutcome(batch)?.report;
    const context = { disk, signal: this.#signal, rowErrorsPerFile, report, formats, schema };
    batch.startIngestion(ingest(batch, context));
  }

  /** The schema of a dataset's rows, where the dataset refers to one that the registry has. */
  #findRowSchema(datasetId: string): Promise<DatasetSchema> | undefined {
    const { datasets, quirks } = this.options;
    const ref = datasets?.[datasetId]?.schemaRef;
    const schema = ref && this.registry.findReferenced(ref);
    return schema && this.#schemas.get(schema, quirks);
  }

  /** Called for each read of a batch's status: it takes the next of its pending statuses. */
  async advance(batch: Batch): Promise<void> {
    const next = batch.takePendingStatus();
    if (next === undefined) return;
    if (!isLoaded(next) && !isFailed(next)) return batch.setStatus(next, this.options.now());
    const before = batch.status;
    const result = await batch.ingestion;
    // The batch may have been aborted meanwhile.
    if (result === undefined || batch.status !== before) return;
    const errors = [...(this.findOutcome(batch)?.errors ?? []), ...result.errors];
    batch.finishIngestion(next, { ...result, errors }, this.options.now());
    if (isLoaded(batch.status)) this.#revertPredecessors(batch);
  }

  /** Replaced batches get the statuses of reverted ones. Ids may have a `$` before them. */
  #revertPredecessors({ request, sandbox }: Batch): void {
    const ids = (request.replay?.predecessors ?? []).map((id) => id.replace(/^\$/, ''));
    const externalIds = request.replay?.predecessorsByExternalId ?? [];
    const predecessors = this.listBatches().filter(
      (batch) =>
        (ids.includes(batch.id) || externalIds.includes(batch.externalId)) &&
        batch.sandbox === sandbox &&
        batch.request.datasetId === request.datasetId &&
        isLoaded(batch.status),
    );
    for (const batch of predecessors) {
      batch.setStatus(REVERTED.to, this.options.now(), REVERTED.pending);
    }
  }

  findOutcome({ id, externalId, request }: Batch): Outcome | undefined {
    return this.outcomes[id] ?? this.outcomes[externalId] ?? this.outcomes[request.datasetId];
  }

  /** Waits until nothing reads the disk any more. */
  async waitForIngestions(): Promise<void> {
    await Promise.allSettled(this.listBatches().map(({ ingestion }) => ingestion));
  }
}

const copyTags = (tags: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(tags).map(([name, values]) => [name, [...values]]));
