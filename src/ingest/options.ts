/** The options of ingests, resumes and checks: one table each. */
import { CALL_OPTIONS } from '../http/options.js';
import { checkPackOptions, PACK_OPTIONS } from '../packing/options.js';
import type { CheckOptions } from '../preflight/types.js';
import { OWNER_TAG } from '../resources/owner-tag.js';
import type { FileFormat } from '../resources/types.js';
import { WAIT_OPTIONS } from '../resources/wait.js';
import {
  checkBoolean,
  checkFilledText,
  checkId,
  checkLocalPath,
  checkNoticeUrl,
  checkText,
  choice,
  functionOption,
  number,
} from '../shared/checks.js';
import {
  type Check,
  invalid,
  namedObject,
  type OptionTable,
  optional,
  required,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { isSource, type Source } from '../sources/source.js';
import { isUrl } from '../sources/url/address.js';
import {
  BYTE_RATES,
  type ByteRates,
  checkPartRetries,
  DEFAULT_MAX_PART_RETRIES,
  UPLOAD_PLAN,
  type UploadPlan,
} from '../upload/options.js';
import type { ResumeOptions } from './resume.js';
import type { IngestOptions, RowRules } from './types.js';

type Csv = NonNullable<IngestOptions['csv']>;
type Tags = NonNullable<IngestOptions['tags']>;

/** The externalId is part of a URL when the Catalog is asked for it, and a URL has 2000 characters. */
const MAX_EXTERNAL_ID_LENGTH = 1500;

/** More cannot be created one after another. */
const MAX_BATCHES_PER_MINUTE = 60_000;

const checkExternalId: Check<string> = (field, value) => {
  const id = checkFilledText(field, value);
  if (/[\p{Cc}\p{Cs}]/u.test(id)) {
    throw invalid(field, 'text without control characters and lone surrogates', id);
  }
  if (encodeURIComponent(id).length > MAX_EXTERNAL_ID_LENGTH) {
    throw invalid(field, `at most ${MAX_EXTERNAL_ID_LENGTH} characters when URL-encoded`, id);
  }
  return id;
};

const checkIds: Check<readonly string[]> = (field, value) => {
  if (!Array.isArray(value)) {
    const fix = typeof value === 'string' ? 'Pass [id].' : '';
    throw invalid(field, 'an array of batch ids', value, fix);
  }
  return Array.from(value, (id: unknown, at) => checkId(`${field}[${at}]`, id));
};

const checkTags: Check<Tags> = (field, value) => {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || Symbol.iterator in value) {
    throw invalid(field, 'an object of arrays of strings', value);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, list]: [string, unknown]) => {
      if (name === '') throw invalid(field, 'names that are not empty', name);
      if (name === OWNER_TAG)
        throw invalid(field, 'other names', name, 'An ingest sets it itself.');
      const place = `${field}.${name}`;
      if (Array.isArray(list)) {
        return [name, Array.from(list, (one, at) => checkText(`${place}[${at}]`, one))];
      }
      const fix = typeof list === 'string' ? 'Pass [value].' : '';
      throw invalid(place, 'an array of strings', list, fix);
    }),
  );
};

const checkDelimiter: Check<string> = (field, value) => {
  const text = checkFilledText(field, value);
  if (!/[\r\n]/.test(text)) return text;
  throw invalid(field, 'a delimiter without line breaks', text);
};

/** One character, or none. A character outside the BMP has a length of 2. */
const checkCharacter: Check<string> = (field, value) => {
  const text = checkText(field, value);
  const [, ...more] = text;
  if (more.length === 0 && !/[\r\n]/.test(text)) return text;
  throw invalid(field, "one character without line breaks, or ''", text);
};

const CSV_NAMES = namedObject('csv');
const CSV: OptionTable<Csv> = {
  delimiter: optional(checkDelimiter),
  quote: optional(checkCharacter),
  escape: optional(checkCharacter),
  charset: optional(checkFilledText),
  header: optional(checkBoolean),
  nullMarker: optional(checkText),
};

const checkCsv: Check<Csv> = (_, value) => {
  const csv = validateOptions(CSV, value, CSV_NAMES);
  const { delimiter = ',', quote = '"' } = csv;
  if (quote !== '' && delimiter.includes(quote)) {
    throw invalid('csv.quote', 'another character than in the delimiter', quote);
  }
  if (csv.escape !== undefined && csv.escape !== '' && delimiter.includes(csv.escape)) {
    throw invalid('csv.escape', 'another character than in the delimiter', csv.escape);
  }
  return csv;
};

const SEVERITY = optional(choice('error', 'warn', 'ignore'));
const ROW_RULES: OptionTable<RowRules> = {
  empty: SEVERITY,
  unknown: SEVERITY,
  strict: optional(checkBoolean),
  identities: optional(checkBoolean),
};
const ROW_RULES_NAMES = namedObject('rowRules');
const checkRowRules: Check<RowRules> = (_, value) =>
  validateOptions(ROW_RULES, value, ROW_RULES_NAMES);

export type RunDefaults = 'wait' | 'pollIntervalMs' | 'waitTimeoutMs' | 'maxPartRetries';
const RUN: OptionTable<
  Pick<
    IngestOptions,
    | RunDefaults
    | keyof ByteRates
    | 'maxBatchesPerMinute'
    | 'timeoutMs'
    | 'onFailure'
    | 'notify'
    | 'onWarning'
    | 'signal'
    | 'onProgress'
  >,
  RunDefaults
> = {
  wait: withDefault(checkBoolean, true),
  pollIntervalMs: WAIT_OPTIONS.pollIntervalMs,
  waitTimeoutMs: WAIT_OPTIONS.waitTimeoutMs,
  maxPartRetries: withDefault(checkPartRetries, DEFAULT_MAX_PART_RETRIES),
  timeoutMs: CALL_OPTIONS.timeoutMs,
  ...BYTE_RATES,
  maxBatchesPerMinute: optional(
    number({ min: 1, max: MAX_BATCHES_PER_MINUTE, unit: 'batches', whole: true }),
  ),
  onFailure: optional(choice('abort', 'leave')),
  notify: optional<string | URL>(checkNoticeUrl),
  onWarning: optional(functionOption()),
  signal: CALL_OPTIONS.signal,
  onProgress: optional(functionOption()),
};

/** A record, so that none of the document's formats is left out. */
const FORMATS: Readonly<Record<FileFormat, true>> = { json: true, parquet: true, csv: true };

const checkPatterns: Check<readonly string[]> = (field, value) => {
  if (!Array.isArray(value)) {
    const fix = typeof value === 'string' ? 'Pass [pattern].' : '';
    throw invalid(field, 'an array of patterns', value, fix);
  }
  return Array.from(value, (one: unknown, at) => checkFilledText(`${field}[${at}]`, one));
};

const FILES = {
  include: optional(checkPatterns),
  exclude: optional(checkPatterns),
  format: optional(choice(...(Object.keys(FORMATS) as FileFormat[]))),
  isMultiLineJson: optional(checkBoolean),
  csv: optional(checkCsv),
  partialIngestionPercent: optional(number({ min: 0, max: 100, unit: 'percent' })),
};

export type IngestDefaults = RunDefaults | keyof UploadPlan | 'sha256';
export const INGEST_OPTIONS: OptionTable<IngestOptions, IngestDefaults> = {
  datasetId: required(checkId),
  ...FILES,
  ...PACK_OPTIONS,
  ...UPLOAD_PLAN,
  ...RUN,
  externalId: optional(checkExternalId),
  skipLoaded: optional(checkBoolean),
  force: optional(checkBoolean),
  replace: optional(checkIds),
  tags: optional(checkTags),
  errorDiagnostics: optional(checkBoolean),
  checkRows: optional(choice('all', 'sample', 'none')),
  rowRules: optional(checkRowRules),
  afterSuccess: optional(checkBoolean),
  sha256: withDefault(checkBoolean, true),
  journal: optional(checkLocalPath),
  takeOver: optional(checkBoolean),
};

/** The options of an ingest, complete. */
export type ValidIngestOptions = ValidOptions<IngestOptions, IngestDefaults>;

/** @throws {InvalidInputError} for an option that cannot be used. */
export function validateIngestOptions(options: unknown): ValidIngestOptions {
  const valid = validateOptions(INGEST_OPTIONS, options);
  checkTogether(valid);
  return valid;
}

/** @throws {InvalidInputError} for options that contradict each other. */
export function checkTogether(valid: Omit<ValidIngestOptions, 'onProgress'>): void {
  checkSkipLoaded(valid);
  checkPackOptions(valid);
  const { checkRows = 'none', rowRules } = valid;
  if (rowRules === undefined || checkRows !== 'none') return;
  throw invalid('rowRules', 'checkRows "all" or "sample" beside it', checkRows);
}

type SkipOptions = Pick<ValidIngestOptions, 'skipLoaded' | 'force' | 'externalId' | 'sha256'>;

function checkSkipLoaded({ skipLoaded, force, externalId, sha256 }: SkipOptions): void {
  if (skipLoaded !== true) {
    if (force === true) throw invalid('force', 'skipLoaded beside it', skipLoaded);
    return;
  }
  const fix = 'It follows from the contents where skipLoaded is set.';
  if (externalId !== undefined) throw invalid('externalId', 'none', externalId, fix);
  if (!sha256) throw invalid('sha256', 'true beside skipLoaded', sha256);
}

const checkSources: Check<readonly (Source | string)[]> = (field, value) => {
  const sources: unknown[] = Array.isArray(value) ? value : [value];
  return Array.from(sources, (source, at) => {
    if (isSource(source) || (typeof source === 'string' && isUrl(source))) return source;
    throw invalid(Array.isArray(value) ? `${field}[${at}]` : field, 'a Source or a URL', source);
  });
};

type ValidResumeOptions = Omit<ResumeOptions, 'sources'> & {
  sources?: readonly (Source | string)[];
};
export const RESUME_OPTIONS: OptionTable<ValidResumeOptions, RunDefaults> = {
  ...RUN,
  takeOver: optional(checkBoolean),
  sources: optional(checkSources),
};

export const CHECK_OPTIONS: OptionTable<CheckOptions, 'largeFileThresholdBytes'> = {
  ...FILES,
  largeFileThresholdBytes: UPLOAD_PLAN.largeFileThresholdBytes,
  signal: CALL_OPTIONS.signal,
  deep: optional(checkBoolean),
};
