/** What Redis holds of one batch of a load: its plan, its files, and how far it has come. */
import type { Redis } from 'ioredis';
import type { Entry, FileEntry, MemberEntry, PlanEntry } from '../../ingest/journal-entries.js';
import { isEntry } from '../../ingest/journal-entries.js';
import { IngestState } from '../../ingest/state.js';
import { AepBatchError } from '../../shared/errors.js';
import type { FileJobData, QueuedReceipt } from '../types.js';
import type { BatchKeys } from './keys.js';
import type { SecretUrls } from './secret-urls.js';

/** How many files a chunk of a list holds, and how many jobs are added by one call. */
export const CHUNK_FILES = 500;

/** What Redis should hold of a load and does not, or what no version writes. */
export class StoredLoadError extends AepBatchError {
  override readonly name = 'StoredLoadError';
}

export class BatchStore {
  constructor(
    readonly redis: Redis,
    readonly keys: BatchKeys,
    readonly loadId: string,
    readonly batch: number,
    readonly urls: SecretUrls,
  ) {}

  async readPlan(): Promise<PlanEntry> {
    const text = await this.redis.get(this.keys.plan);
    if (text !== null) return this.#parse(text) as PlanEntry;
    throw new StoredLoadError(
      `Redis does not hold the plan of batch ${this.batch} of load ${this.loadId}: it has expired, or Redis has lost it. Enqueue the load again.`,
    );
  }

  /** All files of the batch, in their order. */
  async readFiles(count: number): Promise<FileEntry[]> {
    const files: FileEntry[] = [];
    for (let chunk = 0; files.length < count; chunk++) {
      const text = await this.redis.hget(this.keys.files, String(chunk));
      if (text === null) throw this.#incomplete();
      const entries = JSON.parse(text) as FileEntry[];
      if (entries.length === 0) throw this.#incomplete();
      files.push(...entries);
    }
    return files;
  }

  /** The path of a file in the batch, if Redis has its entry. */
  async readPath(index: number): Promise<string | undefined> {
    const chunk = await this.redis.hget(this.keys.files, String(Math.floor(index / CHUNK_FILES)));
    const files = chunk === null ? [] : (JSON.parse(chunk) as FileEntry[]);
    return files[index % CHUNK_FILES]?.path;
  }

  #incomplete(): StoredLoadError {
    return new StoredLoadError(
      `Redis does not hold all files of batch ${this.batch} of load ${this.loadId}. Enqueue the load again: what is missing is added.`,
    );
  }

  async isUploaded(index: number): Promise<boolean> {
    return (await this.redis.hexists(this.keys.uploaded, String(index))) === 1;
  }

  async readSteps(): Promise<Entry[]> {
    const texts = await this.redis.lrange(this.keys.steps, 0, -1);
    return texts.map((text) => this.#parse(text));
  }

  async readFact(name: string): Promise<string | undefined> {
    return (await this.redis.hget(this.keys.facts, name)) ?? undefined;
  }

  /** @returns `undefined` before there is a batch. */
  async findBatchId(): Promise<string | undefined> {
    for (const step of await this.readSteps()) if (step.type === 'created') return step.batchId;
    return undefined;
  }

  /** @throws {StoredLoadError} before there is a batch. */
  async readBatchId(): Promise<string> {
    const batchId = await this.findBatchId();
    if (batchId !== undefined) return batchId;
    throw new StoredLoadError(`Batch ${this.batch} of load ${this.loadId} was not created yet.`);
  }

  async readReceipt(): Promise<QueuedReceipt | undefined> {
    const text = await this.redis.hget(this.keys.facts, 'receipt');
    return text === null ? undefined : (JSON.parse(text) as QueuedReceipt);
  }

  /** How far the whole batch has come. */
  async replay(): Promise<IngestState> {
    const plan = await this.readPlan();
    const state = new IngestState();
    state.apply(plan);
    const files = await this.readFiles(plan.files ?? 0);
    for (const [index, file] of files.entries()) await this.#applyFile(state, file, index);
    state.apply({ type: 'planned' });
    const steps = await this.readSteps();
    for (const step of steps) if (step.type === 'created') state.apply(step);
    if (await this.redis.hexists(this.keys.facts, 'rangesShown'))
      state.apply({ type: 'ranges-shown' });
    const uploaded = await this.redis.hvals(this.keys.uploaded);
    for (const text of uploaded) state.apply(this.#parse(text));
    for (const step of steps) if (step.type !== 'created') state.apply(step);
    return state;
  }

  /** How far one file has come, as if it were the only one of its batch. */
  async replayFile({ batchId, file, index }: FileJobData, plan: PlanEntry): Promise<IngestState> {
    const state = new IngestState();
    state.apply({ ...plan, files: 1, content: undefined }); // the content is that of all files
    await this.#applyFile(state, file, index);
    state.apply({ type: 'planned' });
    state.apply({ type: 'created', batchId });
    const isWhole = file.sizeBytes <= plan.upload.largeFileThresholdBytes;
    if (isWhole && file.isStream !== true) return state; // the size of a stream is not known yet
    if (await this.redis.hexists(this.keys.facts, 'rangesShown'))
      state.apply({ type: 'ranges-shown' });
    const parts = await this.redis.lrange(this.keys.parts(index), 0, -1);
    for (const text of parts) state.apply(this.#parse(text));
    return state;
  }

  /** A file, and what it is put together from if it is a packed one. */
  async #applyFile(state: IngestState, file: FileEntry, index: number): Promise<void> {
    state.apply(this.urls.decrypt(file));
    if (file.members === undefined) return;
    const text = await this.redis.hget(this.keys.members, String(index));
    if (text === null) throw this.#incomplete();
    for (const member of JSON.parse(text) as MemberEntry[]) state.apply(this.urls.decrypt(member));
  }

  #parse(text: string): Entry {
    const entry = JSON.parse(text) as { type: string };
    if (isEntry(entry)) return entry;
    throw new StoredLoadError(`Load ${this.loadId} has a step that this version does not know.`);
  }
}
