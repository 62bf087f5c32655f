/** Facts about parameters: which each operation has, and which texts each takes. */
import { BATCH_ACTIONS, BATCH_STATUSES, FILE_ACTIONS, FILE_FORMATS } from './batches.js';

export interface ParameterFact {
  in: 'path' | 'query' | 'header';
  isRequired: boolean;
  /** Texts as they stand in a request. */
  accept: readonly string[];
  refuse: readonly string[];
}

const ODD = ['é', 'a+b', 'a&b=c', 'a/b', 'two words', '100%', '日本', 'x'.repeat(1500)];
const SIMPLE = ['a', '7', '-1', 'true', '{BATCH_ID}'];

type Texts = Pick<ParameterFact, 'accept' | 'refuse'>;
const text: Texts = { accept: [...SIMPLE, ...ODD], refuse: [''] };
const anyText: Texts = { accept: ['', ...SIMPLE, ...ODD], refuse: [] };
const flag: Texts = { accept: ['true', 'false'], refuse: ['', 'yes', '1', 'TRUE', 'null'] };
const NO_COUNTS = ['-1', '1.5', 'many', '', 'true', 'null'];
const count: Texts = { accept: ['0', '1', '4102444800000', '9007199254740991'], refuse: NO_COUNTS };
const limit = (min: number, max: number): Texts => ({
  accept: [min, min + 1, 20, max - 1, max].map(String),
  refuse: [`${min - 1}`, `${max + 1}`, ...NO_COUNTS],
});
/** The index of an entry, or the name of a file. */
const pageStart: Texts = {
  accept: ['0', '1', '4102444800000', '9007199254740991', 'part-0.json', 'é'],
  refuse: ['-1', '-20', ''],
};
const chooseFrom = (...words: readonly string[]): Texts => ({
  accept: words,
  refuse: [
    '',
    'no-such-value',
    ...words.map((word) => word.toLowerCase()).filter((word) => !words.includes(word)),
    `${words[0]} `,
    `X${words[0]}`,
  ],
});
const order: Texts = {
  accept: ['created', 'asc:created', 'desc:created', 'desc:created,asc:a.b', 'a,b,c'],
  refuse: ['', 'down:created', 'desc:', 'created,', ',created', 'created desc', '-created', '!'],
};
const status: Texts = {
  accept: [...BATCH_STATUSES, '!failed', 'success,failed', '!a'],
  refuse: ['', '!', 'a!b', 'no-such-value', 'SUCCESS'],
};
const uploadedRange: Texts = {
  accept: ['bytes 0-99', 'bytes 5-5', 'bytes 0-99/100', 'bytes 0-99/*', 'bytes {CONTENT_RANGE}'],
  refuse: [
    '',
    'bytes=0-99',
    '0-99',
    'bytes 0-',
    'bytes -9',
    'bytes 0-99/',
    'bytes 0-99 ',
    'x bytes 0-99',
  ],
};
const requestedRange: Texts = {
  accept: ['bytes=0-99', 'bytes=5-', 'bytes=-9', 'bytes={RANGE}'],
  refuse: [
    '',
    'bytes 0-99',
    '0-99',
    'bytes=',
    'bytes=-',
    'bytes=0-99,5-9',
    'bytes=a-b',
    'x bytes=0-1',
  ],
};

const path = (texts: Texts): ParameterFact => ({ in: 'path', isRequired: true, ...texts });
const query = (texts: Texts): ParameterFact => ({ in: 'query', isRequired: false, ...texts });
const header = (texts: Texts): ParameterFact => ({ in: 'header', isRequired: false, ...texts });
const required = (fact: ParameterFact): ParameterFact => ({ ...fact, isRequired: true });

type Facts = Readonly<Record<string, ParameterFact>>;
const sandbox: Facts = { 'x-sandbox-name': header(text) };
const batch: Facts = { batchId: path(text) };
const file: Facts = { ...batch, datasetId: path(text), filePath: path(text), ...sandbox };
const page: Facts = { limit: query(limit(1, 100)), start: query(pageStart) };
const catalogPage: Facts = { limit: query(limit(1, 100)), start: query(count) };

export const PARAMETERS: Readonly<Record<string, Facts>> = {
  createBatch: sandbox,
  batchAction: { ...batch, action: required(query(chooseFrom(...BATCH_ACTIONS))), ...sandbox },
  uploadFile: file,
  uploadFilePart: { ...file, 'Content-Range': required(header(uploadedRange)) },
  fileAction: { ...file, action: required(query(chooseFrom(...FILE_ACTIONS))) },
  getReceivedRanges: file,
  previewBatch: {
    ...batch,
    datasetId: path(text),
    format: required(query(chooseFrom(...FILE_FORMATS))),
    isMultiLineJson: query(flag),
    delimiter: query(text),
    quote: query(anyText),
    escape: query(anyText),
    charset: query(text),
    header: query(flag),
    nrow: query(count),
    ...sandbox,
  },
  listBatches: {
    dataSet: query(text),
    status: query(status),
    externalId: query(text),
    batch: query(text),
    createdClient: query(text),
    createdUser: query(text),
    updatedUser: query(text),
    createdAfter: query(count),
    createdBefore: query(count),
    tags: query(text),
    version: query(text),
    property: query(text),
    orderBy: query(order),
    sort: query(order),
    properties: query(text),
    ...catalogPage,
    ...sandbox,
  },
  getBatch: { ...batch, properties: query(text), aggregate: query(flag), ...sandbox },
  listDatasets: {
    name: query(text),
    tags: query(text),
    property: query(text),
    orderBy: query(order),
    properties: query(text),
    ...catalogPage,
    ...sandbox,
  },
  getDataset: { datasetId: path(text), properties: query(text), ...sandbox },
  listLastBatches: { dataSetId: query(text), ...catalogPage, ...sandbox },
  getSchema: { container: path(chooseFrom('tenant', 'global')), schemaId: path(text), ...sandbox },
  listDescriptors: {
    property: query(text),
    orderby: query(text),
    limit: query(limit(0, 500)),
    start: query(text),
    ...sandbox,
  },
  getBatchMeta: { ...batch, path: query(text), ...page, ...sandbox },
  getFailedFiles: { ...batch, path: query(text), ...page, ...sandbox },
  listBatchFiles: { ...batch, ...page, ...sandbox },
  headFile: { dataSetFileId: path(text), path: required(query(text)), ...sandbox },
  getFile: {
    dataSetFileId: path(text),
    path: query(text),
    Range: header(requestedRange),
    ...page,
    ...sandbox,
  },
  getToken: {},
};
