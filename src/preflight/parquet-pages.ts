/** The pages of Parquet columns: each has a header that says where the next one begins. */
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../http/body.js';
import { formatCount } from '../shared/format.js';
import type { ChunkMetadata } from './parquet-footer.js';
import { readRange } from './window.js';

const load = () => import('hyparquet/src/thrift.js');

/** Headers are short unless they hold long statistics. */
const HEADER_BYTES = 512;
const MAX_HEADER_BYTES = 1024 * 1024;
/** A larger page is not held to compute its checksum. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const DATA_PAGE = 0;
const DATA_PAGE_V2 = 3;

interface Page {
  readonly type: number;
  readonly headerBytes: number;
  readonly bytes: number;
  readonly crc: number | undefined;
  readonly values: number;
}

/** Where the pages of a column are in the file. */
export interface ColumnRange {
  readonly start: number;
  readonly end: number;
}

/** Some writers put 0 where there is no dictionary. */
export function findColumnRange(data: ChunkMetadata): ColumnRange {
  const dictionary = data.dictionary_page_offset || data.data_page_offset;
  const start = Math.min(dictionary, data.data_page_offset);
  return { start, end: start + data.total_compressed_size };
}

/**
 * Walks through the pages of a column, and compares their checksums where they have one. Their values
 * are not decoded.
 * @returns what is wrong, without a full stop; `undefined` if nothing is.
 */
export async function findPageProblem(
  source: ByteSource,
  data: ChunkMetadata,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { start, end } = findColumnRange(data);
  let values = 0;
  let at = start;
  while (at < end) {
    signal?.throwIfAborted();
    const page = await readPageHeader(source, at, end, signal);
    if (page === undefined) return `no page can be read at byte ${at}`;
    const from = at + page.headerBytes;
    if (page.crc !== undefined && page.bytes <= MAX_PAGE_BYTES) {
      const sum = crc32(await readRange(source, from, from + page.bytes, signal));
      if (sum !== page.crc >>> 0) return `the page at byte ${at} does not match its checksum`;
    }
    values += page.values;
    at = from + page.bytes;
  }
  if (values === data.num_values) return undefined;
  return `its pages have ${formatCount(values)} values, but the footer says ${data.num_values}`;
}

/** The header of the page at a position; `undefined` if there is none, or the page is longer than the column. */
async function readPageHeader(
  source: ByteSource,
  at: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<Page | undefined> {
  const { deserializeTCompactProtocol } = await load();
  for (let most = HEADER_BYTES; ; most = MAX_HEADER_BYTES) {
    const bytes = await readRange(source, at, Math.min(at + most, end), signal);
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
    try {
      const page = toPage(deserializeTCompactProtocol(reader), reader.offset);
      return page !== undefined && at + page.headerBytes + page.bytes <= end ? page : undefined;
    } catch {
      // It is damaged, or longer than what was read.
      if (most === MAX_HEADER_BYTES || bytes.length < most) return undefined;
    }
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The fields by their numbers in the format's definition. */
function toPage(header: Readonly<Record<string, unknown>>, headerBytes: number): Page | undefined {
  const { field_1: type, field_2: size, field_3: bytes, field_4: crc } = header;
  const data =
    type === DATA_PAGE ? header['field_5'] : type === DATA_PAGE_V2 ? header['field_8'] : {};
  if (!isNumber(type) || !isNumber(size) || !isNumber(bytes) || bytes < 0 || size < 0)
    return undefined;
  if (type < DATA_PAGE || type > DATA_PAGE_V2 || typeof data !== 'object' || data === null)
    return undefined;
  const values = 'field_1' in data ? data.field_1 : 0;
  if (!isNumber(values)) return undefined;
  return { type, headerBytes, bytes, crc: isNumber(crc) ? crc : undefined, values };
}
