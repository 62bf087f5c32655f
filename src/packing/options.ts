/** The options of packing, and what cannot be packed. */
import type { CsvOptions } from '../preflight/types.js';
import type { FileFormat } from '../resources/types.js';
import { resolveCharset } from '../shared/charset.js';
import { checkBoolean, number } from '../shared/checks.js';
import type { InvalidInputError } from '../shared/errors.js';
import { ADVISED_BATCH_BYTES } from '../shared/limits.js';
import { invalid, type OptionTable, optional } from '../shared/options.js';

/** Whether small files are put together. */
export interface PackOptions {
  /**
   * Whether small files are put together into packed ones, which are sent instead: JSON Lines, and CSV files with equal
   * header, delimiter and charset. Parquet and JSON arrays cannot be packed. Each file is read once before that. Default
   * `false`.
   */
  pack?: boolean;
  /**
   * How many bytes a packed file has at most: 1 to 100,000,000,000. A file of this size, or larger, is sent as it is.
   * Default 268,435,456 (256 MiB), since the platform advises files of 256 MB or more.
   */
  packBytes?: number;
}

export const PACK_OPTIONS: OptionTable<PackOptions> = {
  pack: optional(checkBoolean),
  packBytes: optional(number({ min: 1, max: ADVISED_BATCH_BYTES, unit: 'bytes', whole: true })),
};

interface Together extends PackOptions {
  format?: FileFormat;
  isMultiLineJson?: boolean;
  csv?: CsvOptions;
}

/** Charsets whose bytes below 128 are always ASCII, so that line ends and delimiters can be found by their bytes. */
const ASCII_CHARSETS =
  /^(?:utf-8|us-ascii|iso-8859-\d+(?:-i)?|windows-\d+|koi8-[ru]|ibm866|macintosh|x-mac-cyrillic|euc-(?:jp|kr))$/;

/** @throws {InvalidInputError} for options that contradict each other. */
export function checkPackOptions({
  pack,
  packBytes,
  format,
  isMultiLineJson,
  csv,
}: Together): void {
  if (pack !== true) {
    if (packBytes !== undefined) throw invalid('packBytes', 'pack beside it', pack);
    return;
  }
  if (format === 'parquet') throw invalid('pack', 'JSON Lines or CSV', 'Parquet', LEAVE_OUT);
  if (isMultiLineJson === true)
    throw invalid('pack', 'JSON Lines or CSV', 'JSON arrays', LEAVE_OUT);
  if (csv !== undefined) checkCsv(csv);
}

function checkCsv(csv: CsvOptions): void {
  const { charset } = csv;
  const label = charset === undefined ? undefined : resolveCharset(charset)?.label;
  if (label !== undefined && !ASCII_CHARSETS.test(label)) {
    const expected = 'a charset that has ASCII at the same bytes beside pack';
    throw invalid('csv.charset', expected, charset, LEAVE_OUT);
  }
  for (const name of ['delimiter', 'quote', 'escape'] as const) {
    const value = csv[name];
    if (value === undefined || Buffer.byteLength(value) <= 1) continue;
    throw invalid(`csv.${name}`, 'one ASCII character beside pack', value, LEAVE_OUT);
  }
}

const LEAVE_OUT = 'Such files cannot be put together: leave pack out.';

export const notPackable = (path: string, what: string): InvalidInputError =>
  invalid('pack', 'JSON Lines or CSV files', `${path}, which is ${what}`, LEAVE_OUT);
