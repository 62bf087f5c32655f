/**
 * `aep-batch/bullmq`: loads on a queue of BullMQ, by any number of workers. It needs the packages `bullmq` and
 * `ioredis`, which nothing else of the library imports.
 */
export type { IngestTarget } from '../ingest/context.js';
export type { LoadBudget } from './budget-options.js';
export { cancelLoad, retryFailed } from './control-load.js';
export { type EnqueuedLoad, enqueueLoad } from './enqueue.js';
export type { EnqueueOptions } from './enqueue-options.js';
export type { ClientSource } from './job-runner.js';
export { assertReachable, type LoadQueueOptions, openLoadQueue } from './open-queue.js';
export { type QueuedLoad, readQueuedLoad } from './queued-load.js';
export type { RedisConnection } from './redis.js';
export { RedisError } from './redis-errors.js';
export type { QueuedFailure, QueuedReceipt } from './types.js';
export { createLoadWorker, LoadWorker } from './worker.js';
export type { LoadWorkerOptions } from './worker-options.js';
