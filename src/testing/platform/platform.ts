/** All that the simulator remembers. */
import { randomUUID } from 'node:crypto';
import type { components } from '../../../generated/openapi.js';
import type { Outcome, Settings } from '../options.js';
import { problem } from '../server/error-bodies.js';
import { Refusal } from '../server/handler.js';
import { Batch } from './batch.js';
import type { Disk } from './disk.js';
import { ingest } from './ingestion.js';
import { Tokens } from './tokens.js';
import {
  type Action,
  type BatchStatus,
  isFailed,
  isLoaded,
  moveOf,
  takenBack,
} from './transitions.js';

/** What becomes of a batch unless it is configured. */
const STATES: readonly BatchStatus[] = ['staging', 'success'];

export class Platform {
  readonly settings: Settings;
  readonly disk: Disk;
  readonly tokens: Tokens;
  /** What becomes of batches, by batch id, externalId or dataset id. */
  readonly outcomes: Record<string, Outcome>;
  readonly #batches = new Map<string, Batch>();
  /** Ends what is under way when the simulator stops. */
  readonly #signal: AbortSignal;

  constructor(settings: Settings, disk: Disk, signal: AbortSignal) {
    this.settings = settings;
    this.disk = disk;
    this.tokens = new Tokens(settings);
    this.outcomes = { ...settings.outcomes };
    this.#signal = signal;
  }

  /** In the order in which they were created. */
  all(): Batch[] {
    return [...this.#batches.values()];
  }

  find(id: string): Batch | undefined {
    return this.#batches.get(id);
  }

  /** @throws {Refusal} 404 where the sandbox has no such batch. */
  batchIn(sandbox: string, id: string): Batch {
    const batch = this.#batches.get(id);
    if (batch?.sandbox === sandbox) return batch;
    throw problem(404, `There is no batch ${id} in the sandbox ${sandbox}`);
  }

  create(
    request: components['schemas']['CreateBatchRequest'],
    { sandbox, client }: { sandbox: string; client: string },
  ): Batch {
    const { datasets, orgId, now, quirks } = this.settings;
    if (datasets !== undefined && !Object.hasOwn(datasets, request.datasetId)) {
      throw problem(422, `There is no dataset ${request.datasetId}`);
    }
    const twin = this.all().find(({ externalId }) => externalId === request.externalId);
    if (twin !== undefined) {
      const detail = `The externalId ${request.externalId} is that of batch ${twin.id}`;
      const { answer } = problem(quirks.duplicateStatus, detail);
      throw new Refusal({ ...answer, unchecked: 'which status it is was never published' });
    }
    const id = randomUUID().replaceAll('-', '');
    const sequence = this.#batches.size + 1;
    const [created, lag] = [now(), quirks.catalogLagReads];
    const batch = new Batch({ id, sequence, request, orgId, sandbox, client, created, lag });
    this.#batches.set(id, batch);
    return batch;
  }

  /** @throws {Refusal} 428 where the batch does not stand where this can be done to it. */
  async act(batch: Batch, action: Action): Promise<void> {
    const states = this.#outcomeOf(batch)?.states ?? STATES;
    const move = moveOf(action, batch.status, batch.ingestion !== undefined, states);
    if (move === 'nothing') return;
    if (move === 'refused') throw problem(428, `The batch is ${batch.status}`, 'ERR-BI-104');
    if (action === 'COMPLETE') this.#startIngestion(batch);
    batch.move(move.to, this.settings.now());
    batch.upcoming = [...move.next];
    if (action === 'ABORT') await this.#throwAway(batch);
  }

  #startIngestion(batch: Batch): void {
    const [unfinished] = batch.uploads.keys();
    if (unfinished !== undefined) {
      throw problem(428, `The file ${unfinished} was announced and is not finished`, 'ERR-BI-104');
    }
    const { datasets, rowErrorsPerFile } = this.settings;
    const formats = datasets?.[batch.request.datasetId]?.formats;
    const { disk } = this;
    batch.ingestion = ingest(batch, { disk, signal: this.#signal, rowErrorsPerFile, formats });
    batch.ingestion.catch(() => undefined); // whoever reads the status is told
  }

  async #throwAway(batch: Batch): Promise<void> {
    await batch.ingestion?.catch(() => undefined);
    const files = [...batch.files.values(), ...batch.uploads.values()];
    batch.files.clear();
    batch.uploads.clear();
    await Promise.all(files.map(({ file }) => this.disk.remove(file)));
  }

  /** Somebody reads the status of the batch: it goes on to what comes next. */
  async read(batch: Batch): Promise<void> {
    const next = batch.upcoming.shift();
    if (next === undefined) return;
    if (!isLoaded(next) && !isFailed(next)) return batch.move(next, this.settings.now());
    const before = batch.status;
    const ingested = await batch.ingestion;
    // Somebody may have given up the batch meanwhile.
    if (ingested === undefined || batch.status !== before) return;
    const fits = isFailed(next) || ingested.fits;
    if (!fits) batch.upcoming = [];
    const errors = [...(this.#outcomeOf(batch)?.errors ?? []), ...ingested.errors];
    batch.end(fits ? next : 'failed', { ...ingested, errors }, this.settings.now());
    if (isLoaded(batch.status)) this.#replacePredecessors(batch);
  }

  /** Replaced batches go the way of those that are reverted. Ids may have a `$` before them. */
  #replacePredecessors({ request, sandbox }: Batch): void {
    const ids = (request.replay?.predecessors ?? []).map((id) => id.replace(/^\$/, ''));
    const externalIds = request.replay?.predecessorsByExternalId ?? [];
    const predecessors = this.all().filter(
      (batch) =>
        (ids.includes(batch.id) || externalIds.includes(batch.externalId)) &&
        batch.sandbox === sandbox &&
        batch.request.datasetId === request.datasetId &&
        isLoaded(batch.status),
    );
    for (const batch of predecessors) {
      batch.move(takenBack.to, this.settings.now());
      batch.upcoming = [...takenBack.next];
    }
  }

  #outcomeOf({ id, externalId, request }: Batch): Outcome | undefined {
    return this.outcomes[id] ?? this.outcomes[externalId] ?? this.outcomes[request.datasetId];
  }

  /** Waits until nothing reads the disk any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.all().map(({ ingestion }) => ingestion));
  }
}
