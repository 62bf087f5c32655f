/** The values of a few rows, as text: for the header, and for a look at what columns contain. */
import { type CsvBytes, CsvScanner, NONE } from './csv-scanner.js';

/** A byte from here on is one of several that make a character. */
const FIRST_OF_SEVERAL = 0x80;
/** A longer row is not looked at. */
const MAX_BYTES = 1024 * 1024;

/**
 * The values of the first rows in these bytes.
 * @param isWhole whether the file ends with them, so that the last row needs no line end.
 */
export function readCells(
  bytes: Buffer,
  csv: CsvBytes,
  { maxRows, isWhole }: { maxRows: number; isWhole: boolean },
): string[][] {
  const ranges: { start: number; end: number }[] = [];
  const scanner = new CsvScanner(csv, ({ start, end }) => {
    if (ranges.length < maxRows) ranges.push({ start, end });
  });
  const step = 4096;
  for (let at = 0; at < bytes.length && ranges.length < maxRows; at += step) {
    scanner.push(bytes.subarray(at, at + step));
  }
  if (isWhole && ranges.length < maxRows) scanner.end();
  return ranges
    .filter(({ start, end }) => end - start <= MAX_BYTES)
    .map(({ start, end }) => splitRow(bytes.subarray(start, end), csv));
}

/** The values of one row. */
export function splitRow(row: Buffer, csv: CsvBytes): string[] {
  const { delimiter, quote } = csv;
  if (delimiter < FIRST_OF_SEVERAL && (quote === NONE || !row.includes(quote))) {
    return row.toString('utf8').split(String.fromCharCode(delimiter));
  }
  const cells: string[] = [];
  let cell: number[] = [];
  let isQuoted = false;
  let isStart = true;
  for (let at = 0; at <= row.length; at++) {
    const byte = row[at];
    if (byte === undefined || (byte === delimiter && !isQuoted)) {
      cells.push(Buffer.from(cell).toString('utf8'));
      cell = [];
      isStart = true;
      continue;
    }
    const next = row[at + 1];
    if (
      isQuoted &&
      byte === csv.escape &&
      next !== undefined &&
      (csv.escape !== quote || next === quote)
    ) {
      if (next !== quote && next !== csv.escape) cell.push(byte);
      cell.push(next);
      at++;
    } else if (byte === quote && (isQuoted || isStart)) {
      isQuoted = !isQuoted;
    } else cell.push(byte);
    isStart = false;
  }
  return cells;
}
