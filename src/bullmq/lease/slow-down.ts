/** A platform that asks for less: all workers of the queue wait, and not only the one that was asked. */
import { ApiError } from '../../http/errors.js';
import type { CallOptions } from '../../http/options.js';
import type { LoadQueue } from '../types.js';

/** The longest that a response may stop all workers. */
const MAX_PAUSE_MS = 60_000;

/** Makes a call with options of its own. */
export type Call<Options, Result> = (options: Options) => Promise<Result>;

export class SlowDown {
  readonly #queue: LoadQueue;

  constructor(queue: LoadQueue) {
    this.#queue = queue;
  }

  /** Makes a call, each of whose attempts may be asked to wait. */
  async call<Options extends CallOptions, Result>(
    options: Options | undefined,
    call: Call<Options & CallOptions, Result>,
  ): Promise<Result> {
    try {
      return await call(this.listen(options));
    } catch (error) {
      await this.#report(error);
      throw error;
    }
  }

  /** The options of a call that goes on by itself after it was asked to wait. */
  listen<Options extends CallOptions>(options: Options | undefined): Options & CallOptions {
    const onRetry: CallOptions['onRetry'] = (event) => {
      void this.#report(event.error);
      options?.onRetry?.(event);
    };
    return { ...(options as Options), onRetry };
  }

  /** No worker begins another job for as long as the response asks. That it cannot be recorded fails no call. */
  async #report(error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || error.status !== 429) return;
    const pauseMs = Math.min(error.retryAfterMs ?? 0, MAX_PAUSE_MS);
    try {
      // A shorter wait does not end a longer one.
      if (pauseMs > (await this.#queue.getRateLimitTtl(1))) await this.#queue.rateLimit(pauseMs);
    } catch {}
  }
}
