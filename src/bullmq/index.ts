/**
 * `aep-batch/bullmq`: loads on a queue of BullMQ, by any number of workers. It needs the packages `bullmq` and
 * `ioredis`, which nothing else of the library imports.
 */
export type { IngestTarget } from '../ingest/context.js';
export type { LoadBudget } from './budget/budget-options.js';
export { cancelLoad, retryFailed } from './control-load.js';
export { type EnqueuedLoad, enqueueLoad } from './enqueue.js';
export type { EnqueueOptions } from './enqueue-options.js';
export { assertReachable, type LoadQueueOptions, openLoadQueue } from './open-queue.js';
export { type QueuedLoad, readQueuedLoad } from './queued-load.js';
export type { RedisConnection } from './redis/redis.js';
export { RedisError } from './redis/redis-errors.js';
export type { QueuedFailure, QueuedReceipt } from './types.js';
export type { ClientSource } from './worker/job-runner.js';
export { createLoadWorker, LoadWorker } from './worker/worker.js';
export type { LoadWorkerOptions } from './worker-options.js';
