// Generated from spec/openapi.yaml by `make generate`. Do not edit: change spec/ and generate again.

/** The operationId for each method and path. */
export const operationIds = {
  'POST /data/foundation/import/batches': 'createBatch',
  'POST /data/foundation/import/batches/{batchId}': 'batchAction',
  'PUT /data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}': 'uploadFile',
  'POST /data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}': 'fileAction',
  'HEAD /data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}': 'getReceivedRanges',
  'PATCH /data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}': 'uploadFilePart',
  'GET /data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview': 'previewBatch',
  'GET /data/foundation/catalog/batches': 'listBatches',
  'GET /data/foundation/catalog/batches/{batchId}': 'getBatch',
  'GET /data/foundation/catalog/dataSets': 'listDatasets',
  'GET /data/foundation/catalog/dataSets/{datasetId}': 'getDataset',
  'GET /data/foundation/catalog/lastBatches': 'listLastBatches',
  'GET /data/foundation/schemaregistry/{container}/schemas/{schemaId}': 'getSchema',
  'GET /data/foundation/schemaregistry/tenant/descriptors': 'listDescriptors',
  'GET /data/foundation/export/batches/{batchId}/meta': 'getBatchMeta',
  'GET /data/foundation/export/batches/{batchId}/failed': 'getFailedFiles',
  'GET /data/foundation/export/batches/{batchId}/files': 'listBatchFiles',
  'GET /data/foundation/export/files/{dataSetFileId}': 'getFile',
  'HEAD /data/foundation/export/files/{dataSetFileId}': 'headFile',
  'POST /ims/token/v3': 'getToken',
} as const;
