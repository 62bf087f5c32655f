/** What the calls of a live run share. */
import type { BatchClient } from '../../src/index.js';
import type { OpenBatches } from './open-batches.js';
import type { Findings } from './questions.js';
import type { OperationId, Recorder } from './recorder.js';

/** What was found in the sandbox, and is used by later calls. */
export interface Found {
  datasetId?: string;
  schema?: { id: string; contentType?: string };
  /** A batch that was loaded, and one with rejected rows or errors. */
  loadedBatchId?: string;
  failedBatchId?: string;
}

export interface LiveContext {
  readonly client: BatchClient;
  readonly recorder: Recorder;
  readonly batches: OpenBatches;
  readonly findings: Findings;
  readonly found: Found;
  readonly signal: AbortSignal;
  /** The time between two reads of the same thing, in milliseconds. */
  readonly pauseMs: number;
}

/** Calls of one operation, or of a few that belong together. */
export interface Step {
  readonly operation: OperationId;
  run(context: LiveContext): Promise<void>;
}

interface AnyResult<T> {
  data?: T;
  response: Response;
}

/** The data of a success. @throws {Error} for another status. */
export function expectOk<T>({ data, response }: AnyResult<T>): T | undefined {
  if (response.ok) return data;
  throw new Error(`status ${response.status}`);
}

/** The entries of a map of the Catalog, whatever else it may be. */
export const listEntries = (map: unknown): [string, Record<string, unknown>][] =>
  Object.entries(isObject(map) ? map : {}).filter(
    (entry): entry is [string, Record<string, unknown>] => isObject(entry[1]),
  );

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
