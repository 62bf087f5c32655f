/** A source whose bytes are sent only while the lease of its job is held. */
import type { ByteSource } from '../../http/body.js';
import type { OpenSource, SourceFile } from '../../upload/source.js';
import type { Lease } from './lease.js';

/** A request that has begun breaks off. */
export function toLeasedFile(file: SourceFile, lease: Lease): SourceFile {
  if (file.stream === undefined) {
    const open = async (): Promise<OpenSource> => {
      const source = await file.open();
      return { ...toLeasedSource(source, lease), close: () => source.close() };
    };
    return { ...file, open };
  }
  return {
    ...file,
    async *stream(signal) {
      for await (const chunk of file.stream(signal)) {
        lease.assertHeld();
        yield chunk;
      }
    },
  };
}

function toLeasedSource(source: ByteSource, lease: Lease): ByteSource {
  return {
    size: source.size,
    async pump(write) {
      await source.pump(async (chunk) => {
        lease.assertHeld();
        await write(chunk);
      });
    },
    slice: (start, end) => toLeasedSource(source.slice(start, end), lease),
  };
}
