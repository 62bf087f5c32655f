/**
 * Checks responses against the document after they were delivered, for `onDrift`. The checks, ajv and the
 * document are imported with the first response of a client that has the option.
 */
import type { LazyResponse } from '../http/lazy-response.js';
import type { ResolvedOptions } from '../http/options.js';
import type { DriftReporter, ObservedResponse } from './drift/reporter.js';

/** Of more that wait at once, the rest are not checked: a check must not hold up the calls. */
const MAX_WAITING = 100;

export class DriftGuard {
  readonly #options: ResolvedOptions;
  readonly #waiting: ObservedResponse[] = [];
  #reporter: Promise<DriftReporter> | undefined;
  #isRunning = false;

  constructor(options: ResolvedOptions) {
    this.#options = options;
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
      this.#reporter ??= import('./drift/reporter.js').then(
        (loaded) => new loaded.DriftReporter(this.#options),
      );
      const reporter = await this.#reporter;
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        await reporter.check(next);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch {
      this.#waiting.length = 0; // it cannot be loaded: the calls go on without it
    } finally {
      this.#isRunning = false;
    }
  }
}
