/** What preflight takes and returns. */
import type { FileFormat } from '../resources/types.js';

/** How CSV is read. Defaults: `,`, `"`, `\`, UTF-8. */
export interface CsvOptions {
  /** What separates two values. Default `,`. */
  delimiter?: string;
  /** What stands around a value that contains the delimiter or a line break. Default `"`. */
  quote?: string;
  /** What stands before a quote inside quotes. Default `\`; `"` if quotes are doubled. */
  escape?: string;
  /** The encoding of the file, such as `ISO-8859-1`. Default UTF-8. */
  charset?: string;
}

/** The options of `checkFiles()`. */
export interface CheckOptions {
  /** The expected format of the files. Default: the format of the first one. */
  format?: FileFormat;
  /** Whether each JSON file is expected to be one array. Default: as the first one is. */
  isMultiLineJson?: boolean;
  /** How CSV is read: `delimiter`, `quote`, `escape`, `charset`. */
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
  /** How many bytes are read at each end of a file. Default 1 MiB. */
  windowBytes?: number;
  /**
   * How many characters of an upload's URL come before the file's path. Default: those on the
   * platform's own origin, with ids of the usual length.
   */
  urlPrefixLength?: number;
}

/** What `preflight()` found. */
export interface PreflightResult {
  /** The format of the batch. If it cannot be determined there is an error, and this is a guess. */
  format: FileFormat;
  /** Whether each file is one JSON array; `undefined` if the format is not JSON. */
  isMultiLineJson: boolean | undefined;
  /**
   * Those about all files first, then each file's in the order of the files. At most 20 of each
   * level are listed per file and 100 in all; one more finding counts the rest.
   */
  findings: Finding[];
  /** The number of errors, including those that are not listed. */
  errors: number;
  /** The number of warnings, including those that are not listed. */
  warnings: number;
  /** The number of files. */
  files: number;
  /** The size of all files. */
  bytes: number;
  /** The number of rows. Missing unless all were counted: that takes Parquet, small files or `deep`. */
  rows?: number;
}

/** What `checkFiles()` found. */
export interface CheckResult extends PreflightResult {
  /** How many files were skipped by their names: `_SUCCESS`, `.crc`, … */
  skipped: number;
}

/** A problem that preflight found. */
export interface Finding {
  /** The platform rejects an error; a warning is only advice; a note says what was found. */
  level: 'error' | 'warning' | 'note';
  /** The file, by its path in the batch; `undefined` for a finding about all of them. */
  file?: string;
  /** The line of the file, from 1; `undefined` if it is not known or there is none. */
  line?: number;
  /** What is wrong and how to fix it, without the file and the line. */
  message: string;
}
