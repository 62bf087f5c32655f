/** What preflight takes and returns. */

import type { FileFormat } from '../resources/types.js';
import type { FileChoice } from '../shared/file-choice.js';
import type { RowChecker } from './row-check.js';

/**
 * How CSV is read. Delimiter, quote and escape are found in the files, and set for the batch where they
 * differ from what the platform assumes: `,`, `"` and `\`. What is passed here is not looked for.
 */
export interface CsvOptions {
  /** What separates two values. Default: found. */
  delimiter?: string;
  /** One character around a value that contains the delimiter or a line break, or `''`. Default: found. */
  quote?: string;
  /**
   * One character before a quote inside quotes, or `''`. Default: found; `"` if quotes are doubled and
   * none has a backslash before it.
   */
  escape?: string;
  /** The encoding of the files, such as `ISO-8859-1`. Never set unless passed. Default UTF-8. */
  charset?: string;
  /** Whether the first row names the columns. Never set unless passed. Default `true`. */
  header?: boolean;
  /** The text that stands for a missing value. Default: none. */
  nullMarker?: string;
}

/** The options of `checkFiles()`. */
export interface CheckOptions extends FileChoice {
  /** The expected format of the files. Default: the format of the first one. */
  format?: FileFormat;
  /** Whether each JSON file is expected to be one array. Default: as the first one is. */
  isMultiLineJson?: boolean;
  /** How CSV is read: `delimiter`, `quote`, `escape`, `charset`, `header`, `nullMarker`. */
  csv?: CsvOptions;
  /** From 0 to 100. Above 0 a bad row is a warning. Default 0: it is an error. */
  partialIngestionPercent?: number;
  /** Larger files are uploaded in parts, with longer URLs. Default 256,000,000 bytes. */
  largeFileThresholdBytes?: number;
  /** Whether every byte of JSON and CSV is read. Default `false`: the first and the last MiB. */
  deep?: boolean;
  /** Aborts the check. */
  signal?: AbortSignal;
}

/** The options of `preflight()`. */
export interface PreflightOptions extends CheckOptions {
  /** Checks the rows that are read. Default: none. */
  rowChecker?: RowChecker;
  /** How many bytes are read at each end of a file. Default 1 MiB. */
  windowBytes?: number;
  /**
   * How many characters of an upload's URL come before the file's path. Default: those on the
   * platform's own origin, with ids of the usual length.
   */
  urlPrefixLength?: number;
  /** Whether the files go into several batches: then how many there are, and their sizes together, do not matter. */
  areOfManyBatches?: boolean;
}

/** What `preflight()` found. */
export interface PreflightResult {
  /** The format of the batch: as requested, or that of the first file whose format is known. */
  format: FileFormat | undefined;
  /** Whether each file is one JSON array; `undefined` if the format is not JSON. */
  isMultiLineJson: boolean | undefined;
  /** What was found in CSV files and differs from the platform's defaults: an ingest sets it. */
  csv?: Pick<CsvOptions, 'delimiter' | 'quote' | 'escape'>;
  /**
   * One for each kind of problem: those about all files first, then in the order of the files. At most
   * 100 kinds of each level are listed; one more finding counts the rest.
   */
  findings: Finding[];
  /** The findings by rule, code and path. */
  summary: FindingSummary[];
  /** The number of errors: each place counts, listed or not. */
  errors: number;
  /** The number of warnings: each place counts, listed or not. */
  warnings: number;
  /** The number of files. */
  files: number;
  /** The size of all files; compressed ones count with their compressed size. */
  bytes: number;
  /** Whether `bytes` is only an estimate, because files are compressed or of an unknown size. Else missing. */
  isEstimate?: true;
  /** The number of rows. Missing unless all were counted: that takes Parquet, small files or `deep`. */
  rows?: number;
}

/** What `checkFiles()` found. */
export interface CheckResult extends PreflightResult {
  /** How many files were skipped by their names: `_SUCCESS`, `.crc`, … */
  skipped: number;
}

/** What a finding is about. */
export type FindingRule =
  | 'type'
  | 'required'
  | 'enum'
  | 'range'
  | 'null'
  | 'empty'
  | 'date'
  | 'unknown-field'
  | 'name'
  | 'identity'
  | 'size'
  | 'format'
  | 'pattern'
  | 'length'
  | 'syntax'
  | 'columns'
  | 'encoding'
  | 'header'
  | 'duplicate'
  | 'file-format';

/** Where a problem is. */
export interface FindingPlace {
  /** The file, by its path in the batch. */
  file: string;
  /** The line of the file, from 1; missing if it is not known or there is none. */
  line?: number;
}

/** A kind of problem that preflight found, at one place or many. */
export interface Finding {
  /** The platform rejects an error; a warning is only advice; a note says what was found out. */
  level: 'error' | 'warning' | 'note';
  /** What the platform does with it; missing if it takes the data as they are. */
  effect?: 'batch-fails' | 'row-rejected' | 'profile-skips' | 'not-checked';
  /** What it is about. */
  rule: FindingRule;
  /** The code of the platform's error. */
  code?: string;
  /** The first file with it, by its path in the batch; missing for a finding about all of them. */
  file?: string;
  /** The line in that file, from 1; missing if it is not known or there is none. */
  line?: number;
  /** The field, as a JSON pointer into the row: `/person/name`, or `/name` for a column. */
  path?: string;
  /** How many times it was found. */
  count: number;
  /** The first 20 places, `file` and `line` among them. */
  places: FindingPlace[];
  /** The value that was found at the first place. */
  value?: unknown;
  /** How to fix it; also a part of `message`. */
  fix?: string;
  /** What was probably meant, such as another value or an option. */
  suggestion?: string;
  /** What is wrong and how to fix it, without the file and the line. */
  message: string;
}

/** How many problems there are of one rule, code and path. */
export interface FindingSummary {
  /** The platform's code, such as `118`, for findings that have one. */
  code?: string;
  /** The rule that was broken. */
  rule?: FindingRule;
  /** The field, as a JSON pointer into the row. */
  path?: string;
  /** How often, in all files. */
  count: number;
}
