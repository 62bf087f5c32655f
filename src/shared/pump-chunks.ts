/** What a pump writes, as chunks to be read one by one. */
type Pump = (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>;

const STOPPED = new Error('nothing more is read');

/** The pump waits for each chunk to be read, and is stopped where the reading ends. */
export async function* pumpChunks(pump: Pump): AsyncGenerator<Uint8Array> {
  let taken: ((stop?: Error) => void) | undefined;
  let deliver: (chunk: Uint8Array | undefined) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const wait = () =>
    new Promise<Uint8Array | undefined>((resolve, reject) => {
      deliver = resolve;
      fail = reject;
    });
  let next = wait();
  next.catch(() => undefined); // awaited in its turn
  const write = (chunk: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      taken = (stop) => (stop === undefined ? resolve() : reject(stop));
      deliver(chunk);
    });
  pump(write).then(
    () => deliver(undefined),
    (error) => fail(error),
  );
  try {
    for (let chunk = await next; chunk !== undefined; chunk = await next) {
      yield chunk;
      next = wait();
      next.catch(() => undefined);
      taken?.();
    }
  } finally {
    taken?.(STOPPED);
  }
}
