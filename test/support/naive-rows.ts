/** Counts rows as the definitions of the formats say: slowly, from whole files, without code of `src/`. */

export interface Count {
  /** How many rows there are, good and rejected; 0 where the file as a whole cannot be read. */
  rows: number;
  rejected: number;
  /** Whether the file as a whole cannot be read. */
  isBroken: boolean;
}

export interface Dialect {
  delimiter: string;
  quote: string;
  escape: string;
}

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8')).equals(bytes);
const BROKEN: Count = { rows: 0, rejected: 0, isBroken: true };

/** JSON Lines: one object a line; a line without anything but blanks is no row. */
export function countLines(bytes: Buffer): Count {
  const start = bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0;
  const lines = bytes
    .subarray(start)
    .toString('latin1')
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^[ \t]*$/.test(line))
    .map((line) => Buffer.from(line, 'latin1'));
  const isGood = (line: Buffer) => isUtf8(line) && readJson(line.toString('utf8'))?.kind === '{';
  return {
    rows: lines.length,
    rejected: lines.filter((line) => !isGood(line)).length,
    isBroken: false,
  };
}

/** One JSON array; each element is a row, and has to be an object. */
export function countElements(bytes: Buffer): Count {
  const root = isUtf8(bytes) ? readJson(bytes.toString('utf8').replace(/^\ufeff/, '')) : undefined;
  if (root?.kind !== '[') return BROKEN;
  const rejected = root.items.filter((kind) => kind !== '{').length;
  return { rows: root.items.length, rejected, isBroken: false };
}

interface Value {
  kind: string;
  /** The kinds of the elements of an array. */
  items: string[];
  end: number;
}

/** Reads one JSON text by its grammar (RFC 8259); `undefined` if it is not one. */
function readJson(text: string): Value | undefined {
  const space = (at: number): number => at + (/^[ \t\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
  const match = (at: number, pattern: RegExp): number =>
    at + (pattern.exec(text.slice(at))?.[0].length ?? Number.NaN);
  const STRING = /^"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/u;
  const SCALAR = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/;
  const value = (from: number): Value | undefined => {
    const at = space(from);
    const kind = text[at] ?? '';
    if (kind !== '{' && kind !== '[') {
      const end = match(at, kind === '"' ? STRING : SCALAR);
      return Number.isNaN(end) ? undefined : { kind: 'scalar', items: [], end: space(end) };
    }
    const close = kind === '{' ? '}' : ']';
    const items: string[] = [];
    let next = space(at + 1);
    if (text[next] === close) return { kind, items, end: space(next + 1) };
    for (;;) {
      if (kind === '{') {
        next = space(match(next, STRING));
        if (text[next] !== ':') return undefined;
        next = space(next + 1);
      }
      const inner = value(next);
      if (inner === undefined) return undefined;
      items.push(inner.kind);
      next = inner.end;
      if (text[next] === close) return { kind, items, end: space(next + 1) };
      if (text[next] !== ',') return undefined;
      next = space(next + 1);
    }
  };
  const root = value(0);
  return root?.end === text.length ? root : undefined;
}

/** CSV with a header, by the rules of docs/csv.md. */
export function countCsvRows(bytes: Buffer, dialect: Dialect): Count {
  const { delimiter, quote } = dialect;
  if (!isUtf8(bytes)) return BROKEN;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  if (first.trim() === '') return BROKEN;
  const rows: { values: string[]; isOpen: boolean }[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const values: string[] = [];
    let [value, isOpen] = ['', false];
    let isStart = true;
    while (at < text.length && text[at] !== '\n' && text[at] !== '\r') {
      if (text[at] === delimiter) {
        values.push(value);
        value = '';
        at++;
      } else if (isStart && text[at] === quote) {
        const end = findClosingQuote(text, at + 1, dialect);
        isOpen = end === undefined;
        value = text.slice(at + 1, end);
        at = end === undefined ? text.length : end + 1;
      } else value += text[at++];
      isStart = text[at - 1] === delimiter && value === '';
    }
    if (at > start) rows.push({ values: [...values, value], isOpen });
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
  const [header, ...data] = rows;
  if (header === undefined || header.isOpen) return BROKEN;
  if (header.values.some((name) => name.trim() === '')) return BROKEN;
  const rejected = data.filter(
    ({ values, isOpen }) => isOpen || values.length !== header.values.length,
  ).length;
  return { rows: data.length, rejected, isBroken: false };
}

function findClosingQuote(text: string, from: number, dialect: Dialect): number | undefined {
  const { quote } = dialect;
  const isDoubled = dialect.escape === quote;
  for (let at = from; at < text.length; at++) {
    if (isDoubled && text.startsWith(quote + quote, at)) at++;
    else if (!isDoubled && text[at] === dialect.escape) at++;
    else if (text[at] === quote) return at;
  }
  return undefined;
}
