/** Preflight for its own sake: looks at sources, and sends nothing. */
import type { FileFormat } from '../resources/types.js';
import { walk } from '../upload/walk.js';
import { PreflightError } from './errors.js';
import { inspect } from './inspect.js';
import type { Finding, IngestOptions } from './types.js';

export interface CheckOptions
  extends Pick<IngestOptions, 'format' | 'isMultiLineJson' | 'csv' | 'partialIngestionPercent'> {
  /** Whether everything is read, and not only the beginnings. */
  deep?: boolean;
  signal?: AbortSignal;
}

/** What a look at the sources gave. */
export interface Checked {
  format: FileFormat;
  isMultiLineJson: boolean;
  findings: Finding[];
  files: number;
  bytes: number;
  /** Where they were counted. */
  rows?: number;
  skipped: number;
}

/** @throws {SourceError | InvalidInputError} for what cannot be looked at. */
export async function checkSources(
  paths: readonly string[],
  options: CheckOptions = {},
): Promise<Checked> {
  const { files, skipped } = await walk(paths);
  const { format = 'json', isMultiLineJson = false } = options;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const found = { format, isMultiLineJson, findings: [], files: files.length, bytes, skipped };
  try {
    // No client: what is looked at here is on this machine.
    const read = await inspect(files, { ...options, datasetId: '' }, undefined as never);
    return { ...found, ...read, isMultiLineJson: read.isMultiLineJson ?? false };
  } catch (error) {
    if (error instanceof PreflightError) return { ...found, findings: [...error.findings] };
    throw error;
  }
}
