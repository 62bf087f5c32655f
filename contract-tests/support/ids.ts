/** The ids of the document's examples. */
import type { FileAddress } from '../../src/index.js';

export const BATCH_ID = '5d01230fc78a4e4f8c0c6b387b4b8d1c';
export const ADDRESS: FileAddress = {
  batchId: BATCH_ID,
  datasetId: '5c8c3c555033b814b69f947f',
  path: 'day=1/part-0.parquet',
};
