/** SIGINT and SIGTERM: once to end what is under way in order, twice to end at once. */
import { EXIT } from './exit-codes.js';

export type SignalName = 'SIGINT' | 'SIGTERM';

export class Signals {
  readonly #controller = new AbortController();
  #received: SignalName | undefined;

  /** @param say told what happens now. */
  constructor(say: (text: string) => void) {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (this.#received !== undefined) process.exit(EXIT[name]);
        this.#received = name;
        say(`${name}: ending what is under way; once more ends at once.`);
        this.#controller.abort(new Error(`it was ended by ${name}`));
      });
    }
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The signal that came, if one did. */
  get received(): SignalName | undefined {
    return this.#received;
  }
}
