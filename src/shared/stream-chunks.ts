import type { Readable } from 'node:stream';
import { freeBuffer } from './free-buffer.js';

/**
 * The chunks of a stream as they came, each valid until the next: the iterator of a stream would join them in new buffers.
 * @param timeoutMs how long none may come while it is waited for. Default: for ever.
 * @throws {Error} where none comes in time, or the stream fails.
 */
export async function* streamChunks(
  stream: Readable,
  timeoutMs?: number,
): AsyncGenerator<Uint8Array> {
  const chunks: Buffer[] = [];
  let end: { error?: Error } | undefined;
  let wake: () => void = () => undefined;
  const settle = (how: { error?: Error }) => {
    end ??= how;
    wake();
  };
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    stream.pause();
    wake();
  });
  stream.on('end', () => settle({}));
  stream.on('error', (error) => settle({ error }));
  const closed = () => settle({ error: stream.errored ?? new Error('the stream was closed') });
  stream.on('close', closed);
  if (stream.destroyed) closed(); // no event of it may come any more
  const wait = async () => {
    const stop = () => stream.destroy(new Error(`it sent nothing for ${timeoutMs} ms`));
    // Not while a chunk is used: the reader may be slower than the server.
    const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
    await new Promise<void>((resolve) => {
      wake = resolve;
      stream.resume();
    });
    clearTimeout(timer);
  };
  try {
    for (;;) {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        yield chunk;
        freeBuffer(chunk);
      }
      if (end?.error !== undefined) throw end.error;
      if (end !== undefined) return;
      await wait();
    }
  } finally {
    stream.destroy();
  }
}
