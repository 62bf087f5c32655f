import type { operations } from '../../generated/openapi.js';
import type { BatchClient, FileAddress } from '../../src/index.js';
import { example } from './bundled.js';
import type { Wanted } from './prism-proxy.js';

export const BATCH_ID = '5d01230fc78a4e4f8c0c6b387b4b8d1c';
export const FILE_ID = '8dcedb36-1cb2-4496-9a38-7b2041114b56-1';
export const ADDRESS: FileAddress = {
  batchId: BATCH_ID,
  datasetId: '5c8c3c555033b814b69f947f',
  path: 'day=1/part-0.parquet',
};
const BYTES = new TextEncoder().encode('some bytes');
const BYTES_PREFERRED = 'application/octet-stream, */*;q=0.1';

const IMPORT = '/data/foundation/import/batches';
const UPLOAD = `${IMPORT}/${BATCH_ID}/datasets/${ADDRESS.datasetId}/files/day%3D1/part-0.parquet`;
const PREVIEW = `${IMPORT}/${BATCH_ID}/datasets/${ADDRESS.datasetId}/preview`;
const CATALOG = '/data/foundation/catalog/batches';
const EXPORT = `/data/foundation/export/batches/${BATCH_ID}`;
const FILE = `/data/foundation/export/files/${FILE_ID}`;

/** What the caller wants to have: parsed, or as bytes. */
export interface Want {
  status: number;
  bytes: boolean;
}

/** A request as it has to reach the wire. */
export interface Sent {
  method: string;
  /** Path and query, as they are written on the wire. */
  target: string;
  /** Default `application/json`. */
  accept?: string;
  /** JSON, a form, or bytes as text; without it, no body at all. */
  body?: unknown;
  /** What else has to be in the headers. */
  headers?: Record<string, string>;
}

/** A call of the public client, and what it has to send. */
export interface Call {
  operation: keyof operations;
  title: string;
  run: (client: BatchClient) => Promise<unknown>;
  sent: readonly Sent[];
  /** Which answers of its operation are given to this call. The first call that takes one gets it. */
  takes: (want: Want) => boolean;
  /** How its requests are answered when it is not given one answer only. */
  answers?: readonly Wanted[];
}

type Entry = Omit<Call, 'operation' | 'takes'> & { takes?: Call['takes'] };

const get = (target: string): Sent => ({ method: 'GET', target });
const bytes = (target: string, headers: Record<string, string> = {}): Sent => ({
  ...get(target),
  accept: BYTES_PREFERRED,
  headers,
});
const upload = { body: 'some bytes', headers: { 'content-type': 'application/octet-stream' } };
const never = () => false;
const action = (
  name: 'complete' | 'abort' | 'fail' | 'revert',
  takes: Call['takes'] = never,
): Entry => ({
  title: `batches.${name}`,
  run: ({ batches }) => batches[name](BATCH_ID),
  sent: [{ method: 'POST', target: `${IMPORT}/${BATCH_ID}?action=${name.toUpperCase()}` }],
  takes,
  answers: [{ status: 200 }],
});

const META = { path: { batchId: BATCH_ID }, query: { path: 'row_errors' } };

/** Every public call that sends something, under the operation of the document that it calls. */
const table: Record<keyof operations, Entry[]> = {
  createBatch: [
    {
      title: 'batches.create',
      run: ({ batches }) => batches.create(example('create-batch-seed-request')),
      sent: [{ method: 'POST', target: IMPORT, body: example('create-batch-seed-request') }],
    },
  ],
  batchAction: [action('complete', () => true), action('abort'), action('fail'), action('revert')],
  uploadFile: [
    {
      title: 'files.put',
      run: ({ files }) => files.put(ADDRESS, BYTES),
      sent: [{ method: 'PUT', target: UPLOAD, ...upload }],
    },
  ],
  uploadFilePart: [
    {
      title: 'files.uploadPart',
      run: ({ files }) => files.uploadPart(ADDRESS, { start: 0 }, BYTES),
      sent: [
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
      sent: [{ method: 'POST', target: `${UPLOAD}?action=COMPLETE` }],
      takes: ({ status }) => status === 200,
    },
    {
      title: 'files.initialize',
      run: ({ files }) => files.initialize(ADDRESS),
      sent: [{ method: 'POST', target: `${UPLOAD}?action=INITIALIZE` }],
    },
  ],
  getReceivedRanges: [
    {
      title: 'files.receivedRanges',
      run: ({ files }) => files.receivedRanges(ADDRESS),
      sent: [{ method: 'HEAD', target: UPLOAD }],
    },
  ],
  previewBatch: [
    {
      title: 'batches.preview',
      run: ({ batches }) => batches.preview(ADDRESS, { format: 'csv' }),
      sent: [get(`${PREVIEW}?format=csv`)],
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
      sent: [
        get(
          `${PREVIEW}?format=csv&isMultiLineJson=false&delimiter=%7C&quote='&escape=%5C&charset=utf-8&header=true&nrow=5`,
        ),
      ],
      answers: [{ status: 200, example: 'batch-preview' }],
      takes: never,
    },
  ],
  listBatches: [
    {
      title: 'batches.list',
      run: ({ batches }) => all(batches.list()),
      // A list ends with a page that is empty, or brings nothing new.
      sent: [
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
      sent: [
        get(
          `${CATALOG}?dataSet=${ADDRESS.datasetId}&status=failed&createdAfter=1700000000000&orderBy=asc%3Acreated&limit=50&start=0`,
        ),
      ],
      answers: [{ status: 200, example: 'catalog-batches-none' }],
      takes: never,
    },
  ],
  getBatch: [
    {
      title: 'batches.get',
      run: ({ batches }) => batches.get(BATCH_ID),
      sent: [get(`${CATALOG}/${BATCH_ID}`)],
    },
  ],
  getBatchMeta: [
    // A list and a line are told apart only by what was asked for.
    {
      title: 'raw, for a list',
      run: ({ raw }) => raw.GET('/data/foundation/export/batches/{batchId}/meta', { params: META }),
      sent: [get(`${EXPORT}/meta?path=row_errors`)],
      takes: ({ status, bytes: wanted }) => status === 200 && !wanted,
    },
    {
      title: 'raw, for bytes',
      run: ({ raw }) =>
        raw.GET('/data/foundation/export/batches/{batchId}/meta', {
          params: META,
          headers: { accept: 'application/octet-stream' },
          parseAs: 'text',
        }),
      sent: [{ ...get(`${EXPORT}/meta?path=row_errors`), accept: 'application/octet-stream' }],
      takes: ({ status }) => status === 200,
    },
    {
      title: 'diagnostics.rowErrors',
      run: ({ diagnostics }) => all(diagnostics.rowErrors(BATCH_ID)),
      sent: [
        get(`${EXPORT}/meta?path=row_errors&start=0&limit=100`),
        bytes(`${EXPORT}/meta?path=row_errors%2Fconversion_errors_0.json`),
        bytes(`${EXPORT}/meta?path=row_errors%2Fparsing_errors_0.json`),
        get(`${EXPORT}/meta?path=row_errors&start=2&limit=100`),
      ],
      answers: [
        { status: 200, example: 'row-error-files' },
        { status: 200, example: 'row-error-download' },
        { status: 200, example: 'row-error-download' },
        { status: 200, example: 'row-error-files' },
      ],
    },
    {
      title: 'diagnostics.inputFiles',
      run: ({ diagnostics }) => all(diagnostics.inputFiles(BATCH_ID)),
      sent: [
        get(`${EXPORT}/meta?path=input_files&start=0&limit=100`),
        bytes(`${EXPORT}/meta?path=input_files%2FfileMetaData1.json`),
        bytes(`${EXPORT}/meta?path=input_files%2FfileMetaData2.json`),
        get(`${EXPORT}/meta?path=input_files&start=2&limit=100`),
      ],
      answers: [
        { status: 200, example: 'input-files' },
        { status: 200, example: 'input-file-download' },
        { status: 200, example: 'input-file-download' },
        { status: 200, example: 'input-files' },
      ],
      takes: never,
    },
  ],
  getFailedFiles: [
    {
      title: 'diagnostics.downloadFailed',
      run: ({ diagnostics }) => text(diagnostics.downloadFailed(BATCH_ID, 'part-0.json')),
      sent: [bytes(`${EXPORT}/failed?path=part-0.json`)],
      takes: ({ bytes: wanted }) => wanted,
    },
    {
      title: 'diagnostics.failedFiles',
      run: ({ diagnostics }) => all(diagnostics.failedFiles(BATCH_ID)),
      sent: [get(`${EXPORT}/failed?start=0&limit=100`), get(`${EXPORT}/failed?start=2&limit=100`)],
      answers: [{ status: 200, example: 'failed-files' }],
      takes: ({ status }) => status !== 200,
    },
    {
      title: 'raw, for a list',
      run: ({ raw }) =>
        raw.GET('/data/foundation/export/batches/{batchId}/failed', {
          params: { path: { batchId: BATCH_ID } },
        }),
      sent: [get(`${EXPORT}/failed`)],
    },
  ],
  listBatchFiles: [
    {
      title: 'batches.files',
      run: ({ batches }) => all(batches.files(BATCH_ID)),
      sent: [get(`${EXPORT}/files?start=0&limit=100`), get(`${EXPORT}/files?start=1&limit=100`)],
    },
  ],
  headFile: [
    {
      title: 'files.head',
      run: ({ files }) => files.head(FILE_ID, 'profiles.parquet'),
      sent: [{ method: 'HEAD', target: `${FILE}?path=profiles.parquet` }],
    },
  ],
  getFile: [
    {
      title: 'files.download of a range',
      run: ({ files }) => text(files.download(FILE_ID, 'a', { range: { start: 0, end: 100 } })),
      sent: [bytes(`${FILE}?path=a`, { range: 'bytes=0-99' })],
      takes: ({ status }) => status === 206,
    },
    {
      title: 'files.download',
      run: ({ files }) => text(files.download(FILE_ID, 'a')),
      sent: [bytes(`${FILE}?path=a`)],
      takes: ({ bytes: wanted }) => wanted,
    },
    {
      title: 'files.parts',
      run: ({ files }) => all(files.parts(FILE_ID)),
      sent: [get(`${FILE}?limit=100`), get(`${FILE}?start=1&limit=100`)],
    },
  ],
  getToken: [
    {
      // The token is got by any call of a client that has a credential.
      title: 'batches.get with a credential',
      run: ({ batches }) => batches.get(BATCH_ID),
      sent: [
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
    takes: () => true,
    ...entry,
    operation: operation as keyof operations,
  })),
);

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
