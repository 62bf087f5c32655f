import { MAX_TIMER_MS } from './retry.js';

/** Waits for work: the signal and the limit end the waiting, not the work. */
export function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal,
  limit?: { ms: number; error: () => Error },
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const abort = () => fail(signal.reason);
    work.then((value) => {
      end();
      resolve(value);
    }, fail);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    if (limit === undefined) return;
    timer = setTimeout(() => fail(limit.error()), Math.min(limit.ms, MAX_TIMER_MS));
  });
}
