import { withResolvers } from './with-resolvers.js';

/** What a pump writes, as chunks to be read one by one. */
type Pump = (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>;

const STOPPED = new Error('nothing more is read');

/** The pump waits for each chunk to be read, and is stopped where the reading ends. */
export async function* pumpChunks(pump: Pump): AsyncGenerator<Uint8Array> {
  let next = withResolvers<Uint8Array | undefined>();
  let reading = next.promise;
  let taken = withResolvers();
  taken.resolve();
  const write = (chunk: Uint8Array) => {
    const { resolve } = next;
    // Before the chunk is read: the pump may end meanwhile.
    next = withResolvers();
    taken = withResolvers();
    taken.promise.catch(() => undefined); // a pump that has failed does not wait for it
    resolve(chunk);
    return taken.promise;
  };
  pump(write).then(
    () => next.resolve(undefined),
    (error) => {
      next.promise.catch(() => undefined); // nobody may read any more
      next.reject(error);
    },
  );
  try {
    for (;;) {
      const chunk = await reading;
      if (chunk === undefined) return;
      yield chunk;
      reading = next.promise;
      taken.resolve();
    }
  } finally {
    taken.reject(STOPPED);
  }
}
