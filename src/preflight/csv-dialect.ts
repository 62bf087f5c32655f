/** The dialect of CSV: what separates, encloses and escapes values, as text and as bytes. */
import { type CsvBytes, NONE } from './csv-scanner.js';
import type { CsvOptions } from './types.js';

/** Text of one character, or `''` for none; a delimiter may have several. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
}

export type DialectPart = keyof CsvDialect;
export const DIALECT_PARTS: readonly DialectPart[] = ['delimiter', 'quote', 'escape'];

/** What the platform assumes for options that the batch leaves out. */
export const DEFAULT_DIALECT: CsvDialect = { delimiter: ',', quote: '"', escape: '\\' };

/** The dialect that the caller's options say, complete. */
export const withCsvDefaults = (options: CsvOptions): CsvDialect => ({
  delimiter: options.delimiter ?? DEFAULT_DIALECT.delimiter,
  quote: options.quote ?? DEFAULT_DIALECT.quote,
  escape: options.escape ?? DEFAULT_DIALECT.escape,
});

/** The parts that differ from what the platform assumes. */
export const dialectOptions = (dialect: Partial<CsvDialect>): Partial<CsvDialect> =>
  Object.fromEntries(
    DIALECT_PARTS.filter(
      (part) => dialect[part] !== undefined && dialect[part] !== DEFAULT_DIALECT[part],
    ).map((part) => [part, dialect[part]]),
  );

/** Bytes that never occur in UTF-8. They stand for parts of a dialect that have several bytes. */
const STAND_INS = { delimiter: 0xff, quote: 0xfe, escape: 0xfd } as const;

/** A dialect as bytes, and how chunks are to be changed for it. */
export interface ByteDialect extends CsvBytes {
  /** Undefined if every part is one byte. */
  readonly replace: ((chunk: Buffer) => Buffer) | undefined;
}

export function toByteDialect(dialect: CsvDialect): ByteDialect {
  const replacements = new Map<string, number>();
  const toByte = (part: DialectPart): number => {
    const bytes = Buffer.from(dialect[part]);
    const [first = NONE] = bytes;
    if (bytes.length <= 1) return first;
    const known = replacements.get(bytes.toString('latin1')) ?? STAND_INS[part];
    replacements.set(bytes.toString('latin1'), known);
    return known;
  };
  const bytes = {
    delimiter: toByte('delimiter'),
    quote: toByte('quote'),
    escape: toByte('escape'),
  };
  const replace = replacements.size === 0 ? undefined : createReplacer(replacements);
  return { ...bytes, replace };
}

/** Replaces sequences by single bytes, also where a chunk's end divides one. */
function createReplacer(replacements: ReadonlyMap<string, number>): (chunk: Buffer) => Buffer {
  const pairs = [...replacements];
  let held = '';
  return (chunk) => {
    const text = held + chunk.toString('latin1');
    const isLast = chunk.length === 0;
    const keep = isLast ? 0 : Math.max(...pairs.map(([from]) => endingBegin(text, from)));
    held = text.slice(text.length - keep);
    const replaced = pairs.reduce(
      (all, [from, byte]) => all.replaceAll(from, String.fromCharCode(byte)),
      text.slice(0, text.length - keep),
    );
    return Buffer.from(replaced, 'latin1');
  };
}

/** How many characters at the end of a text may be the beginning of a sequence. */
function endingBegin(text: string, sequence: string): number {
  for (let length = sequence.length - 1; length > 0; length--) {
    if (text.endsWith(sequence.slice(0, length))) return length;
  }
  return 0;
}

const NAMES: Readonly<Record<string, string>> = { '\t': 'tab', '': 'none' };

/** A delimiter, a quote or an escape in a message. */
export const formatCharacter = (text: string): string =>
  NAMES[text] ?? (/\p{Cc}/u.test(text) ? JSON.stringify(text) : `\`${text}\``);
