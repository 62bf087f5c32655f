/** What came of the ingestion of a batch. */
import type { components } from '../../../generated/openapi.js';
import type { RowFile } from './rejected-rows.js';

type Schemas = components['schemas'];

export interface Ingested {
  /** Whether the files allow the batch to succeed. */
  readonly fits: boolean;
  /** How many rows were read, and how many of them could not be. */
  readonly input: number;
  readonly failed: number;
  readonly inputByteSize: number;
  readonly metrics: Schemas['CatalogMetrics'];
  readonly errors: readonly Schemas['CatalogBatchError'][];
  /** How many good rows each file has, by its path. */
  readonly records: ReadonlyMap<string, number>;
  /** The rows that were rejected, as JSON Lines. */
  readonly rejected: readonly RowFile[];
}
