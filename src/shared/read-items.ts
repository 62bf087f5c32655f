/** Reads the iterables that callers pass, which may fail, or never yield another item. */
import { SourceError } from './errors.js';
import { describeValue } from './options.js';

/**
 * The items of a caller's iterable, until the signal ends the reading: one that never brings another
 * item would keep the ingest for ever.
 * @param toError makes an error of what the iterable throws. Default: a `SourceError` with that as its cause.
 * @throws what `toError` makes; the reason of the signal.
 */
export async function* readItems(
  items: AnyIterable,
  name: string,
  signal: AbortSignal,
  toError: (cause: unknown) => unknown = (cause) => readingFailed(name, cause),
): AsyncGenerator<unknown> {
  const failed = (cause: unknown) => (signal.aborted ? signal.reason : toError(cause));
  const next = abortableNext(openIterator(items, failed), signal);
  let isOpen = true;
  try {
    for (;;) {
      const { done, value } = await next.read().catch((cause: unknown) => {
        isOpen = false; // an iterator that failed has ended
        throw failed(cause);
      });
      if (done === true) {
        isOpen = false;
        return;
      }
      yield value;
    }
  } finally {
    next.close(isOpen || signal.aborted);
    // The iterator of a Node stream closes it only after its next chunk.
    if (signal.aborted && 'destroy' in items && typeof items.destroy === 'function')
      items.destroy();
  }
}

function readingFailed(name: string, cause: unknown): SourceError {
  const why = cause instanceof Error ? cause.message : describeValue(cause);
  return new SourceError(name, `Reading ${name} failed: ${why}`, cause);
}

export type AnyIterable = AsyncIterable<unknown> | Iterable<unknown>;

export const isIterable = (items: unknown): items is AnyIterable =>
  typeof items === 'object' &&
  items !== null &&
  (Symbol.asyncIterator in items || Symbol.iterator in items);

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

function openIterator(items: AnyIterable, failed: (cause: unknown) => unknown): AnyIterator {
  try {
    return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  } catch (cause) {
    throw failed(cause);
  }
}

/** Reads an iterator, and stops to wait for it once the signal is aborted. */
function abortableNext(iterator: AnyIterator, signal: AbortSignal) {
  let reject: ((reason: unknown) => void) | undefined;
  const onAbort = () => reject?.(signal.reason);
  signal.addEventListener('abort', onAbort);
  return {
    async read(): Promise<IteratorResult<unknown>> {
      signal.throwIfAborted();
      const result = iterator.next();
      if (!('then' in result)) {
        const { done, value } = result;
        return { done: Boolean(done), value: await value };
      }
      const { done, value } = await new Promise<IteratorResult<unknown>>((resolve, fail) => {
        reject = fail;
        result.then(resolve, fail);
      });
      // As a loop of JavaScript takes it: whatever is truthy is the end.
      return { done: Boolean(done), value };
    },
    /** Not awaited: a generator that waits for its next item would only end after that. */
    close(isOpen: boolean): void {
      signal.removeEventListener('abort', onAbort);
      if (!isOpen) return;
      new Promise((resolve) => resolve(iterator.return?.())).catch(() => undefined);
    },
  };
}
