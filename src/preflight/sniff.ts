import type { FileFormat } from '../resources/types.js';
import type { FileFindings } from './findings.js';
import type { Window } from './read.js';

/** What a file begins with, and what is said of it. */
interface Signature {
  readonly bytes: readonly number[] | string;
  readonly name: string;
  readonly toDo: string;
}

const UNPACK = 'Unpack it first.';
const CONVERT = 'Convert it to Parquet, JSON or CSV.';
const TO_UTF8 = 'Save it as UTF-8 without a byte order mark.';

/** Those that are text in another coding than plain UTF-8. The longer come first. */
const CODINGS: readonly Signature[] = [
  { bytes: [0xef, 0xbb, 0xbf], name: 'UTF-8 with a byte order mark', toDo: TO_UTF8 },
  { bytes: [0xff, 0xfe, 0, 0], name: 'UTF-32', toDo: TO_UTF8 },
  { bytes: [0, 0, 0xfe, 0xff], name: 'UTF-32', toDo: TO_UTF8 },
  { bytes: [0xff, 0xfe], name: 'UTF-16', toDo: TO_UTF8 },
  { bytes: [0xfe, 0xff], name: 'UTF-16', toDo: TO_UTF8 },
];

const REFUSED: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], name: 'gzip', toDo: UNPACK },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd', toDo: UNPACK },
  { bytes: 'BZh', name: 'bzip2', toDo: UNPACK },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], name: 'xz', toDo: UNPACK },
  { bytes: [0xff, 0x06, 0, 0, 0x73, 0x4e, 0x61, 0x50], name: 'snappy', toDo: UNPACK },
  { bytes: [0x04, 0x22, 0x4d, 0x18], name: 'lz4', toDo: UNPACK },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], name: '7z', toDo: UNPACK },
  { bytes: 'PK\x03\x04', name: 'zip', toDo: UNPACK },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Office file', toDo: CONVERT },
  { bytes: 'PARE', name: 'encrypted Parquet', toDo: 'Write it in clear.' },
  { bytes: 'ORC', name: 'ORC', toDo: CONVERT },
  { bytes: 'Obj\x01', name: 'Avro', toDo: CONVERT },
  { bytes: 'ARROW1', name: 'Arrow', toDo: CONVERT },
  { bytes: 'SEQ\x06', name: 'a Hadoop sequence file', toDo: CONVERT },
  { bytes: '%PDF-', name: 'PDF', toDo: CONVERT },
];

/** What a CSV header may begin with, too, and what the rest of such a file must then be like. */
const ALSO_TEXT: Readonly<Record<string, (window: Window) => boolean>> = {
  ORC: ({ tail }) => tail.subarray(-4, -1).toString('latin1') === 'ORC',
  'encrypted Parquet': ({ tail }) => tail.subarray(-4).toString('latin1') === 'PARE',
  bzip2: ({ head }) => head.toString('latin1', 4, 10) === '1AY&SY',
  Arrow: ({ head }) => head[6] === 0 && head[7] === 0,
};

/**
 * Refuses by its name what cannot be ingested.
 * @param anyCoding whether the caller names the charset, so that text need not be UTF-8.
 */
export function refusedByName(findings: FileFindings, window: Window, anyCoding: boolean): boolean {
  const { head } = window;
  const kinds = anyCoding ? [...CODINGS.slice(0, 1), ...REFUSED] : [...CODINGS, ...REFUSED];
  const found = kinds.find(
    ({ bytes, name }) => begins(head, bytes) && (ALSO_TEXT[name]?.(window) ?? true),
  );
  if (found !== undefined) {
    const office =
      found.name === 'zip' && /\[Content_Types\]\.xml|xl\//.test(head.toString('latin1'));
    const { name, toDo } = office ? { name: 'an Office file (xlsx)', toDo: CONVERT } : found;
    findings.error(`is ${name}, which is not taken. ${toDo}`);
    return true;
  }
  if (anyCoding || !isWide(head)) return false;
  findings.error(`looks like UTF-16, which is not taken. ${TO_UTF8}`);
  return true;
}

const begins = (head: Buffer, bytes: Signature['bytes']): boolean => {
  const wanted = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
  return head.subarray(0, wanted.length).equals(wanted);
};

/** How much is looked at for the pattern of UTF-16 without its mark. */
const PATTERN_BYTES = 1024;

/** Whether every second byte is mostly zero, and the others are not: Latin text in UTF-16. */
function isWide(head: Buffer): boolean {
  const bytes = head.subarray(0, Math.min(PATTERN_BYTES, head.length - (head.length % 2)));
  if (bytes.length < 4 || begins(head, 'PAR1')) return false;
  const zeros: [number, number] = [0, 0];
  for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[at % 2 === 0 ? 0 : 1]++;
  const [some, few] = [Math.max(...zeros), Math.min(...zeros)];
  return some > bytes.length / 4 && few < bytes.length / 40;
}

/** What a file looks like, by its bytes or by its name. */
export interface Look {
  readonly format: FileFormat;
  /** What it is called in a message. */
  readonly name: string;
}
const PARQUET: Look = { format: 'parquet', name: 'Parquet' };
const JSON_LOOK: Look = { format: 'json', name: 'JSON' };
const CSV: Look = { format: 'csv', name: 'CSV' };
export const LOOKS: Readonly<Record<FileFormat, Look>> = {
  parquet: PARQUET,
  json: JSON_LOOK,
  csv: CSV,
};

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  parquet: 'parquet',
  parq: 'parquet',
  pq: 'parquet',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  csv: 'csv',
  tsv: 'csv',
};

export const byName = (path: string): FileFormat | undefined =>
  EXTENSIONS[/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ''];

/** How an object or an array of objects begins; a CSV header hardly does. */
const OBVIOUS_JSON = /^\s*(\{\s*["}]|\[\s*[{\]])/;

/** What the bytes show beyond doubt. */
export function byBytes(head: Buffer): FileFormat | undefined {
  if (begins(head, 'PAR1')) return 'parquet';
  return OBVIOUS_JSON.test(head.toString('latin1')) ? 'json' : undefined;
}

/** Whether JSON is an array, by its first character; `undefined` where there is none. */
export function isArray(head: Buffer): boolean | undefined {
  const first = /\S/.exec(head.toString('latin1'))?.[0];
  return first === undefined ? undefined : first === '[';
}
