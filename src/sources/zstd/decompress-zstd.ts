/**
 * zstd for a Node without it, on fzstd. fzstd decodes blocks; the frames are read here, one block at a time: a few
 * bytes may stand for gigabytes, windows may be larger than the memory, and it compares no checksum.
 * @see https://www.rfc-editor.org/rfc/rfc8878
 */
import type { Decompress } from 'fzstd';
import { ByteQueue } from '../../shared/byte-queue.js';
import { Xxh64 } from './xxh64.js';

const MAGIC = 0xfd2fb528;
const SKIPPED_MAGIC = 0x184d2a50;
const MAX_WINDOW_BYTES = 8 * 1024 * 1024;
const MAX_BLOCK_BYTES = 128 * 1024;

const CUT_OFF = 'it is cut off';
const DAMAGED = 'it is damaged';
const TRAILING = 'it is followed by bytes that do not belong to it';

/** @throws {Error} that says what is wrong with the contents, or what `chunks` throws. */
export async function* decompressZstd(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const input = new ByteQueue(chunks);
  try {
    for (let frames = 0; ; frames++) {
      const magic = await input.take(4);
      if (magic.length === 0 && frames > 0) return;
      if (magic.length < 4) throw new Error(frames === 0 ? CUT_OFF : TRAILING);
      const number = magic.readUInt32LE();
      if (number === MAGIC) yield* decompressFrame(input, Decompress);
      else if ((number & 0xffff_fff0) >>> 0 === SKIPPED_MAGIC) await skipFrame(input);
      else throw new Error(frames === 0 ? 'it is not zstd' : TRAILING);
    }
  } finally {
    await input.close();
  }
}

async function skipFrame(input: ByteQueue): Promise<void> {
  const size = await takeAll(input, 4);
  const bytes = size.readUInt32LE();
  if ((await input.skip(bytes)) < bytes) throw new Error(CUT_OFF);
}

async function takeAll(input: ByteQueue, bytes: number): Promise<Buffer> {
  const taken = await input.take(bytes);
  if (taken.length < bytes) throw new Error(CUT_OFF);
  return taken;
}

interface FrameHeader {
  /** Its bytes, the magic number among them. */
  readonly bytes: Buffer;
  readonly windowBytes: number;
  readonly contentBytes: number | undefined;
  readonly hasChecksum: boolean;
}

async function* decompressFrame(
  input: ByteQueue,
  Decoder: typeof Decompress,
): AsyncGenerator<Uint8Array> {
  const { bytes, windowBytes, contentBytes, hasChecksum } = await readHeader(input);
  const maxBlockBytes = Math.min(MAX_BLOCK_BYTES, windowBytes);
  const out: Uint8Array[] = [];
  const decoder = new Decoder((chunk) => void out.push(chunk));
  const hash = hasChecksum ? new Xxh64() : undefined;
  decoder.push(bytes);
  let length = 0;
  let checksum: number | undefined;
  for (let isLast = false; !isLast; ) {
    const block = await readBlock(input, maxBlockBytes);
    isLast = block.isLast;
    const end = isLast && hasChecksum ? await takeAll(input, 4) : Buffer.alloc(0);
    if (end.length > 0) checksum = end.readUInt32LE();
    push(decoder, Buffer.concat([block.bytes, end]), isLast);
    for (const chunk of out.splice(0)) {
      length += chunk.length;
      hash?.update(chunk);
      if (chunk.length > 0) yield chunk;
    }
  }
  if (contentBytes !== undefined && contentBytes !== length) throw new Error(DAMAGED);
  if (hash !== undefined && hash.digestLow() !== checksum) throw new Error(DAMAGED);
}

function push(decoder: Decompress, bytes: Buffer, isLast: boolean): void {
  try {
    decoder.push(bytes, isLast);
  } catch (cause) {
    throw new Error(DAMAGED, { cause });
  }
}

async function readHeader(input: ByteQueue): Promise<FrameHeader> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  const descriptor = await takeAll(input, 1);
  const flags = descriptor[0] ?? 0;
  if ((flags & 0b1000) !== 0) throw new Error(DAMAGED);
  const isSingle = (flags & 0b10_0000) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 0b11] ?? 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = await takeAll(input, (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes);
  const at = isSingle ? 0 : 1;
  if (rest.subarray(at, at + dictionaryBytes).some((byte) => byte !== 0)) {
    throw new Error('it needs a dictionary. Compress it without one');
  }
  const contentBytes = readContentSize(rest.subarray(at + dictionaryBytes));
  const windowBytes = isSingle ? (contentBytes ?? 0) : readWindowSize(rest[0] ?? 0);
  if (windowBytes > MAX_WINDOW_BYTES) {
    const megabytes = Math.ceil(windowBytes / 1024 / 1024);
    throw new Error(
      `its window is ${megabytes} MB, and at most 8 MB are read. Compress it with a level up to 19, and --long=23 or less`,
    );
  }
  const bytes = Buffer.concat([magic, descriptor, rest]);
  return { bytes, windowBytes, contentBytes, hasChecksum: (flags & 0b100) !== 0 };
}

function readContentSize(bytes: Buffer): number | undefined {
  switch (bytes.length) {
    case 1:
      return bytes[0];
    case 2:
      return bytes.readUInt16LE() + 256;
    case 4:
      return bytes.readUInt32LE();
    case 8:
      return Number(bytes.readBigUInt64LE());
    default:
      return undefined;
  }
}

function readWindowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A block with its header: raw, a byte that is repeated, or compressed. */
async function readBlock(
  input: ByteQueue,
  maxBytes: number,
): Promise<{ bytes: Buffer; isLast: boolean }> {
  const header = await takeAll(input, 3);
  const number = header.readUIntLE(0, 3);
  const [type, size] = [(number >> 1) & 3, number >> 3];
  if (type === 3 || size > maxBytes) throw new Error(DAMAGED);
  const body = await takeAll(input, type === 1 ? 1 : size);
  return { bytes: Buffer.concat([header, body]), isLast: (number & 1) === 1 };
}
