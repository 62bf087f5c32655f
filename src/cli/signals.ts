/** SIGINT and SIGTERM: the first one stops the work in order, the second one exits at once. */
import { EXIT } from './exit-codes.js';

export type SignalName = 'SIGINT' | 'SIGTERM';

const NAMES: readonly SignalName[] = ['SIGINT', 'SIGTERM'];

export class Signals {
  readonly #controller = new AbortController();
  #received: SignalName | undefined;

  readonly #listener: (name: SignalName) => void;

  constructor(say: (text: string) => void) {
    this.#listener = (name) => {
      if (this.#received !== undefined) process.exit(EXIT[name]);
      this.#received = name;
      say(`${name}: stopping. Send it again to exit at once.`);
      this.#controller.abort(new Error(`stopped by ${name}`));
    };
    for (const name of NAMES) process.on(name, this.#listener);
  }

  /** Restores the default: a signal ends the process. */
  close(): void {
    for (const name of NAMES) process.off(name, this.#listener);
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
