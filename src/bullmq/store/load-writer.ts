/** Writes a load into Redis, and its jobs into the queue. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { IngestTarget } from '../../ingest/context.js';
import type { FileEntry, PlanEntry } from '../../ingest/journal-entries.js';
import { type IngestPlan, toFileEntry, toMemberEntries, toPlanEntries } from '../../ingest/plan.js';
import { InvalidInputError } from '../../shared/errors.js';
import type { SourceFile } from '../../upload/source.js';
import { type BatchJobData, JOB_VERSION, type LoadDescription } from '../types.js';
import { CHUNK_FILES } from './batch-store.js';
import { JOB_OPTIONS } from './job-options.js';
import { QueueKeys, toBatchJobId } from './keys.js';
import type { SecretUrls } from './secret-urls.js';

/**
 * The jobs are added last, so a batch that has a job has all else. Nothing that is there is changed: a load may be
 * written again after that broke off, and by two programs at once.
 */
export class LoadWriter {
  readonly #keys: QueueKeys;

  constructor(
    readonly redis: Redis,
    readonly queue: Queue,
    readonly loadId: string,
    readonly urls: SecretUrls,
  ) {
    this.#keys = new QueueKeys(queue.qualifiedName);
  }

  /** @throws {InvalidInputError} if the id is taken by another load. */
  async begin(description: LoadDescription): Promise<void> {
    const key = this.#keys.load(this.loadId);
    await this.redis.hsetnx(key, 'description', JSON.stringify(description));
    const stored = await this.redis.hget(key, 'description');
    const { digest } = JSON.parse(stored ?? '{}') as Partial<LoadDescription>;
    if (digest !== description.digest) {
      const message = `Invalid loadId: ${this.loadId} is a load of other files or options. Choose another id.`;
      throw new InvalidInputError('loadId', message);
    }
    if ((await this.redis.hexists(key, 'cancelled')) === 1) {
      const message = `Invalid loadId: load ${this.loadId} was cancelled. Choose another id to load its files.`;
      throw new InvalidInputError('loadId', message);
    }
  }

  /**
   * The list of the files of a batch, and the plan that its steps begin with.
   * @param plan that of this batch, but for its files.
   */
  async addBatch(plan: IngestPlan, batch: number, files: readonly SourceFile[]): Promise<void> {
    const keys = this.#keys.batch(this.loadId, batch);
    const { content } = plan;
    for (let from = 0; from < files.length; from += CHUNK_FILES) {
      const chunk: FileEntry[] = files
        .slice(from, from + CHUNK_FILES)
        .map((file) => this.urls.encrypt(toFileEntry(file, content?.hashed.get(file.path))));
      await this.#addMembers(keys.members, files, from);
      await this.redis.hsetnx(keys.files, String(from / CHUNK_FILES), JSON.stringify(chunk));
    }
    const [entry] = toPlanEntries({ ...plan, files: undefined, skipped: 0 });
    const stored = { ...(entry as PlanEntry), files: files.length };
    await this.redis.set(keys.plan, JSON.stringify(stored), 'NX');
  }

  /** What the packed files of a chunk are put together from. */
  async #addMembers(key: string, files: readonly SourceFile[], from: number): Promise<void> {
    const chunk = files.slice(from, from + CHUNK_FILES);
    for (const [at, file] of chunk.entries()) {
      if (file.members === undefined) continue;
      const entries = toMemberEntries(file).map((entry) => this.urls.encrypt(entry));
      await this.redis.hsetnx(key, String(from + at), JSON.stringify(entries));
    }
  }

  async addJobs(target: IngestTarget, batches: number): Promise<void> {
    for (let from = 1; from <= batches; from += CHUNK_FILES) {
      const count = Math.min(CHUNK_FILES, batches - from + 1);
      const jobs = Array.from({ length: count }, (_, at) => {
        const batch = from + at;
        const data: BatchJobData = { version: JOB_VERSION, loadId: this.loadId, batch, target };
        const jobId = toBatchJobId(this.loadId, batch);
        return { name: 'batch', data, opts: { ...JOB_OPTIONS, jobId } };
      });
      await this.queue.addBulk(jobs);
    }
  }
}
