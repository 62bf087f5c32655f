/** The header of CSV sources, as it is repeated above their rejected rows. */
import type { UploadedSource } from '../../ingest/rejected-rows.js';
import { toByteDialect, withCsvDefaults } from '../../preflight/csv-dialect.js';
import { CsvScanner } from '../../preflight/csv-scanner.js';
import { createDecoder } from '../../preflight/csv-text.js';
import type { BatchInputFormat } from '../../resources/types.js';
import { InvalidInputError } from '../../shared/errors.js';
import { omitUndefined } from '../../shared/options.js';
import { detectFileCoding } from '../../sources/coding.js';
import { readLocal } from '../../sources/read-local.js';
import { UsageError } from '../exit-codes.js';

const MAX_HEADER_BYTES = 1024 * 1024;

/**
 * Reads the header, which has to be the same in all files.
 * @throws {UsageError} if it is not, or there is no file to read it from.
 * @throws {InvalidInputError} for a file without a header.
 */
export async function findCsvHeader(
  sources: readonly UploadedSource[],
  format: BatchInputFormat,
): Promise<string> {
  let found: { header: string; path: string } | undefined;
  for (const { localPath } of sources) {
    if (localPath === undefined) continue;
    const header = await readHeader(localPath, format);
    if (found !== undefined && found.header !== header) {
      const message = `${found.path} and ${localPath} have different headers, and --rows-out writes one file. Pass the files with one header to --source.`;
      throw new UsageError(message);
    }
    found ??= { header, path: localPath };
  }
  if (found !== undefined) return found.header;
  throw new UsageError(
    'The batch is CSV, and its rows need their header: pass the files that were loaded with --source <path...>.',
  );
}

/** The first row, of several lines where a quoted name has line ends, without its line end. */
async function readHeader(path: string, format: BatchInputFormat): Promise<string> {
  const { charset, delimiter, quote } = format;
  const decode = createDecoder(omitUndefined({ charset }));
  const dialect = withCsvDefaults(omitUndefined({ delimiter, quote, escape: format.escape }));
  // A delimiter of several bytes ends no row, so any other stands for it.
  const delimiterByte = dialect.delimiter.length === 1 ? dialect.delimiter : ',';
  const { replace: _, ...bytes } = toByteDialect({ ...dialect, delimiter: delimiterByte });
  let end: number | undefined;
  const scanner = new CsvScanner(bytes, (row) => {
    end ??= row.end;
  });
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readLocal(path, detectFileCoding(path))) {
    const part = decode(Buffer.from(chunk)); // a copy: its buffer is used again
    parts.push(part);
    length += part.length;
    scanner.push(part);
    if (end !== undefined || length > MAX_HEADER_BYTES) break;
  }
  if (length === 0)
    throw new InvalidInputError('source', `${path} is empty, so its header is not known.`);
  if (end === undefined && length > MAX_HEADER_BYTES) {
    throw new InvalidInputError(
      'source',
      `The first row of ${path} does not end in its first MiB.`,
    );
  }
  const text = Buffer.concat(parts).subarray(0, end).toString('utf8');
  return text.replace(/^\uFEFF|[\r\n]+$/g, '');
}
