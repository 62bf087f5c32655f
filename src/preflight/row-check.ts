/**
 * How something that preflight does not know, such as the schema of a dataset, takes part in the check of
 * files: it is handed what preflight reads.
 */
import type { FileFormat } from '../resources/types.js';
import type { FileFindings, Location } from './findings.js';
import type { ParquetColumn } from './parquet-columns.js';
import type { ParquetFooter } from './parquet-footer.js';
import type { CsvOptions } from './types.js';

/** The columns of a file, and what its footer says of them. */
export interface ParquetColumns {
  readonly columns: readonly ParquetColumn[];
  readonly metadata: ParquetFooter;
}

/** How a CSV file is read, as far as its bytes show it or it was passed. */
export type CsvFormat = Partial<CsvOptions>;

/** Checks the rows of the files of one batch. */
export interface RowChecker {
  /** Whether columns of CSV are fields of objects where their names have dots. Default: they are not. */
  readonly hasNestedColumns?: boolean;
  /** Starts the check of a file. Several files may be checked at a time. */
  openFile(findings: FileFindings, format: FileFormat): FileRowChecker;
}

/** Checks the rows of one file. */
export interface FileRowChecker {
  /** Whether it looks itself for numbers that lose digits. Default: a warning says where there are any. */
  readonly checksDigits?: boolean;
  /** Checks a row of JSON. @param sizeBytes its size as it is written in the file. @param text the row itself. */
  checkRow(row: object, sizeBytes: number, location: Location, text: string): void;
  /**
   * Checks the names of the columns of CSV.
   * @returns the check of the values of a row, a missing one as `''`; `undefined` if rows are not checked.
   */
  checkHeader(
    names: readonly string[] | undefined,
    format: CsvFormat,
  ): ((cells: readonly string[], location: Location) => void) | undefined;
  /** Checks the columns of Parquet. @param hasRows whether its rows are checked, too. */
  checkColumns(parquet: ParquetColumns, hasRows: boolean): void;
  /** Checks a row of Parquet, with `Date`s, bigints and nulls. */
  checkRecord(row: Readonly<Record<string, unknown>>): void;
}
