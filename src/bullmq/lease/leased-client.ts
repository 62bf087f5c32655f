/** A client that changes nothing once the lease of a job is lost, and whose calls slow down all workers if asked to. */
import type { CallOptions } from '../../http/options.js';
import type { IngestClient } from '../../ingest/context.js';
import type { UploadOperations } from '../../resources/upload-calls.js';
import type { Lease } from './lease.js';
import type { Call, SlowDown } from './slow-down.js';

export function toLeasedClient(
  client: IngestClient,
  lease: Lease,
  slowDown: SlowDown,
): IngestClient {
  const { batches, files: calls } = client;
  const change = <Options extends CallOptions, Result>(
    options: Options | undefined,
    call: Call<Options & CallOptions, Result>,
  ): Promise<Result> => {
    lease.assertHeld();
    // Once more before each attempt: a process may be stopped while it waits for a token, or to try again.
    const beforeSend = () => lease.assertHeld();
    return slowDown.call(options, (own) => call({ ...own, beforeSend }));
  };
  const files: UploadOperations = {
    put: async (address, body, options) => change(options, (own) => calls.put(address, body, own)),
    initialize: async (address, options, isOpen) =>
      change(options, (own) => calls.initialize(address, own, isOpen)),
    uploadPart: async (address, place, body, options, onRangesShown) =>
      change(options, (own) => calls.uploadPart(address, place, body, own, onRangesShown)),
    receivedRanges: async (address, options) =>
      change(options, (own) => calls.receivedRanges(address, own)),
    complete: async (address, options) => change(options, (own) => calls.complete(address, own)),
  };
  return {
    ...client,
    files,
    findOwnBatch: (request, options) =>
      slowDown.call(options, (own) => client.findOwnBatch(request, own)),
    batches: {
      create: async (request, options) => change(options, (own) => batches.create(request, own)),
      complete: async (id, options) => change(options, (own) => batches.complete(id, own)),
      abort: async (id, options) => change(options, (own) => batches.abort(id, own)),
      get: (id, options) => slowDown.call(options, (own) => batches.get(id, own)),
      list: (filter, options) => batches.list(filter, slowDown.listen(options)),
      wait: (id, options) => slowDown.call(options, (own) => batches.wait(id, own)),
    },
  };
}
