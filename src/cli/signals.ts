/** SIGINT and SIGTERM: the first one stops the work in order, the second one exits at once. */
import { EXIT } from './exit-codes.js';

export type SignalName = 'SIGINT' | 'SIGTERM';

export class Signals {
  readonly #controller = new AbortController();
  #received: SignalName | undefined;

  constructor(say: (text: string) => void) {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (this.#received !== undefined) process.exit(EXIT[name]);
        this.#received = name;
        say(`${name}: stopping. Send it again to exit at once.`);
        this.#controller.abort(new Error(`stopped by ${name}`));
      });
    }
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first signal received, if any. */
  get received(): SignalName | undefined {
    return this.#received;
  }
}
