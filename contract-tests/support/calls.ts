/** Every public call of the client, with the requests that it has to send. */
import type { operations } from '../../generated/openapi.js';
import { example } from '../../spec-tools/bundled-document.js';
import { all, type Call, type Entry, type ExpectedRequest, get, never } from './call.js';
import { datasetCalls } from './dataset-calls.js';
import { ADDRESS, BATCH_ID } from './ids.js';

export { all, type Call, type ExpectedRequest } from './call.js';
export { ADDRESS, BATCH_ID } from './ids.js';
export const FILE_ID = '8dcedb36-1cb2-4496-9a38-7b2041114b56-1';
const BYTES = new TextEncoder().encode('some bytes');
const BYTES_PREFERRED = 'application/octet-stream, */*;q=0.1';

const IMPORT = '/data/foundation/import/batches';
const UPLOAD = `${IMPORT}/${BATCH_ID}/datasets/${ADDRESS.datasetId}/files/day%3D1/part-0.parquet`;
const PREVIEW = `${IMPORT}/${BATCH_ID}/datasets/${ADDRESS.datasetId}/preview`;
const CATALOG = '/data/foundation/catalog/batches';
const EXPORT = `/data/foundation/export/batches/${BATCH_ID}`;
const FILE = `/data/foundation/export/files/${FILE_ID}`;

const bytes = (target: string, headers: Record<string, string> = {}): ExpectedRequest => ({
  ...get(target),
  accept: BYTES_PREFERRED,
  headers,
});
const upload = { body: 'some bytes', headers: { 'content-type': 'application/octet-stream' } };
const action = (
  name: 'complete' | 'abort' | 'fail' | 'revert',
  handles: Call['handles'] = never,
): Entry => ({
  title: `batches.${name}`,
  run: ({ batches }) => batches[name](BATCH_ID),
  expected: [{ method: 'POST', target: `${IMPORT}/${BATCH_ID}?action=${name.toUpperCase()}` }],
  handles,
  responses: [{ status: 200 }],
});

const META = { path: { batchId: BATCH_ID }, query: { path: 'row_errors' } };

/** Every public call that sends a request, by the operation that it calls. */
const table: Record<keyof operations, Entry[]> = {
  createBatch: [
    {
      title: 'batches.create',
      run: ({ batches }) => batches.create(example('create-batch-seed-request')),
      expected: [{ method: 'POST', target: IMPORT, body: example('create-batch-seed-request') }],
    },
  ],
  batchAction: [action('complete', () => true), action('abort'), action('fail'), action('revert')],
  uploadFile: [
    {
      title: 'files.put',
      run: ({ files }) => files.put(ADDRESS, BYTES),
      expected: [{ method: 'PUT', target: UPLOAD, ...upload }],
    },
  ],
  uploadFilePart: [
    {
      title: 'files.uploadPart',
      run: ({ files }) => files.uploadPart(ADDRESS, { start: 0 }, BYTES),
      expected: [
        {
          method: 'PATCH',
          target: UPLOAD,
          ...upload,
          headers: { ...upload.headers, 'content-range': 'bytes 0-9' },
        },
      ],
    },
  ],
  fileAction: [
    {
      title: 'files.complete',
      run: ({ files }) => files.complete(ADDRESS),
      expected: [{ method: 'POST', target: `${UPLOAD}?action=COMPLETE` }],
      handles: ({ status }) => status === 200,
    },
    {
      title: 'files.initialize',
      run: ({ files }) => files.initialize(ADDRESS),
      expected: [{ method: 'POST', target: `${UPLOAD}?action=INITIALIZE` }],
    },
  ],
  getReceivedRanges: [
    {
      title: 'files.receivedRanges',
      run: ({ files }) => files.receivedRanges(ADDRESS),
      expected: [{ method: 'HEAD', target: UPLOAD }],
    },
  ],
  previewBatch: [
    {
      title: 'batches.preview',
      run: ({ batches }) => batches.preview(ADDRESS, { format: 'csv' }),
      expected: [get(`${PREVIEW}?format=csv`)],
    },
    {
      title: 'batches.preview with all its options',
      run: ({ batches }) =>
        batches.preview(ADDRESS, {
          format: 'csv',
          isMultiLineJson: false,
          delimiter: '|',
          quote: "'",
          escape: '\\',
          charset: 'utf-8',
          header: true,
          nrow: 5,
        }),
      expected: [
        get(
          `${PREVIEW}?format=csv&isMultiLineJson=false&delimiter=%7C&quote='&escape=%5C&charset=utf-8&header=true&nrow=5`,
        ),
      ],
      responses: [{ status: 200, example: 'batch-preview' }],
      handles: never,
    },
  ],
  listBatches: [
    {
      title: 'batches.list',
      run: ({ batches }) => all(batches.list()),
      // A list ends with a page that is empty or has no new entries.
      expected: [
        get(`${CATALOG}?orderBy=desc%3Acreated&limit=100&start=0`),
        get(`${CATALOG}?orderBy=desc%3Acreated&limit=100&start=2`),
      ],
    },
    {
      title: 'batches.list with a filter',
      run: ({ batches }) =>
        all(
          batches.list({
            dataSet: ADDRESS.datasetId,
            status: 'failed',
            createdAfter: 1700000000000,
            orderBy: 'asc:created',
            pageSize: 50,
          }),
        ),
      expected: [
        get(
          `${CATALOG}?dataSet=${ADDRESS.datasetId}&status=failed&createdAfter=1700000000000&orderBy=asc%3Acreated&limit=50&start=0`,
        ),
      ],
      responses: [{ status: 200, example: 'catalog-batches-none' }],
      handles: never,
    },
  ],
  ...datasetCalls,
  getBatch: [
    {
      title: 'batches.get',
      run: ({ batches }) => batches.get(BATCH_ID),
      expected: [get(`${CATALOG}/${BATCH_ID}`)],
    },
  ],
  getBatchMeta: [
    // The response alone does not show whether it is a list or a row; the request decides.
    {
      title: 'raw, for a list',
      run: ({ raw }) => raw.GET('/data/foundation/export/batches/{batchId}/meta', { params: META }),
      expected: [get(`${EXPORT}/meta?path=row_errors`)],
      handles: ({ status, bytes: isBytes }) => status === 200 && !isBytes,
    },
    {
      title: 'raw, for bytes',
      run: ({ raw }) =>
        raw.GET('/data/foundation/export/batches/{batchId}/meta', {
          params: META,
          headers: { accept: 'application/octet-stream' },
          parseAs: 'text',
        }),
      expected: [{ ...get(`${EXPORT}/meta?path=row_errors`), accept: 'application/octet-stream' }],
      handles: ({ status }) => status === 200,
    },
    {
      title: 'diagnostics.rowErrors',
      run: ({ diagnostics }) => all(diagnostics.rowErrors(BATCH_ID)),
      expected: [
        get(`${EXPORT}/meta?path=row_errors&start=0&limit=100`),
        bytes(`${EXPORT}/meta?path=row_errors%2Fconversion_errors_0.json`),
        bytes(`${EXPORT}/meta?path=row_errors%2Fparsing_errors_0.json`),
        get(`${EXPORT}/meta?path=row_errors&start=2&limit=100`),
      ],
      responses: [
        { status: 200, example: 'row-error-files' },
        { status: 200, example: 'row-error-download' },
        { status: 200, example: 'row-error-download' },
        { status: 200, example: 'row-error-files' },
      ],
    },
    {
      title: 'diagnostics.inputFiles',
      run: ({ diagnostics }) => all(diagnostics.inputFiles(BATCH_ID)),
      expected: [
        get(`${EXPORT}/meta?path=input_files&start=0&limit=100`),
        bytes(`${EXPORT}/meta?path=input_files%2FfileMetaData1.json`),
        bytes(`${EXPORT}/meta?path=input_files%2FfileMetaData2.json`),
        get(`${EXPORT}/meta?path=input_files&start=2&limit=100`),
      ],
      responses: [
        { status: 200, example: 'input-files' },
        { status: 200, example: 'input-file-download' },
        { status: 200, example: 'input-file-download' },
        { status: 200, example: 'input-files' },
      ],
      handles: never,
    },
  ],
  getFailedFiles: [
    {
      title: 'diagnostics.downloadFailed',
      run: ({ diagnostics }) => text(diagnostics.downloadFailed(BATCH_ID, 'part-0.json')),
      expected: [bytes(`${EXPORT}/failed?path=part-0.json`)],
      handles: ({ bytes: isBytes }) => isBytes,
    },
    {
      title: 'diagnostics.failedFiles',
      run: ({ diagnostics }) => all(diagnostics.failedFiles(BATCH_ID)),
      expected: [
        get(`${EXPORT}/failed?start=0&limit=100`),
        get(`${EXPORT}/failed?start=2&limit=100`),
      ],
      responses: [{ status: 200, example: 'failed-files' }],
      handles: ({ status }) => status !== 200,
    },
    {
      title: 'raw, for a list',
      run: ({ raw }) =>
        raw.GET('/data/foundation/export/batches/{batchId}/failed', {
          params: { path: { batchId: BATCH_ID } },
        }),
      expected: [get(`${EXPORT}/failed`)],
    },
  ],
  listBatchFiles: [
    {
      title: 'batches.files',
      run: ({ batches }) => all(batches.files(BATCH_ID)),
      expected: [
        get(`${EXPORT}/files?start=0&limit=100`),
        get(`${EXPORT}/files?start=1&limit=100`),
      ],
    },
  ],
  headFile: [
    {
      title: 'files.head',
      run: ({ files }) => files.head(FILE_ID, 'profiles.parquet'),
      expected: [{ method: 'HEAD', target: `${FILE}?path=profiles.parquet` }],
    },
  ],
  getFile: [
    {
      title: 'files.download of a range',
      run: ({ files }) => text(files.download(FILE_ID, 'a', { range: { start: 0, end: 100 } })),
      expected: [bytes(`${FILE}?path=a`, { range: 'bytes=0-99' })],
      handles: ({ status }) => status === 206,
    },
    {
      title: 'files.download',
      run: ({ files }) => text(files.download(FILE_ID, 'a')),
      expected: [bytes(`${FILE}?path=a`)],
      handles: ({ bytes: isBytes }) => isBytes,
    },
    {
      title: 'files.parts',
      run: ({ files }) => all(files.parts(FILE_ID)),
      expected: [get(`${FILE}?limit=100`), get(`${FILE}?start=1&limit=100`)],
    },
  ],
  getToken: [
    {
      // Any call of a client with an OAuth credential requests a token first.
      title: 'batches.get with a credential',
      run: ({ batches }) => batches.get(BATCH_ID),
      expected: [
        {
          method: 'POST',
          target: '/ims/token/v3',
          body: {
            grant_type: 'client_credentials',
            client_id: 'client-id-of-the-tests',
            client_secret: 'client-secret-of-the-tests',
            scope: 'openid,AdobeID',
          },
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      ],
    },
  ],
};

export const calls: readonly Call[] = Object.entries(table).flatMap(([operation, entries]) =>
  entries.map((entry) => ({
    handles: () => true,
    ...entry,
    operation: operation as keyof operations,
  })),
);

/** The text of a download. */
export async function text(
  download: Promise<{ body: ReadableStream<Uint8Array> }>,
): Promise<string> {
  return new Response((await download).body).text();
}
