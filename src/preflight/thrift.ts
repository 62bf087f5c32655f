/** Reads Thrift's compact protocol, in which Parquet has its footer. Each value is read or skipped as it comes. */

/** The types of values. */
const TYPE = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
} as const;
const DOUBLE_BYTES = 8;
/** A 64-bit number has at most so many bytes. */
const MAX_NUMBER_BYTES = 10;
/** The size of a list that follows its header. */
const LONG_LIST = 15;
/** Deeper structs are damage, and would use up the stack. */
const MAX_DEPTH = 32;

/**
 * Every method throws for bytes that do not have what is read. Its members are `private` in TypeScript alone: with `#`
 * it takes ten times as long.
 */
export class ThriftReader {
  /** The position of the next byte. */
  at: number;
  private readonly bytes: Buffer;
  /** The type of the field that was begun. */
  private type = 0;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Begins the next field of a struct. @returns its number, or 0 at the end of the struct. */
  beginField(previous: number): number {
    const byte = this.readByte();
    this.type = byte & 0x0f;
    if (this.type === TYPE.stop) return 0;
    const delta = byte >> 4;
    return delta === 0 ? this.readSigned() : previous + delta;
  }

  /** Integers above 2^53 lose digits: no file has as many bytes or rows. */
  readInteger(): number {
    this.assertType(this.type === TYPE.byte || (this.type >= TYPE.i16 && this.type <= TYPE.i64));
    return this.type === TYPE.byte ? (this.readByte() << 24) >> 24 : this.readSigned();
  }

  readBoolean(): boolean {
    this.assertType(this.type === TYPE.true || this.type === TYPE.false);
    return this.type === TYPE.true;
  }

  readText(): string {
    this.assertType(this.type === TYPE.binary);
    return this.readElementText();
  }

  /** A text in a list of texts. */
  readElementText(): string {
    const length = this.readLength();
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }

  beginStruct(): void {
    this.assertType(this.type === TYPE.struct);
  }

  /** Begins a list of structs. @returns how many elements follow. */
  beginStructs(): number {
    return this.beginList(TYPE.struct);
  }

  /** Begins a list of texts. @returns how many elements follow. */
  beginTexts(): number {
    return this.beginList(TYPE.binary);
  }

  /** Skips the value of the field that was begun. */
  skip(): void {
    this.skipValue(this.type, 0);
  }

  private beginList(expected: number): number {
    this.assertType(this.type === TYPE.list);
    const { type, size } = this.readListHeader();
    this.assertType(type === expected || size === 0);
    return size;
  }

  private readListHeader(): { type: number; size: number } {
    const byte = this.readByte();
    const short = byte >> 4;
    const size = short === LONG_LIST ? this.readUnsigned() : short;
    // Each element has a byte at least.
    if (size > this.bytes.length - this.at) throw new RangeError('a list is too long');
    return { type: byte & 0x0f, size };
  }

  private skipValue(type: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError('structs are nested too deeply');
    switch (type) {
      case TYPE.true:
      case TYPE.false:
        return;
      case TYPE.byte:
        this.move(1);
        return;
      case TYPE.i16:
      case TYPE.i32:
      case TYPE.i64:
        this.readUnsigned();
        return;
      case TYPE.double:
        this.move(DOUBLE_BYTES);
        return;
      case TYPE.binary:
        this.move(this.readLength());
        return;
      case TYPE.list:
        this.skipList(depth);
        return;
      case TYPE.struct:
        while (this.beginField(0) !== 0) this.skipValue(this.type, depth + 1);
        return;
      default:
        throw new TypeError(`the type ${type} is not one of Parquet`);
    }
  }

  private skipList(depth: number): void {
    const { type, size } = this.readListHeader();
    const isBoolean = type === TYPE.true || type === TYPE.false;
    for (let left = size; left > 0; left--) {
      if (isBoolean) this.move(1);
      else this.skipValue(type, depth + 1);
    }
  }

  private assertType(fits: boolean): void {
    if (!fits) throw new TypeError('a value has another type');
  }

  private move(count: number): void {
    if (count > this.bytes.length - this.at) throw new RangeError('the bytes end early');
    this.at += count;
  }

  private readLength(): number {
    const length = this.readUnsigned();
    if (length > this.bytes.length - this.at) throw new RangeError('the bytes end early');
    return length;
  }

  private readByte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the bytes end early');
    this.at++;
    return byte;
  }

  private readSigned(): number {
    const value = this.readUnsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private readUnsigned(): number {
    const first = this.readByte();
    if (first < 0x80) return first; // most numbers
    let value = first & 0x7f;
    let scale = 0x80;
    for (let count = 1; count < MAX_NUMBER_BYTES; count++) {
      const byte = this.readByte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new RangeError('a number is too long');
  }
}
