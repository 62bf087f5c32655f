import type { FileFormat } from '../resources/types.js';

/** How CSV is to be read. Defaults: `,`, `"`, `\`, UTF-8. */
export interface CsvOptions {
  delimiter?: string;
  quote?: string;
  escape?: string;
  charset?: string;
}

/** What `preflight()` takes beside the files. */
export interface PreflightOptions {
  /** The format that the files are to have. Default: what the first one looks like. */
  format?: FileFormat;
  /** Whether each JSON file is to be one array. Default: what the first one looks like. */
  isMultiLineJson?: boolean;
  csv?: CsvOptions;
  /** Above 0 a bad row is a warning. Default 0: it is an error. */
  partialIngestionPercent?: number;
  /** Whether every byte of JSON and CSV is read. Default `false`: the first and the last MiB. */
  deep?: boolean;
  /** How many bytes are read at each end of a file. Default 1 MiB. */
  windowBytes?: number;
  /**
   * How many characters of an upload's URL come before the file's path. Default: those on the
   * platform's own origin, with ids of the usual length.
   */
  urlPrefixLength?: number;
  /** Files above this go in parts, with longer URLs. Default 256,000,000 bytes. */
  largeFileThresholdBytes?: number;
  signal?: AbortSignal;
}

/** What `preflight()` gives. */
export interface PreflightResult {
  /** The batch's format. Where there is none to be found there is an error, and this is a guess. */
  format: FileFormat;
  /** Whether each file is one JSON array; `undefined` where the format is not JSON. */
  isMultiLineJson: boolean | undefined;
  /**
   * Those about all files first, then each file's in the order of the files: at most 20 of each
   * level a file and 100 in all, and one that counts the rest.
   */
  findings: Finding[];
  /** How many of each level there are, those included that are not listed. */
  errors: number;
  warnings: number;
  files: number;
  bytes: number;
  /** Missing where not every row was counted: that takes Parquet, small files, or `deep`. */
  rows?: number;
}

/** What preflight found. */
export interface Finding {
  level: 'error' | 'warning';
  /** Which file, by its path in the batch; `undefined` where it is about all of them. */
  file?: string;
  /** Which line of it, from 1. */
  line?: number;
  message: string;
}
