let last: Promise<unknown> = Promise.resolve();

/**
 * Imports what is needed only now, one after another: in Jest an import fails that needs a module which another one is
 * just linking. Each call passes its own `import()`, which bundlers have to see.
 */
export function importLate<T>(load: () => Promise<T>): Promise<T> {
  const next = last.then(load, load);
  last = next;
  return next;
}

/** A module that is imported when it is first used. From then on it is there at once: no call waits for it again. */
export class LateModule<T> {
  readonly #load: () => Promise<T>;
  #loaded: T | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** The module, once it was imported. */
  get loaded(): T | undefined {
    return this.#loaded;
  }

  async import(): Promise<T> {
    this.#loaded ??= await importLate(this.#load);
    return this.#loaded;
  }
}
