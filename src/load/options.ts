/** The options of loads, and of their resumes. */
import {
  checkTogether,
  INGEST_OPTIONS,
  type IngestDefaults,
  RESUME_OPTIONS,
  type RunDefaults,
} from '../ingest/options.js';
import type { ResumeOptions } from '../ingest/resume.js';
import type { PackOptions } from '../packing/options.js';
import { checkLocalPath, functionOption, number } from '../shared/checks.js';
import {
  ADVISED_BATCH_BYTES,
  DEFAULT_PACK_BYTES,
  MAX_BATCH_CONCURRENCY,
} from '../shared/limits.js';
import {
  invalid,
  type OptionTable,
  omit,
  optional,
  required,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import type { Source } from '../sources/source.js';
import { LIMIT_OPTIONS, type LoadLimits } from './plan-load.js';
import type { LoadOptions, LoadProgress } from './types.js';

const BATCHES = { min: 1, max: MAX_BATCH_CONCURRENCY, unit: 'batches', whole: true };

/** The options of a resume of a load; everything else is in its journal. */
export interface LoadResumeOptions extends Omit<ResumeOptions, 'onProgress'> {
  /** How many batches run at a time. Default: as the load began. */
  batchConcurrency?: number;
  /** Called with every change. */
  onProgress?: (progress: LoadProgress) => void;
}

/**
 * How many bytes a packed file has at most: it is to fit into a batch.
 * @throws {InvalidInputError} for more than a batch may hold.
 */
export function limitPackBytes({
  pack,
  packBytes,
  maxBatchBytes = ADVISED_BATCH_BYTES,
}: PackOptions & LoadLimits): PackOptions {
  if (pack !== true) return {};
  if (packBytes !== undefined && packBytes > maxBatchBytes)
    throw invalid('packBytes', `at most maxBatchBytes, ${maxBatchBytes} bytes`, packBytes);
  return { pack, packBytes: Math.min(packBytes ?? DEFAULT_PACK_BYTES, maxBatchBytes) };
}

type LoadDefaults = IngestDefaults | 'maxBatchFiles' | 'maxBatchBytes' | 'batchConcurrency';

export const LOAD_OPTIONS: OptionTable<LoadOptions, LoadDefaults> = {
  ...omit(INGEST_OPTIONS, ['journal', 'replace', 'onProgress']),
  journal: required(checkLocalPath),
  ...LIMIT_OPTIONS,
  batchConcurrency: withDefault(number(BATCHES), 1),
  onProgress: optional(functionOption()),
};

type ValidLoadResumeOptions = Omit<LoadResumeOptions, 'sources'> & {
  sources?: readonly (Source | string)[];
};
export const LOAD_RESUME_OPTIONS: OptionTable<ValidLoadResumeOptions, RunDefaults> = {
  ...RESUME_OPTIONS,
  batchConcurrency: optional(number(BATCHES)),
  onProgress: optional(functionOption()),
};

export type ValidLoadOptions = ValidOptions<LoadOptions, LoadDefaults>;

/** @throws {InvalidInputError} for an option that cannot be used. */
export function validateLoadOptions(options: unknown): ValidLoadOptions {
  const valid = validateOptions(LOAD_OPTIONS, options);
  checkTogether(valid);
  return valid;
}
