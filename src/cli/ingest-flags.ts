/** What `ingest` takes, and what the library takes for it. */

import type { IngestOptions } from '../ingest/types.js';
import { omitUndefined } from '../shared/options.js';
import { UsageError } from './exit-codes.js';
import {
  type BatchFlags,
  type CommonFlags,
  csvOptions,
  type FormatFlags,
  type UploadFlags,
  type WaitFlags,
} from './flags.js';

export interface IngestFlags extends CommonFlags, BatchFlags, FormatFlags, UploadFlags, WaitFlags {
  wait: boolean;
  onFailure?: 'abort' | 'leave';
  journal?: string;
  takeOver?: boolean;
  dryRun?: boolean;
}

export function toIngestOptions(flags: IngestFlags): IngestOptions {
  const csv = csvOptions(flags);
  const options = omitUndefined({
    format: flags.format,
    isMultiLineJson: flags.multiline,
    csv: Object.keys(csv).length === 0 ? undefined : csv,
    externalId: flags.externalId,
    replace: flags.replace,
    errorDiagnostics: flags.errorDiagnostics,
    partialIngestionPercent: flags.partialIngestionPercent,
    largeFileThresholdBytes: flags.largeFileThresholdBytes,
    partSizeBytes: flags.partSizeBytes,
    concurrency: flags.concurrency,
    pollIntervalMs: flags.pollIntervalMs,
    waitTimeoutMs: flags.waitTimeoutMs,
    timeoutMs: flags.timeoutMs,
    onFailure: flags.onFailure,
    takeOver: flags.takeOver,
  });
  return { ...options, datasetId: flags.dataset, wait: flags.wait };
}

/** Whether it is standard input that is ingested. @throws {UsageError} where files are, too. */
export function isStream(paths: readonly string[]): boolean {
  if (!paths.includes('-')) return false;
  if (paths.length === 1) return true;
  throw new UsageError('"-" is standard input: it cannot be ingested together with files.');
}
