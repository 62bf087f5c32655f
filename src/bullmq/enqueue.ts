/** `enqueueLoad()`: plans a load and puts it into a queue. */
import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import { assertLastBatchSucceeded } from '../ingest/after-success.js';
import { toExternalId } from '../ingest/content.js';
import {
  FoundFiles,
  findSource,
  type IngestPlan,
  planIngest,
  toFileEntry,
  toMemberEntries,
} from '../ingest/plan.js';
import { openRowCheck } from '../ingest/row-check.js';
import { toBatchContent } from '../load/batch-content.js';
import { limitPackBytes } from '../load/options.js';
import { type PlannedBatch, planLoad } from '../load/plan-load.js';
import { OWNER_TAG } from '../resources/owner-tag.js';
import { InvalidInputError } from '../shared/errors.js';
import type { SourceFile } from '../upload/source.js';
import { assertFitsBudget } from './budget/budget-options.js';
import {
  type EnqueueOptions,
  findReader,
  type ValidEnqueueOptions,
  validateEnqueueOptions,
} from './enqueue-options.js';
import { openRedis } from './redis/redis.js';
import { isFullRedis, isLostRedis, RedisError } from './redis/redis-errors.js';
import { LoadWriter } from './store/load-writer.js';
import { SecretUrls, withoutUrlQuery } from './store/secret-urls.js';
import { JOB_VERSION, type LoadDescription } from './types.js';

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
 * {RedisError} if Redis has no memory left, or cannot be reached any more: a part may have been added.
 */
export async function enqueueLoad(
  queue: Queue,
  sources: string | readonly string[],
  enqueueOptions: EnqueueOptions,
): Promise<EnqueuedLoad> {
  const options = validateEnqueueOptions(enqueueOptions);
  const { plan, batches } = await planQueuedLoad(sources, enqueueOptions, options);
  const digest = computeDigest(plan, batches);
  const { loadId = `load-${digest.slice(0, 24)}`, maxOpenBatches, urlKey, signal } = options;
  const description = describe({ plan, batches, digest, loadId, maxOpenBatches });
  const redis = openRedis(queue.opts.connection);
  try {
    const writer = new LoadWriter(redis, queue, loadId, new SecretUrls(urlKey));
    await writer.begin(description);
    for (const [at, { files }] of batches.entries()) {
      signal?.throwIfAborted();
      await writer.addBatch(toBatchPlan(plan, loadId, at + 1, files), at + 1, files);
    }
    await writer.addJobs(plan.target, batches.length);
    const { files, bytes } = description;
    return { loadId, batches: batches.length, files, bytes };
  } catch (error) {
    throw explainFailure(error, loadId);
  } finally {
    redis.disconnect();
  }
}

/** @returns what to say of a load of which a part was added. */
function explainFailure(error: unknown, loadId: string): unknown {
  const result = `load ${loadId} is enqueued only in part, or not at all`;
  if (isFullRedis(error))
    return new RedisError(
      `Redis has no memory left: ${result}. Enqueue it again once it has some: what is missing is added. (${error.message})`,
    );
  if (!isLostRedis(error)) return error;
  const message = `Redis cannot be reached any more: ${result}. Enqueue it again once it can: what is missing is added.`;
  return new RedisError(message, { cause: error });
}

/** The plan that all batches share, and the files of each. */
interface QueuedPlan {
  readonly plan: IngestPlan;
  readonly batches: readonly PlannedBatch<SourceFile>[];
}

async function planQueuedLoad(
  sources: string | readonly string[],
  { target }: EnqueueOptions,
  options: ValidEnqueueOptions,
): Promise<QueuedPlan> {
  const reader = findReader(target, options);
  const { loadId: _, budget, urlKey: __, target: names, ...others } = options;
  const { maxBatchFiles, maxBatchBytes, maxOpenBatches: ___, ...ingestOptions } = others;
  const packing = limitPackBytes(options);
  const { openStream, ...found } = await findSource(sources, { ...ingestOptions, ...packing });
  if (openStream !== undefined || found.files === undefined)
    throw new InvalidInputError(
      'sources',
      'Invalid sources: a stream cannot be enqueued, since a worker cannot read it again. Write it to a file.',
    );
  const batches = planLoad(found.files, { maxBatchFiles, maxBatchBytes });
  const all = new FoundFiles(found, batches.length > 1);
  const plan = await planIngest(all, ingestOptions, names, async (valid) => {
    if (reader === undefined) return undefined;
    await assertLastBatchSucceeded(reader.datasets, valid);
    return openRowCheck(reader, valid);
  });
  for (const file of found.files) assertFitsBudget(budget, file, plan.upload);
  return { plan, batches };
}

/** The plan of one batch: its externalId, and with `skipLoaded` what that follows from, are its own. */
function toBatchPlan(
  plan: IngestPlan,
  loadId: string,
  batch: number,
  files: readonly SourceFile[],
): IngestPlan {
  const content = toBatchContent(plan, files);
  const externalId =
    content === undefined ? `${plan.options.externalId ?? loadId}-${batch}` : toExternalId(content);
  return { ...plan, content, request: { ...plan.request, externalId } };
}

interface Described extends QueuedPlan {
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
  const { sha256, skipLoaded, force } = options;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([target, rest, ownTags, given, upload, sha256, skipLoaded, force]));
  for (const { files } of batches) {
    hash.update('\n');
    for (const file of files)
      for (const entry of [toFileEntry(file), ...toMemberEntries(file)])
        hash.update(`${JSON.stringify(withoutUrlQuery(entry))}\n`);
  }
  return hash.digest('hex');
}
