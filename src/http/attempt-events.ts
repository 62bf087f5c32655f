/** Calls `onRequest` when an attempt is sent and `onResponse` when it has ended. */
import type { AepBatchError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import type { RequestEvent } from './events.js';
import type { ResolvedOptions } from './options.js';

/** How an attempt ended. */
export interface AttemptEnd {
  /** The platform's own id for the request, where it names one. */
  readonly requestId?: string | undefined;
  readonly status?: number;
  readonly error?: AepBatchError;
}

/** The events of one attempt that was sent. */
export class AttemptEvents {
  readonly #options: ResolvedOptions;
  readonly #event: RequestEvent;
  readonly #sentAtMs: number;

  constructor(options: ResolvedOptions, event: RequestEvent) {
    this.#options = options;
    this.#event = event;
    this.#sentAtMs = options.clock.monotonicNow();
    notify(options.onRequest, event);
  }

  notifyResponse({ requestId = this.#event.requestId, ...end }: AttemptEnd): void {
    const { clock, onResponse } = this.#options;
    const durationMs = Math.max(0, clock.monotonicNow() - this.#sentAtMs);
    notify(onResponse, { ...this.#event, ...end, durationMs, requestId });
  }
}
