/** Facts about operations: method and path, where they are served, what each sends and returns. */

/** A media type and the name of the schema of its body; `bytes` for a body without one. */
export type Bodies = Readonly<Record<string, string>>;

export interface OperationFact {
  /** Method and path, as in the sources. */
  call: string;
  origin: string;
  /** The headers that have to be there, in any order. */
  credentials: readonly string[];
  request?: Bodies;
  /** The successful responses by status; an empty object has no body. */
  success: Readonly<Record<number, Bodies>>;
  /** The error statuses, separated by spaces. */
  errors: string;
}

const PLATFORM = 'https://platform.adobe.io';
const CREDENTIALS = ['authorization', 'x-api-key', 'x-gw-ims-org-id'] as const;
const JSON_TYPE = 'application/json';
const BYTES = { 'application/octet-stream': 'bytes' } as const;
const NOTHING = {} as const;
const json = (schema: string): Bodies => ({ [JSON_TYPE]: schema });

const IMPORT = '/data/foundation/import/batches';
const FILE = `${IMPORT}/{batchId}/datasets/{datasetId}/files/{filePath}`;
const CATALOG = '/data/foundation/catalog';
const REGISTRY = '/data/foundation/schemaregistry';
const EXPORT = '/data/foundation/export';
const READ_ERRORS = '400 401 403 404 429 500 503';

const platform = (
  call: string,
  success: OperationFact['success'],
  errors = READ_ERRORS,
  request?: Bodies,
): OperationFact => ({
  call,
  origin: PLATFORM,
  credentials: CREDENTIALS,
  success,
  errors,
  ...(request === undefined ? {} : { request }),
});

export const OPERATIONS: Readonly<Record<string, OperationFact>> = {
  createBatch: platform(
    `POST ${IMPORT}`,
    { 201: json('CreatedBatch') },
    '400 401 403 413 414 415 422 429 500 503',
    json('CreateBatchRequest'),
  ),
  batchAction: platform(
    `POST ${IMPORT}/{batchId}`,
    { 200: NOTHING },
    '400 401 403 404 414 428 429 500 503',
  ),
  uploadFile: platform(
    `PUT ${FILE}`,
    { 200: NOTHING, 201: NOTHING },
    '400 401 403 404 413 414 415 429 500 503',
    BYTES,
  ),
  uploadFilePart: platform(
    `PATCH ${FILE}`,
    { 200: NOTHING },
    '400 401 403 404 413 414 415 429 500 503',
    BYTES,
  ),
  fileAction: platform(
    `POST ${FILE}`,
    { 200: json('CompletedFile'), 201: NOTHING },
    '400 401 403 404 414 429 500 503',
  ),
  getReceivedRanges: platform(
    `HEAD ${FILE}`,
    { 200: NOTHING },
    '400 401 403 404 414 415 429 500 503',
  ),
  previewBatch: platform(
    `GET ${IMPORT}/{batchId}/datasets/{datasetId}/preview`,
    { 200: json('BatchPreview') },
    '400 401 403 404 414 415 429 500 503',
  ),
  listBatches: platform(`GET ${CATALOG}/batches`, { 200: json('CatalogBatches') }),
  getBatch: platform(`GET ${CATALOG}/batches/{batchId}`, { 200: json('CatalogBatchById') }),
  listDatasets: platform(`GET ${CATALOG}/dataSets`, { 200: json('Datasets') }),
  getDataset: platform(`GET ${CATALOG}/dataSets/{datasetId}`, { 200: json('Datasets') }),
  listLastBatches: platform(`GET ${CATALOG}/lastBatches`, { 200: json('LastBatches') }),
  getSchema: platform(
    `GET ${REGISTRY}/{container}/schemas/{schemaId}`,
    {
      200: {
        'application/vnd.adobe.xed-full+json; version=1': 'XdmSchema',
        'application/vnd.adobe.xed-full-notext+json; version=1': 'XdmSchema',
        'application/vnd.adobe.xed+json; version=1': 'XdmSchema',
      },
    },
    '400 401 403 404 406 429 500 503',
  ),
  listDescriptors: platform(
    `GET ${REGISTRY}/tenant/descriptors`,
    {
      200: {
        'application/vnd.adobe.xdm+json': 'DescriptorList',
        'application/vnd.adobe.xdm-v2+json': 'DescriptorList',
        'application/vnd.adobe.xdm-link+json': 'DescriptorList',
      },
    },
    '400 401 403 406 429 500 503',
  ),
  getBatchMeta: platform(`GET ${EXPORT}/batches/{batchId}/meta`, {
    200: { ...json('DiagnosticContent'), ...BYTES },
  }),
  getFailedFiles: platform(`GET ${EXPORT}/batches/{batchId}/failed`, {
    200: { ...json('FailedContent'), ...BYTES },
  }),
  listBatchFiles: platform(`GET ${EXPORT}/batches/{batchId}/files`, {
    200: json('DataSetFilePage'),
  }),
  headFile: platform(`HEAD ${EXPORT}/files/{dataSetFileId}`, { 200: NOTHING }),
  getFile: platform(
    `GET ${EXPORT}/files/{dataSetFileId}`,
    { 200: { ...json('FileParts'), ...BYTES }, 206: BYTES },
    '400 401 403 404 416 429 500 503',
  ),
  getToken: {
    call: 'POST /ims/token/v3',
    origin: 'https://ims-na1.adobelogin.com',
    credentials: [],
    request: { 'application/x-www-form-urlencoded': 'TokenRequest' },
    success: { 200: json('Token') },
    errors: '400 401 429 500 503',
  },
};

/** The schema of an error body: the token service has its own for a rejected credential. */
export const findErrorSchema = (operation: string, status: number): string =>
  operation === 'getToken' && status < 429 ? 'TokenError' : 'Error';

/** Headers of responses that a client reads. */
export interface HeaderFact {
  isRequired: boolean;
  accept: readonly string[];
  refuse: readonly string[];
  /** What any example of it looks like: the mock sends it, and the client has to read it. */
  readable: RegExp;
  /** Headers are text; this is what the text is of. */
  type: 'string' | 'integer';
}
const RetryAfter: HeaderFact = {
  isRequired: false,
  accept: ['2', '0', 'Wed, 21 Oct 2015 07:28:00 GMT'],
  refuse: [],
  readable: /^\d+$| GMT$/,
  type: 'string',
};
/** The format of received ranges is not published. */
const ReceivedRange: HeaderFact = {
  isRequired: false,
  accept: ['bytes=0-99', 'bytes 0-99', 'bytes=0-99,200-299', '0-99'],
  refuse: [],
  readable: /^bytes[= ]\d+-\d+/,
  type: 'string',
};
const ContentRange: HeaderFact = {
  isRequired: true,
  accept: ['bytes 0-99/249058', 'bytes 0-99', 'bytes 0-99/*', 'bytes {RANGE}'],
  refuse: ['', 'bytes=0-99', '0-99', 'bytes 0-', 'bytes 0-99/', 'bytes 0-99/9 ', 'x bytes 0-9'],
  readable: /^bytes \d+-\d+(?:\/(?:\d+|\*))?$/,
  type: 'string',
};
const ContentLength: HeaderFact = {
  isRequired: false,
  accept: ['0', '1', '249058', '9007199254740991'],
  refuse: ['-1', '1.5', 'many', ''],
  readable: /^\d+$/,
  type: 'integer',
};
const AcceptRanges: HeaderFact = {
  isRequired: false,
  accept: ['bytes', 'none', 'bytes, seconds'],
  refuse: [],
  readable: /^(?:bytes|none)$/,
  type: 'string',
};

const SUCCESS_HEADERS: Readonly<Record<string, Readonly<Record<string, HeaderFact>>>> = {
  'uploadFilePart 200': { Range: ReceivedRange },
  'getReceivedRanges 200': { Range: ReceivedRange },
  'headFile 200': { 'Content-Length': ContentLength, 'Accept-Ranges': AcceptRanges },
  'getFile 206': { 'Content-Range': ContentRange },
};
/** 429 and 503 of every operation may say how long to wait; no other response does. */
export const findHeaders = (
  operation: string,
  status: number,
): Readonly<Record<string, HeaderFact>> =>
  status === 429 || status === 503
    ? { 'Retry-After': RetryAfter }
    : (SUCCESS_HEADERS[`${operation} ${status}`] ?? {});
