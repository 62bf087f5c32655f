/**
 * Checks responses against the document after they were delivered, for `onDrift`. This module, with the checks, ajv and
 * the document, is imported with the first response of a client that has the option.
 */
import type { LazyResponse } from '../http/lazy-response.js';
import type { ResolvedOptions } from '../http/options.js';
import { DriftReporter, type ObservedResponse } from './drift/reporter.js';

/** Of more that wait at once, the rest are not checked: a check must not hold up the calls. */
const MAX_WAITING = 100;

export class DriftGuard {
  readonly #reporter: DriftReporter;
  readonly #waiting: ObservedResponse[] = [];
  #isRunning = false;

  constructor(options: ResolvedOptions) {
    this.#reporter = new DriftReporter(options);
  }

  observe(operation: string, response: LazyResponse): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    const { status, headers, bufferedText: body, info } = response;
    this.#waiting.push({ operation, status, headers, body, requestId: info.requestId });
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => void this.#run());
  }

  /** One response at a time, each in a turn of its own. */
  async #run(): Promise<void> {
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        await this.#reporter.check(next);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch {
      this.#waiting.length = 0; // it cannot be loaded: the calls go on without it
    } finally {
      this.#isRunning = false;
    }
  }
}
