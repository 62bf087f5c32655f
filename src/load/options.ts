/** The options of loads, and of their resumes. */
import {
  checkTogether,
  INGEST_OPTIONS,
  type IngestDefaults,
  RESUME_OPTIONS,
  type RunDefaults,
} from '../ingest/options.js';
import type { ResumeOptions } from '../ingest/resume.js';
import { checkLocalPath, functionOption, number } from '../shared/checks.js';
import { MAX_BATCH_CONCURRENCY } from '../shared/limits.js';
import {
  type OptionTable,
  omit,
  optional,
  required,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import type { Source } from '../sources/source.js';
import { LIMIT_OPTIONS } from './plan-load.js';
import type { LoadOptions, LoadProgress } from './types.js';

const BATCHES = { min: 1, max: MAX_BATCH_CONCURRENCY, unit: 'batches', whole: true };

/** The options of a resume of a load; everything else is in its journal. */
export interface LoadResumeOptions extends Omit<ResumeOptions, 'onProgress'> {
  /** How many batches run at a time. Default: as the load began. */
  batchConcurrency?: number;
  /** Called with every change. */
  onProgress?: (progress: LoadProgress) => void;
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
