/** The published requests and responses that every operation is tested with, by the names of their examples. */

/** `operation status` → names. */
const OWN: Readonly<Record<string, string>> = {
  'createBatch request':
    'create-batch-seed-request create-batch-every-field create-batch-older-percentage',
  'getToken request': 'token-request',
  'createBatch 201': 'created-batch-seed-response created-batch-fewest-fields created-batch-replay',
  'fileAction 200': 'completed-file',
  'previewBatch 200': 'batch-preview',
  'listBatches 200':
    'catalog-batches-two catalog-batches-failed catalog-batches-replaced catalog-batches-none',
  'getBatch 200':
    'catalog-batch-active catalog-batch-rejected-rows catalog-batch-failed catalog-batch-stalled catalog-batch-staging catalog-batch-every-kind',
  'listDatasets 200': 'catalog-datasets-five catalog-datasets-profile catalog-datasets-none',
  'getDataset 200':
    'catalog-dataset-loyalty catalog-dataset-profile catalog-dataset-upsert catalog-dataset-parquet catalog-dataset-csv catalog-dataset-look-up catalog-dataset-every-field',
  'listLastBatches 200': 'catalog-last-batches catalog-last-batches-none',
  'getSchema 200': 'schema-loyalty-members schema-loyalty-members-notext schema-hotels',
  'listDescriptors 200': 'descriptors-by-type descriptors-none descriptors-page descriptor-links',
  'getBatchMeta 200':
    'row-error-files input-files row-error-line input-file-line row-error-download input-file-download',
  'getFailedFiles 200':
    'failed-files failed-row-corrupt failed-row-converted failed-row-invalid failed-row-unchecked failed-row-rejected failed-file-download',
  'listBatchFiles 200': 'batch-files batch-files-first-page',
  'getFile 200': 'file-parts file-parts-folder file-parts-older-list file-download',
  'getFile 206': 'file-download-range',
  'getToken 200': 'token token-older-milliseconds',
};

/** Error responses of a status; some operations have their own. */
const ERRORS: Readonly<Record<string, string>> = {
  400: 'error-400-header-missing error-400-content-type-problem error-400-error-list',
  401: 'error-401-token-invalid',
  403: 'error-403-token-missing error-403-api-key-invalid error-403-organization-not-entitled',
  404: 'error-404-batch error-404-catalog',
  406: 'error-406-accept-missing error-406-accept-unknown error-406-accept-format',
  413: 'error-413-body-too-large',
  414: 'error-414-url-too-long',
  415: 'error-415-content-type',
  416: 'error-416-range',
  422: 'error-422-catalog',
  428: 'error-428-revert-aborted',
  429: 'error-429-too-many-requests',
  500: 'error-500-internal',
  503: 'error-503-unavailable',
  'getSchema 400':
    'error-400-registry-version error-400-registry-version-older error-400-header-missing',
  'getSchema 404': 'error-404-registry error-404-registry-older',
  'listDescriptors 400': 'error-400-registry-descriptors',
  'getToken 400': 'error-400-token-scope',
  'getToken 401': 'error-401-token-client',
};

/** Responses to HEAD have no body, so they have no examples. */
const isHead = (operation: string) => operation === 'getReceivedRanges' || operation === 'headFile';

/** @param part a status, or `request`. */
export function findExamples(operation: string, part: string): string[] {
  if (isHead(operation)) return [];
  const key = `${operation} ${part}`;
  const names = OWN[key] ?? ERRORS[key] ?? ERRORS[part];
  return names?.split(' ') ?? [];
}
