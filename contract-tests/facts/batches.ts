/** Facts about batches: what `createBatch` takes and returns, and what the Catalog returns. */
import {
  anyNumberOrText,
  anyObject,
  anyText,
  chooseFrom,
  count,
  countOrUnknown,
  extend,
  flag,
  integer,
  list,
  map,
  object,
  percent,
  semanticVersion,
  text,
  textOrInteger,
  type Values,
} from './values.js';

export const BATCH_STATUSES = [
  ...['loading', 'loaded', 'queued', 'processing', 'staging', 'staged', 'retrying', 'stalled'],
  ...['success', 'active', 'failed', 'failure', 'aborted', 'abandoned', 'inactive', 'deleted'],
  ...['archived', 'retained'],
] as const;
export const FILE_FORMATS = ['json', 'parquet', 'csv'] as const;
export const BATCH_ACTIONS = ['COMPLETE', 'ABORT', 'FAIL', 'REVERT'] as const;
export const FILE_ACTIONS = ['INITIALIZE', 'COMPLETE'] as const;
export const RELATED_OBJECT_TYPES = [
  ...['batch', 'connection', 'connector', 'dataSet', 'dataSetFile', 'dataSetView'],
  ...['expressionBlock', 'service', 'serviceDefinition', 'transform'],
] as const;

const FileFormat = chooseFrom(...FILE_FORMATS);
const BatchStatus = chooseFrom(...BATCH_STATUSES);
const RelatedObjectType = chooseFrom(...RELATED_OBJECT_TYPES);
const Tags = map(list(anyText));

const InputFormat = object(
  {
    'format!': FileFormat,
    isMultiLineJson: flag,
    delimiter: text,
    quote: anyText,
    escape: anyText,
    charset: text,
    header: flag,
    nullMarker: anyText,
  },
  { others: 'none' },
);
const Replay = object(
  {
    predecessors: list(text, { min: 1 }),
    predecessorsByExternalId: list(text, { min: 1 }),
    reason: anyText,
  },
  { others: 'none' },
);
/** The two spellings of one field exclude each other, so its full form has only one of them. */
const CreateBatchRequest = extend(
  object(
    {
      'datasetId!': text,
      inputFormat: InputFormat,
      externalId: text,
      replay: Replay,
      tags: Tags,
      enableErrorDiagnostics: flag,
      partialIngestionPercent: percent,
    },
    { others: 'none' },
  ),
  {
    accept: percent.accept.map((value) => ({ datasetId: 'd', partialIngestionPercentage: value })),
    refuse: [
      { datasetId: 'd', partialIngestionPercent: 5, partialIngestionPercentage: 5 },
      ...percent.refuse.map((value) => ({ datasetId: 'd', partialIngestionPercentage: value })),
    ],
  },
);

const CatalogTags = map(
  extend(list(anyText), { accept: [true, false, 5, 0.5, 4_102_444_800_000], refuse: [] }),
);
/** Tags of the platform may have a single value that is a flag or a number, but no text. */
const catalogTags: Values = {
  accept: CatalogTags.accept,
  refuse: [
    'text',
    7,
    null,
    [],
    { a: 'text' },
    { a: null },
    { a: {} },
    { a: [7] },
    { a: [true] },
    { a: [null] },
  ],
};
const CatalogMetrics = object(
  {
    inputByteSize: countOrUnknown,
    inputFileCount: countOrUnknown,
    inputRecordCount: countOrUnknown,
    outputByteSize: countOrUnknown,
    outputFileCount: countOrUnknown,
    outputRecordCount: countOrUnknown,
    partitionCount: countOrUnknown,
    failedRecordCount: countOrUnknown,
  },
  { others: anyNumberOrText },
);
const CatalogBatchError = object({
  'code!': anyText,
  description: anyText,
  rows: list(anyText),
  recordCount: count,
});
const RelatedObject = object({
  'type!': RelatedObjectType,
  'id!': text,
  status: anyText,
  errors: list(CatalogBatchError),
  metrics: CatalogMetrics,
  tag: anyText,
});
const dates = object({ startDate: integer, endDate: integer }, { others: integer });
const CatalogAvailableDates: Values = {
  accept: [...dates.accept, null],
  refuse: dates.refuse.filter((value) => value !== null),
};

const CreatedInputFormat = object({
  'format!': FileFormat,
  isMultiLineJson: flag,
  delimiter: anyText,
  quote: anyText,
  escape: anyText,
  charset: anyText,
  header: flag,
  nullMarker: anyText,
});
const CreatedReplay = object({
  predecessors: list(anyText),
  predecessorsByExternalId: list(anyText),
  reason: anyText,
});
const CreatedBatch = object({
  'id!': text,
  'imsOrg!': text,
  'created!': count,
  'updated!': count,
  'status!': BatchStatus,
  'relatedObjects!': list(RelatedObject),
  'version!': semanticVersion,
  createdUser: anyText,
  updatedUser: anyText,
  createdClient: anyText,
  tags: catalogTags,
  externalId: anyText,
  inputFormat: CreatedInputFormat,
  replay: CreatedReplay,
  started: count,
  completed: count,
  recordCount: count,
  failedRecordCount: count,
  size: count,
  availableDates: CatalogAvailableDates,
  metrics: CatalogMetrics,
  errors: list(CatalogBatchError),
});

/** Looser than what `createBatch` returns: published entries hold other formats and `header: "true"`. */
const CatalogInputFormat = object({
  format: text,
  isMultiLineJson: flag,
  delimiter: anyText,
  quote: anyText,
  escape: anyText,
  charset: anyText,
  header: {
    accept: [true, false, 'true', 'false'],
    refuse: ['', 'yes', 'TRUE', 0, null, [], {}],
  },
  nullMarker: anyText,
});
const CatalogReplay = object({
  predecessors: list(anyText),
  predecessorsByExternalId: list(anyText),
  predecessorListingType: chooseFrom('IMMEDIATE', 'ALL'),
  reason: anyText,
});
const CatalogBatch = object({
  'status!': BatchStatus,
  id: text,
  imsOrg: anyText,
  sandboxId: anyText,
  created: count,
  updated: count,
  started: count,
  completed: count,
  createdUser: anyText,
  updatedUser: anyText,
  createdClient: anyText,
  version: semanticVersion,
  externalId: anyText,
  relatedObjects: list(RelatedObject),
  inputFormat: CatalogInputFormat,
  replay: CatalogReplay,
  tags: catalogTags,
  metrics: CatalogMetrics,
  errors: list(CatalogBatchError),
  recordCount: count,
  failedRecordCount: count,
  size: count,
  failedBatchLocation: anyText,
  availableDates: CatalogAvailableDates,
});

const PreviewFormatParams = object({
  format: anyText,
  delimiter: anyText,
  quote: anyText,
  escape: anyText,
  charset: anyText,
  header: flag,
});
const PreviewColumn = object({ 'cid!': textOrInteger, 'name!': anyText });
const PreviewTable = object({ 'columns!': list(PreviewColumn), 'rows!': list(anyObject) });

export const BATCH_SCHEMAS: Readonly<Record<string, Values>> = {
  FileFormat,
  BatchStatus,
  RelatedObjectType,
  BatchAction: chooseFrom(...BATCH_ACTIONS),
  FileAction: chooseFrom(...FILE_ACTIONS),
  Tags,
  Percent: percent,
  InputFormat,
  Replay,
  CreateBatchRequest,
  RelatedObject,
  CatalogTags: catalogTags,
  CatalogMetrics,
  CatalogBatchError,
  CatalogAvailableDates,
  CreatedInputFormat,
  CreatedReplay,
  CreatedBatch,
  CatalogInputFormat,
  CatalogReplay,
  CatalogBatch,
  CatalogBatches: map(CatalogBatch),
  CatalogBatchById: map(CatalogBatch, { min: 1 }),
  CompletedFile: object({ 'name!': text, 'sizeInBytes!': count }),
  PreviewFormatParams,
  PreviewColumn,
  PreviewTable,
  BatchPreview: object({ 'preview!': PreviewTable, formatParams: PreviewFormatParams }),
};
