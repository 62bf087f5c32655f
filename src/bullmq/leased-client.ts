/** A client and sources that do nothing once the lease of a job is lost. */
import type { ByteSource } from '../http/body.js';
import type { IngestClient } from '../ingest/context.js';
import type { UploadOperations } from '../resources/upload-calls.js';
import type { OpenSource, SourceFile } from '../upload/source.js';
import type { Lease } from './lease.js';

/** The client, whose calls that change anything are made only while the lease is held. */
export function toLeasedClient(client: IngestClient, lease: Lease): IngestClient {
  const { batches, files: calls } = client;
  const files: UploadOperations = {
    put: guard(lease, (...args) => calls.put(...args)),
    initialize: guard(lease, (...args) => calls.initialize(...args)),
    uploadPart: guard(lease, (...args) => calls.uploadPart(...args)),
    receivedRanges: guard(lease, (...args) => calls.receivedRanges(...args)),
    complete: guard(lease, (...args) => calls.complete(...args)),
  };
  return {
    ...client,
    files,
    batches: {
      create: guard(lease, (...args) => batches.create(...args)),
      complete: guard(lease, (...args) => batches.complete(...args)),
      abort: guard(lease, (...args) => batches.abort(...args)),
      get: (...args) => batches.get(...args),
      list: (...args) => batches.list(...args),
      wait: (...args) => batches.wait(...args),
    },
  };
}

const guard =
  <Args extends unknown[], Result>(
    lease: Lease,
    call: (...args: Args) => Promise<Result>,
  ): ((...args: Args) => Promise<Result>) =>
  async (...args) => {
    lease.assertHeld();
    return call(...args);
  };

/** The file, whose bytes are sent only while the lease is held: a request that has begun breaks off. */
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
