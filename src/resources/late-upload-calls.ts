import { importLate } from '../shared/import-late.js';
import { LateObject } from '../shared/late-object.js';
import type { TypedClient } from '../typed-client/client.js';
import type { UploadCalls, UploadOperations } from './upload-calls.js';

/** The calls that bring a file into a batch, imported with the first of them. */
export function createUploadCalls(client: TypedClient): UploadOperations {
  const late = new LateObject<UploadCalls>(async () => {
    const { UploadCalls } = await importLate(() => import('./upload-calls.js'));
    return new UploadCalls(client);
  });
  return {
    put: (...args) => late.run((calls) => calls.put(...args)),
    initialize: (...args) => late.run((calls) => calls.initialize(...args)),
    uploadPart: (...args) => late.run((calls) => calls.uploadPart(...args)),
    receivedRanges: (...args) => late.run((calls) => calls.receivedRanges(...args)),
    complete: (...args) => late.run((calls) => calls.complete(...args)),
  };
}
