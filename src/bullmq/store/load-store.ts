/** What Redis holds of a load. */
import type { Redis } from 'ioredis';
import type { LoadDescription } from '../types.js';
import { BatchStore } from './batch-store.js';
import type { QueueKeys } from './keys.js';
import { SecretUrls } from './secret-urls.js';

export class LoadStore {
  constructor(
    readonly redis: Redis,
    readonly keys: QueueKeys,
    readonly loadId: string,
    readonly urls: SecretUrls = new SecretUrls(undefined),
  ) {}

  get key(): string {
    return this.keys.load(this.loadId);
  }

  async readDescription(): Promise<LoadDescription | undefined> {
    const text = await this.redis.hget(this.key, 'description');
    return text === null ? undefined : (JSON.parse(text) as LoadDescription);
  }

  async isCancelled(): Promise<boolean> {
    return (await this.redis.hexists(this.key, 'cancelled')) === 1;
  }

  /** Why the worker that was last to take a job of the load has stopped, if nothing was done since. */
  async readStopped(): Promise<string | undefined> {
    return (await this.redis.hget(this.key, 'stopped')) ?? undefined;
  }

  batch(batch: number): BatchStore {
    return new BatchStore(
      this.redis,
      this.keys.batch(this.loadId, batch),
      this.loadId,
      batch,
      this.urls,
    );
  }
}
