import type { operations } from '../../generated/openapi.js';
import type { BatchClient, FileAddress } from '../../src/index.js';
import { example } from './bundled.js';

export const BATCH_ID = '5d01230fc78a4e4f8c0c6b387b4b8d1c';
export const FILE_ID = '8dcedb36-1cb2-4496-9a38-7b2041114b56-1';
export const ADDRESS: FileAddress = {
  batchId: BATCH_ID,
  datasetId: '5c8c3c555033b814b69f947f',
  path: 'day=1/part-0.parquet',
};
const BYTES = new TextEncoder().encode('some bytes');
const META = '/data/foundation/export/batches/{batchId}/meta';

/** What the caller wants to have: parsed, or as bytes. */
export interface Want {
  status: number;
  bytes: boolean;
}

type Call = (client: BatchClient, want: Want) => Promise<unknown>;

/** One call of the public client for each operation of the document. */
export const calls: Record<keyof operations, Call> = {
  createBatch: ({ batches }) => batches.create(example('create-batch-seed-request')),
  batchAction: ({ batches }) => batches.complete(BATCH_ID),
  uploadFile: ({ files }) => files.put(ADDRESS, BYTES),
  uploadFilePart: ({ files }) => files.uploadPart(ADDRESS, { start: 0 }, BYTES),
  fileAction: ({ files }, { status }) =>
    status === 200 ? files.complete(ADDRESS) : files.initialize(ADDRESS),
  getReceivedRanges: ({ files }) => files.received(ADDRESS),
  previewBatch: ({ batches }) => batches.preview(ADDRESS, { format: 'csv' }),
  listBatches: ({ batches }) => all(batches.list()),
  getBatch: ({ batches }) => batches.get(BATCH_ID),
  // A list and a line are told apart only by what was asked for: see diagnostics.test.ts for both.
  getBatchMeta: ({ raw, diagnostics }, { status, bytes }) => {
    if (status !== 200) return all(diagnostics.rowErrors(BATCH_ID));
    const params = { path: { batchId: BATCH_ID }, query: { path: 'row_errors' } };
    return bytes
      ? raw.GET(META, { params, headers: { accept: 'application/octet-stream' }, parseAs: 'text' })
      : raw.GET(META, { params });
  },
  getFailedFiles: ({ raw, diagnostics }, { status, bytes }) => {
    if (bytes) return text(diagnostics.downloadFailed(BATCH_ID, 'part-0.json'));
    if (status !== 200) return all(diagnostics.failedFiles(BATCH_ID));
    const params = { path: { batchId: BATCH_ID } };
    return raw.GET('/data/foundation/export/batches/{batchId}/failed', { params });
  },
  listBatchFiles: ({ batches }) => all(batches.files(BATCH_ID)),
  headFile: ({ files }) => files.head(FILE_ID, 'profiles.parquet'),
  getFile: ({ files }, { status, bytes }) => {
    if (status === 206)
      return text(files.download(FILE_ID, 'a', { range: { start: 0, end: 100 } }));
    return bytes ? text(files.download(FILE_ID, 'a')) : all(files.parts(FILE_ID));
  },
  // The token is got by any call of a client that has a credential.
  getToken: ({ batches }) => batches.get(BATCH_ID),
};

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The text of a download. */
export async function text(
  download: Promise<{ body: ReadableStream<Uint8Array> }>,
): Promise<string> {
  return new Response((await download).body).text();
}
