/** The errors of work that is more than one call. */
import { isProxy } from 'node:util/types';
import { AepBatchError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import { AbortError } from './errors.js';

/** A wait or a piece of work that the caller's signal ended, where no request failed. */
export function abortError(what: string, url: string, reason: unknown): AbortError {
  const nothing = { method: '', url, attempts: 0, requestId: undefined, stateUnknown: false };
  return new AbortError(`${what} was aborted.`, { operation: what, ...nothing }, { cause: reason });
}

/**
 * Anything that was thrown, as one of this library's errors, with what was thrown as its cause.
 * @param what the work that failed, for the message.
 */
export function toOwnError(
  thrown: unknown,
  what: string,
  { signal, clean = (cause) => cause }: OwnErrorOptions = {},
): AepBatchError {
  if (!isProxy(thrown) && thrown instanceof AepBatchError) return thrown;
  if (signal?.aborted) return abortError(what, '', clean(signal.reason));
  const cause = clean(thrown);
  return new AepBatchError(`${what} failed: ${describeThrown(cause)}.`, { cause });
}

export interface OwnErrorOptions {
  readonly signal?: AbortSignal | undefined;
  /** Takes secrets out of a cause. */
  readonly clean?: (thrown: unknown) => unknown;
}

/** Does the work, and lets only this library's errors out. */
export async function withOwnErrors<T>(
  what: string,
  work: () => Promise<T>,
  options: OwnErrorOptions = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toOwnError(error, what, options);
  }
}

/** Gives what comes, and lets only this library's errors out. */
export async function* iterateWithOwnErrors<T>(
  what: string,
  items: AsyncIterable<T>,
  options: OwnErrorOptions = {},
): AsyncGenerator<T, void> {
  try {
    yield* items;
  } catch (error) {
    throw toOwnError(error, what, options);
  }
}
