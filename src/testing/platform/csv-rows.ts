/** The rows of CSV files. */
import { createReadStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Parser } from 'csv-parse';
import { corrupt, MAX_ROW_BYTES, type Row, type RowFormat } from './row.js';

/** Thrown for a file without a header, or with a column that has no name. */
export class EmptyHeader extends Error {}

/** CSV. A row with more or fewer fields than the header cannot be read. */
export async function* csvRows(
  file: string,
  format: RowFormat,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  const refused: Row[] = [];
  const parser = await parserOf(format, (text) => refused.push(corrupt(text)));
  let broken: unknown;
  parser.on('error', (error) => {
    broken = error;
  });
  const rowOf = rowsWith(format);
  const hasHeader = format.header !== false;
  let hasText = false;
  let hasRecord = false;
  // By hand, so that rows come together and those that are refused do not pile up.
  const take = (): Row[] => {
    const rows = refused.splice(0);
    for (let one = parser.read(); one !== null; one = parser.read()) {
      hasRecord = true;
      rows.push(...rowOf(one));
    }
    if (broken !== undefined) throw broken;
    return rows;
  };
  for await (const text of decoded(createReadStream(file, { signal }), format.charset)) {
    // The parser passes over empty lines; the first line is the header even so.
    if (hasHeader && !hasText && /^\ufeff?[^\S\n]*\n/.test(text)) throw new EmptyHeader();
    hasText ||= text !== '';
    parser.write(text);
    yield take();
  }
  parser.end();
  await finished(parser, { readable: false });
  yield take();
  if (!hasRecord && hasHeader) throw new EmptyHeader();
}

async function parserOf(format: RowFormat, refuse: (text: string) => void): Promise<Parser> {
  const { parse } = await import('csv-parse');
  return parse({
    delimiter: format.delimiter ?? ',',
    quote: format.quote ?? '"',
    escape: format.escape ?? '\\',
    bom: true,
    raw: true,
    // A quote inside a field is kept, as the platform does, and no reason to refuse the row.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_BYTES,
    on_skip: (_, raw): undefined => {
      refuse((raw ?? '').trimEnd());
    },
  });
}

/** Makes rows of records; the first record names the columns, unless there is no header. */
function rowsWith(format: RowFormat): (parsed: { record: string[] }) => Row[] {
  let columns: string[] | undefined;
  return ({ record }) => {
    columns ??= format.header === false ? record.map((_, at) => `${at}`) : undefined;
    if (columns === undefined) {
      columns = record;
      if (columns.some((name) => name.trim() === '')) throw new EmptyHeader();
      return [];
    }
    return [{ value: Object.fromEntries(columns.map((name, at) => [name, record[at]])) }];
  };
}

/** Text in any character set that Node knows. */
async function* decoded(bytes: AsyncIterable<Uint8Array>, charset = 'utf-8') {
  const decoder = new TextDecoder(charset);
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
