/** Recognizes formats by content and by name, and rejects those that the platform does not take. */
import type { FileFormat } from '../resources/types.js';
import type { FileFindings } from './findings.js';
import type { Window } from './window.js';

/** The first bytes of a format that is rejected. */
interface Signature {
  readonly bytes: readonly number[] | string;
  readonly name: string;
  readonly fix: string;
}

const DECOMPRESS = 'Decompress the file first.';
const CONVERT = 'Convert it to Parquet, JSON or CSV.';
const TO_UTF8 = 'Save it as UTF-8 without a byte order mark.';

const UTF8_MARK: Signature = {
  bytes: [0xef, 0xbb, 0xbf],
  name: 'UTF-8 with a byte order mark',
  fix: TO_UTF8,
};

/** Byte order marks of other encodings. The longer come first. */
const ENCODINGS: readonly Signature[] = [
  { bytes: [0xff, 0xfe, 0, 0], name: 'UTF-32', fix: TO_UTF8 },
  { bytes: [0, 0, 0xfe, 0xff], name: 'UTF-32', fix: TO_UTF8 },
  { bytes: [0xff, 0xfe], name: 'UTF-16 (little-endian)', fix: TO_UTF8 },
  { bytes: [0xfe, 0xff], name: 'UTF-16 (big-endian)', fix: TO_UTF8 },
];

const REJECTED: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], name: 'gzip', fix: DECOMPRESS },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd', fix: DECOMPRESS },
  { bytes: 'BZh', name: 'bzip2', fix: DECOMPRESS },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], name: 'xz', fix: DECOMPRESS },
  { bytes: [0xff, 0x06, 0, 0, 0x73, 0x4e, 0x61, 0x50], name: 'snappy', fix: DECOMPRESS },
  { bytes: [0x04, 0x22, 0x4d, 0x18], name: 'lz4', fix: DECOMPRESS },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], name: '7z', fix: DECOMPRESS },
  { bytes: 'PK\x03\x04', name: 'zip', fix: DECOMPRESS },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Office file (xls, doc)', fix: CONVERT },
  { bytes: 'PARE', name: 'encrypted Parquet', fix: 'Write it without encryption.' },
  { bytes: 'ORC', name: 'ORC', fix: CONVERT },
  { bytes: 'Obj\x01', name: 'Avro', fix: CONVERT },
  { bytes: 'ARROW1', name: 'Arrow', fix: CONVERT },
  { bytes: 'SEQ\x06', name: 'a Hadoop sequence file', fix: CONVERT },
  { bytes: '%PDF-', name: 'PDF', fix: CONVERT },
];

const KNOWN = [UTF8_MARK, ...ENCODINGS, ...REJECTED];
const KNOWN_IN_OTHER_CHARSETS = [UTF8_MARK, ...REJECTED];

/** Signatures that a CSV header may begin with, too, and what else such a file has to contain. */
const CONFIRM_SIGNATURE: Readonly<Record<string, (window: Window) => boolean>> = {
  ORC: ({ tail }) => tail.subarray(-4, -1).toString('latin1') === 'ORC',
  'encrypted Parquet': ({ tail }) => tail.subarray(-4).toString('latin1') === 'PARE',
  bzip2: ({ head }) => head.toString('latin1', 4, 10) === '1AY&SY',
  Arrow: ({ head }) => head[6] === 0 && head[7] === 0,
};

/** What a server or a tool leaves in place of data. */
const PLACEHOLDERS: readonly { pattern: RegExp; name: string; fix: string }[] = [
  {
    pattern: /^(?:<!doctype html|<html)\b/i,
    name: 'an HTML page',
    fix: 'Download the data again: the server sent a page, such as a login.',
  },
  {
    pattern: /^(?:<\?xml[^>]*>\s*)?<Error>/,
    name: 'an error response of a storage service',
    fix: 'Download the data again.',
  },
  { pattern: /^<\?xml\b/i, name: 'XML', fix: CONVERT },
  {
    pattern: /^version https:\/\/git-lfs\./,
    name: 'a Git LFS pointer',
    fix: 'Download the data with git lfs pull.',
  },
];
/** How much of a file is searched for these. */
const PLACEHOLDER_BYTES = 1024;

/** Adds an error for a file that holds no data, whatever its name says. @returns whether it did. */
function rejectPlaceholder(findings: FileFindings, head: Buffer): boolean {
  const text = head.toString('latin1', 0, PLACEHOLDER_BYTES).trimStart();
  const found = PLACEHOLDERS.find(({ pattern }) => pattern.test(text));
  if (found === undefined) return false;
  const { name, fix } = found;
  const code = name.startsWith('an error') ? /<Code>(\w+)<\/Code>/.exec(text)?.[1] : undefined;
  const what = code === undefined ? name : `${name} (${code})`;
  findings.addError(`this is ${what} and no data. ${fix}`, undefined, { kind: name, fix });
  return true;
}

/**
 * Adds an error for a format or an encoding that is known and not supported.
 * @param isUtf8 whether text has to be UTF-8: the caller has named no other charset.
 * @returns whether it did.
 */
export function rejectKnownFormat(
  findings: FileFindings,
  window: Window,
  isUtf8: boolean,
): boolean {
  const { head } = window;
  if (rejectPlaceholder(findings, head)) return true;
  const found = (isUtf8 ? KNOWN : KNOWN_IN_OTHER_CHARSETS).find(
    ({ bytes, name }) => startsWith(head, bytes) && (CONFIRM_SIGNATURE[name]?.(window) ?? true),
  );
  if (found !== undefined) {
    const isOffice =
      found.name === 'zip' && /\[Content_Types\]\.xml|xl\//.test(head.toString('latin1'));
    const { name, fix } = isOffice ? { name: 'an Office file (xlsx)', fix: CONVERT } : found;
    const rule = fix === TO_UTF8 ? 'encoding' : 'file-format';
    findings.addError(`this is ${name}, which is not supported. ${fix}`, undefined, {
      rule,
      kind: name,
      fix,
    });
    return true;
  }
  if (!isUtf8 || !looksLikeUtf16(head)) return false;
  const details = { rule: 'encoding', kind: 'UTF-16', fix: TO_UTF8 } as const;
  findings.addError(
    `this looks like UTF-16, which is not supported. ${TO_UTF8}`,
    undefined,
    details,
  );
  return true;
}

// Without buffers: a load has 100,000 small files, and each is compared with all signatures.
function startsWith(head: Buffer, bytes: Signature['bytes']): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = typeof bytes === 'string' ? bytes.charCodeAt(at) : bytes[at];
    if (head[at] !== byte) return false;
  }
  return true;
}

/** How many bytes are looked at for the pattern of UTF-16 without its mark. */
const PATTERN_BYTES = 1024;

/** Whether every second byte is mostly zero, and the others are not: Latin text in UTF-16. */
function looksLikeUtf16(head: Buffer): boolean {
  const bytes = head.subarray(0, Math.min(PATTERN_BYTES, head.length - (head.length % 2)));
  if (bytes.length < 4 || startsWith(head, 'PAR1')) return false;
  const zeros: [number, number] = [0, 0];
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) {
    zeros[at % 2 === 0 ? 0 : 1]++;
  }
  const [more, fewer] = [Math.max(...zeros), Math.min(...zeros)];
  return more > bytes.length / 4 && fewer < bytes.length / 40;
}

/** A format that the platform takes. */
export interface FormatInfo {
  /** Its name in messages. */
  readonly name: string;
  readonly extensions: readonly string[];
}
export const FORMATS: Readonly<Record<FileFormat, FormatInfo>> = {
  parquet: { name: 'Parquet', extensions: ['parquet', 'parq', 'pq'] },
  json: { name: 'JSON', extensions: ['json', 'jsonl', 'ndjson'] },
  csv: { name: 'CSV', extensions: ['csv', 'tsv'] },
};

const FORMAT_NAMES = Object.keys(FORMATS) as FileFormat[];

export function detectByName(path: string): FileFormat | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return FORMAT_NAMES.find((format) => FORMATS[format].extensions.includes(extension));
}

/** How an object or an array of objects begins; a CSV header hardly does. */
const OBVIOUS_JSON = /^[ \t\r\n]*(\{[ \t\r\n]*["}]|\[[ \t\r\n]*[{\]])/;

/** How much of a file is looked at for characters that no text has. */
const TEXT_BYTES = 1024;

/** Whether the first bytes hold no control characters, so that `PAR1` may begin a CSV header. */
export function isText(head: Buffer): boolean {
  const bytes = head.subarray(0, TEXT_BYTES);
  const isControl = (byte: number) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13;
  return bytes.length > 4 && !bytes.some(isControl);
}

/** The format that the first bytes prove. */
export function detectByContent(head: Buffer): FileFormat | undefined {
  if (startsWith(head, 'PAR1') && !isText(head)) return 'parquet';
  return OBVIOUS_JSON.test(head.toString('latin1')) ? 'json' : undefined;
}

/** The likely format of text in a file without a known extension. */
export function detectByFirstLine(head: Buffer, delimiter: string): FileFormat | undefined {
  const text = head.toString('utf8');
  if (/^[ \t\r\n]*[[{]/.test(text)) return 'json';
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const isPlain = !/[^\P{Cc}\t]|\uFFFD/u.test(firstLine);
  return isPlain && firstLine.includes(delimiter) ? 'csv' : undefined;
}

const JSON_SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));

/** Whether JSON is an array, by its first character; `undefined` if there is none. */
export function isJsonArray(head: Buffer): boolean | undefined {
  const first = head.find((byte) => !JSON_SPACE.has(byte));
  return first === undefined ? undefined : first === 0x5b;
}
