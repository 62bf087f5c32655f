import {
  type BatchClient,
  type ClientOptions,
  type Clock,
  createBatchClient,
} from '../../src/index.js';

/** Values that occur in no other text, so that a scan finds each leak. */
export const TOKEN = 'planted-token-0123456789abcdef';
export const API_KEY = 'planted-api-key-0123456789';
export const CLIENT_SECRET = 'planted-client-secret-0123456789';

/** A client of the given origin. */
export const clientFor = (origin: string, options: Partial<ClientOptions> = {}): BatchClient =>
  createBatchClient({
    orgId: 'ORG@AdobeOrg',
    sandbox: 'prod',
    apiKey: API_KEY,
    credentials: TOKEN,
    origin,
    ...options,
  });

/** A clock whose sleeps take no time: they are recorded, and time advances by them. */
export function testClock(startMs = 1_700_000_000_000): Clock & { slept: number[]; nowMs: number } {
  const clock = {
    slept: [] as number[],
    nowMs: startMs,
    now: () => clock.nowMs,
    random: () => 0.5, // the middle of the jitter: none
    async sleep(ms: number, signal: AbortSignal) {
      signal.throwIfAborted();
      clock.slept.push(ms);
      clock.nowMs += ms;
    },
  };
  return clock;
}

/** The error that a call rejects with. */
export const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Whether Node has warned that so many listen to a signal that it takes them for a leak. */
export function hasWarnedOfLeak(signal: AbortSignal): boolean {
  // A symbol, because `process` of a test is a copy, which gets no warnings.
  const name = 'events.maxEventTargetListenersWarned';
  const own = Object.getOwnPropertySymbols(signal).find(({ description }) => description === name);
  if (own === undefined) throw new Error('this version of Node does not say whether it has warned');
  return Reflect.get(signal, own) === true;
}

/** All items of an async iterable. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
