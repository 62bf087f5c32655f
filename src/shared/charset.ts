/** Character sets by the names that Java and the WHATWG give them, and decoders for them. */

/** A character set that text can be decoded from. */
export interface Charset {
  /** The name that TextDecoder knows it by. */
  readonly label: string;
  readonly isUtf8: boolean;
}

/** Names of Java, without `-`, `_` and blanks, that TextDecoder does not know. */
const JAVA_NAMES: Readonly<Record<string, string>> = {
  ascii: 'us-ascii',
  ascii7: 'us-ascii',
  iso646us: 'us-ascii',
  big5hkscs: 'big5',
  cp866: 'ibm866',
  cp874: 'windows-874',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  maccyrillic: 'x-mac-cyrillic',
  macroman: 'macintosh',
  ms932: 'shift_jis',
  ms936: 'gbk',
  ms949: 'euc-kr',
  ms950: 'big5',
  sjis: 'shift_jis',
  usascii: 'us-ascii',
  unicodebigunmarked: 'utf-16be',
  unicodelittleunmarked: 'utf-16le',
  utf8: 'utf-8',
  utf16: 'utf-16',
  utf16be: 'utf-16be',
  utf16le: 'utf-16le',
  windows31j: 'shift_jis',
};

/** `Cp437` and its like: ASCII in one byte, with other characters above 127. */
const DOS_CODE_PAGE = /^(?:cp|ibm)(?:437|720|737|775|85[0-8]|86[0-58]|869)$/;

/**
 * Finds a character set. The code pages of DOS, which Node cannot decode, are read as Latin-1: that
 * changes letters above 127, but no delimiter, quote or line end.
 * @returns `undefined` if the name is not known, or is of a set without ASCII.
 */
export function resolveCharset(name: string): Charset | undefined {
  const key = name.toLowerCase().replace(/[-_ ]/g, '');
  const windows = /^(?:cp|windows)(125\d)$/.exec(key)?.[1];
  const iso = /^(?:iso)?8859(\d{1,2})$/.exec(key)?.[1];
  const label =
    windows !== undefined
      ? `windows-${windows}`
      : iso !== undefined
        ? `iso-8859-${iso}`
        : DOS_CODE_PAGE.test(key)
          ? 'iso-8859-1'
          : (JAVA_NAMES[key] ?? name);
  if (label === 'utf-16') return { label, isUtf8: false };
  try {
    const { encoding } = new TextDecoder(label);
    return { label: encoding, isUtf8: encoding === 'utf-8' };
  } catch {
    return undefined;
  }
}

/** Decodes text chunk by chunk. */
export interface ChunkDecoder {
  decode(chunk: Uint8Array): string;
  /** @returns what an incomplete character at the end is read as, usually nothing. */
  end(): string;
}

/**
 * Creates a decoder. One for `utf-16` follows the byte order mark; without one it is big-endian, as
 * in Java.
 * @param isStrict whether invalid bytes are a TypeError. Default: they become U+FFFD.
 */
export function createChunkDecoder({ label }: Charset, isStrict = false): ChunkDecoder {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let held: Uint8Array = new Uint8Array(0);
  const create = (name: string) => new TextDecoder(name, { fatal: isStrict });
  if (label !== 'utf-16') decoder = create(label);
  return {
    decode(chunk) {
      if (decoder === undefined) {
        held = Buffer.concat([held, chunk]);
        if (held.length < 2) return '';
        decoder = create(held[0] === 0xff && held[1] === 0xfe ? 'utf-16le' : 'utf-16be');
        return decoder.decode(held, { stream: true });
      }
      return decoder.decode(chunk, { stream: true });
    },
    end: () => (decoder ?? create('utf-16be')).decode(),
  };
}
