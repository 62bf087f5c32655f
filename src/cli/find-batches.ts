/** What `ingest` is given, found and divided into batches, for a run as well as for a dry run. */
import { validateIngestOptions } from '../ingest/options.js';
import { findSource } from '../ingest/plan.js';
import type { IngestSource } from '../ingest/types.js';
import type { LoadPlan } from '../load/load.js';
import { limitPackBytes } from '../load/options.js';
import { planLoad } from '../load/plan-load.js';
import { InvalidInputError } from '../shared/errors.js';
import { ADVISED_BATCH_BYTES } from '../shared/limits.js';
import type { SourceFile } from '../upload/source.js';
import { type IngestFlags, toIngestOptions, toLoadLimits } from './ingest-flags.js';

export interface FoundBatches extends LoadPlan {
  /** Whether there are several batches, or may be once compressed files are read. */
  readonly areSeveral: boolean;
}

/** The most bytes that gzip makes of one. */
const MOST_EXPANSION = 1032;

/**
 * Finds the files. All options are checked first, since many files take long.
 * @returns `undefined` for a stream, which is one batch.
 * @throws {UsageError | InvalidInputError | SourceError} for flags and paths that cannot be used.
 */
export async function findBatches(
  source: IngestSource,
  flags: IngestFlags,
  signal: AbortSignal,
): Promise<FoundBatches | undefined> {
  const options = validateIngestOptions({ ...toIngestOptions(flags), signal });
  const limits = toLoadLimits(flags);
  const packing = limitPackBytes({ ...options, ...limits });
  const { openStream, ...walked } = await findSource(source, { ...options, ...packing });
  if (openStream !== undefined || walked.files === undefined) return undefined;
  const batches = planLoad(walked.files, limits);
  if (batches.length > 1 && options.replace !== undefined) throw replacesSeveralTimes();
  const maxBytes = limits.maxBatchBytes ?? ADVISED_BATCH_BYTES;
  const mayBeDivided = options.replace === undefined && mayExceed(walked.files, maxBytes);
  return { walked, batches, areSeveral: batches.length > 1 || mayBeDivided };
}

/** Whether compressed files may turn out to be more than a batch may have. */
function mayExceed(files: readonly SourceFile[], maxBytes: number): boolean {
  if (files.length < 2 || !files.some(({ coding }) => coding !== undefined)) return false;
  const bytes = ({ sizeBytes, coding }: SourceFile) =>
    coding === undefined ? sizeBytes : sizeBytes * MOST_EXPANSION;
  return files.reduce((sum, file) => sum + bytes(file), 0) > maxBytes;
}

const replacesSeveralTimes = (): InvalidInputError =>
  new InvalidInputError(
    'replace',
    'Invalid replace: expected files of one batch, received files of several. Each of them would delete the rows of the batches that it replaces: load them as one batch, or revert the others afterwards.',
  );
