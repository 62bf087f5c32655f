/** `enqueueLoad()`: plans a load and puts it into a queue. */
import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { IngestTarget } from '../ingest/context.js';
import type { FileEntry, PlanEntry } from '../ingest/journal-entries.js';
import {
  FoundFiles,
  findSource,
  type IngestPlan,
  planIngest,
  toFileEntry,
  toMemberEntries,
  toPlanEntries,
} from '../ingest/plan.js';
import { limitPackBytes } from '../load/options.js';
import { type PlannedBatch, planLoad } from '../load/plan-load.js';
import { OWNER_TAG } from '../resources/owner-tag.js';
import { InvalidInputError } from '../shared/errors.js';
import type { SourceFile } from '../upload/source.js';
import { assertFitsBudget } from './budget-options.js';
import { type EnqueueOptions, validateEnqueueOptions } from './enqueue-options.js';
import { JOB_OPTIONS } from './job-options.js';
import { QueueKeys, toBatchJobId } from './keys.js';
import { CHUNK_FILES } from './load-store.js';
import { RedisError } from './open-queue.js';
import { isFullRedis, openRedis } from './redis.js';
import { SecretUrls, withoutUrlQuery } from './secret-urls.js';
import { type BatchJobData, JOB_VERSION, type LoadDescription } from './types.js';

/** What was put into the queue. */
export interface EnqueuedLoad {
  /** By which the load is found again. */
  loadId: string;
  batches: number;
  files: number;
  bytes: number;
}

/**
 * Plans a load as `client.load()` does, and puts it into a queue, where workers carry it out. May be repeated: what
 * a call that broke off has not added is added, and a load that is in the queue, or has ended, stays as it is.
 * @param sources paths of files and folders, as the workers find them.
 * @throws {PreflightError | InvalidInputError | SourceError} for what could not be loaded. Nothing was added.
 * {RedisError} if Redis has no memory left: a part was added.
 */
export async function enqueueLoad(
  queue: Queue,
  sources: string | readonly string[],
  enqueueOptions: EnqueueOptions,
): Promise<EnqueuedLoad> {
  const {
    target,
    loadId: givenId,
    budget,
    urlKey,
    ...options
  } = validateEnqueueOptions(enqueueOptions);
  const { maxBatchFiles, maxBatchBytes, maxOpenBatches, ...ingestOptions } = options;
  const packing = limitPackBytes(options);
  const { openStream, ...found } = await findSource(sources, { ...ingestOptions, ...packing });
  if (openStream !== undefined || found.files === undefined)
    throw new InvalidInputError(
      'sources',
      'Invalid sources: a stream cannot be enqueued, since a worker cannot read it again. Write it to a file.',
    );
  const batches = planLoad(found.files, { maxBatchFiles, maxBatchBytes });
  const all = new FoundFiles(found, batches.length > 1);
  const plan = await planIngest(all, ingestOptions, target);
  for (const file of found.files) assertFitsBudget(budget, file, plan.upload);
  const digest = computeDigest(plan, batches);
  const loadId = givenId ?? `load-${digest.slice(0, 24)}`;
  const redis = openRedis(queue.opts.connection);
  try {
    const writer = new LoadWriter(redis, queue, loadId, new SecretUrls(urlKey));
    const description = describe({ plan, batches, digest, loadId, maxOpenBatches });
    await writer.begin(description);
    for (const [at, { files }] of batches.entries()) {
      options.signal?.throwIfAborted();
      await writer.addBatch(plan, at + 1, files);
    }
    await writer.addJobs(plan.target, batches.length);
    const { files, bytes } = description;
    return { loadId, batches: batches.length, files, bytes };
  } catch (error) {
    if (!isFullRedis(error)) throw error;
    const message = `Redis has no memory left, so load ${loadId} is enqueued only in part. Enqueue it again once it has some: what is missing is added. (${error.message})`;
    throw new RedisError(message);
  } finally {
    redis.disconnect();
  }
}

interface Described {
  readonly plan: IngestPlan;
  readonly batches: readonly PlannedBatch<SourceFile>[];
  readonly digest: string;
  readonly loadId: string;
  readonly maxOpenBatches: number;
}

const describe = ({
  plan,
  batches,
  digest,
  loadId,
  maxOpenBatches,
}: Described): LoadDescription => ({
  version: JOB_VERSION,
  loadId,
  ...plan.target,
  digest,
  maxOpenBatches,
  externalId: plan.options.externalId ?? loadId,
  datasetId: plan.request.datasetId,
  batches: batches.length,
  files: batches.reduce((sum, { files }) => sum + files.length, 0),
  bytes: batches.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  skipped: plan.skipped,
  enqueuedAt: new Date().toISOString(),
});

/** Of everything that decides what is loaded and how, so that the same load has the same id. */
function computeDigest(plan: IngestPlan, batches: readonly PlannedBatch<SourceFile>[]): string {
  const { target, request, upload, options } = plan;
  const { tags, externalId, ...rest } = request;
  const { [OWNER_TAG]: _, ...ownTags } = tags ?? {};
  const given = options.externalId === undefined ? undefined : externalId;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([target, rest, ownTags, given, upload, options.sha256]));
  for (const { files } of batches) {
    hash.update('\n');
    for (const file of files)
      for (const entry of [toFileEntry(file), ...toMemberEntries(file)])
        hash.update(`${JSON.stringify(withoutUrlQuery(entry))}\n`);
  }
  return hash.digest('hex');
}

/** Writes a load so that nothing is left half-done where the jobs exist: they are added last. */
class LoadWriter {
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

  /** The list of the files of a batch, and the plan that its journal begins with. */
  async addBatch(plan: IngestPlan, batch: number, files: readonly SourceFile[]): Promise<void> {
    const keys = this.#keys.batch(this.loadId, batch);
    for (let from = 0; from < files.length; from += CHUNK_FILES) {
      const chunk: FileEntry[] = files
        .slice(from, from + CHUNK_FILES)
        .map((file) => this.urls.encrypt(toFileEntry(file)));
      await this.#addMembers(keys.members, files, from);
      await this.redis.hsetnx(keys.files, String(from / CHUNK_FILES), JSON.stringify(chunk));
    }
    const id = plan.options.externalId ?? this.loadId;
    const request = { ...plan.request, externalId: `${id}-${batch}` };
    const [entry] = toPlanEntries({ ...plan, request, files: undefined, skipped: 0 });
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
