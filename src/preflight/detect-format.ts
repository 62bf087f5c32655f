/** The format that a file is read in: as it is requested, or as its name, its content or its first line says. */
import type { FileFormat } from '../resources/types.js';
import { detectDialect } from './csv-detect.js';
import { createDecoder } from './csv-text.js';
import { detectByContent, detectByFirstLine, detectByName } from './sniff.js';
import type { CsvOptions } from './types.js';

/** @returns `undefined` where nothing says it. */
export const detectFormat = (
  head: Buffer,
  path: string,
  { requested, csv = {} }: { requested?: FileFormat | undefined; csv?: CsvOptions },
): FileFormat | undefined =>
  requested ??
  detectByName(path) ??
  detectByContent(head) ??
  detectByFirstLine(head, findDelimiter(head, csv));

/** The delimiter that would make the file CSV. */
const findDelimiter = (head: Buffer, csv: CsvOptions): string =>
  csv.delimiter ?? detectDialect(createDecoder(csv)(head), false, csv).delimiter ?? ',';
