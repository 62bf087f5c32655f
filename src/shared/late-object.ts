import { copyOptions } from './copy-arguments.js';

/** An object of a module that is imported with the first call of one of its methods. */
export class LateObject<T> {
  readonly #create: () => Promise<T>;
  #pending: Promise<T> | undefined;
  #object: T | undefined;

  /** @param create imports the module and makes the object. */
  constructor(create: () => Promise<T>) {
    this.#create = create;
  }

  /**
   * Makes a call, at once from the second on.
   * @param args what the call is made with: the first one gets copies, since its caller may change them meanwhile.
   */
  run<Args extends readonly unknown[], Result>(
    call: (object: T, ...args: Args) => Promise<Result>,
    ...args: Args
  ): Promise<Result> {
    if (this.#object !== undefined) return call(this.#object, ...args);
    const own: [...Args] = [...args];
    for (const at of own.keys()) own[at] = copyOptions(own[at]);
    return this.#import().then((object) => call(object, ...own));
  }

  /** The same for what is read one by one; as with any generator, nothing happens before the first is asked for. */
  iterate<Item>(list: (object: T) => AsyncGenerator<Item, void>): AsyncGenerator<Item, void> {
    return this.#object === undefined ? this.#iterateLater(list) : list(this.#object);
  }

  async *#iterateLater<Item>(
    list: (object: T) => AsyncGenerator<Item, void>,
  ): AsyncGenerator<Item, void> {
    yield* list(await this.#import());
  }

  async #import(): Promise<T> {
    this.#pending ??= this.#create();
    try {
      this.#object = await this.#pending;
    } finally {
      this.#pending = undefined;
    }
    return this.#object;
  }
}
