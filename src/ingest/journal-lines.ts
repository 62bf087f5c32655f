/**
 * The lines of a journal: `<crc32 of the JSON, 8 hex digits> <JSON>`. Empty lines mean nothing.
 *
 * A line that is damaged was torn by a crash or a full disk only where it is the last one, or where
 * the next process' claim follows it, which may be torn itself. Anywhere else the file was changed.
 * A line that is missing needs no checksum: each step can be lost in a crash right after it was
 * done, so a resume asks the platform for what it does not find; counts and the order of the steps
 * show the rest. Several processes append, so a checksum over the lines before could not hold.
 */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Line, LineSplitter } from '../shared/lines.js';

/** More than any step takes; a longer line would have to be held in memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const CHECKSUM = /^[0-9a-f]{8} $/;
const CLAIM_START = '{"type":"claim",';

export function encodeLine(entry: object): string {
  const json = JSON.stringify(entry);
  return `${checksum(Buffer.from(json))} ${json}\n`;
}

const checksum = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

/** What a line holds; `undefined` where it is damaged. */
function decodeLine(line: Buffer): { type: string } | undefined {
  const head = line.toString('latin1', 0, 9);
  const json = line.subarray(9);
  if (!CHECKSUM.test(head) || head.slice(0, 8) !== checksum(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json.toString('utf8'));
    const isEntry = typeof value === 'object' && value !== null && 'type' in value;
    return isEntry && typeof value.type === 'string' ? { ...value, type: value.type } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a damaged line is what is left of a claim that could not be written to its end. */
function isTornClaim(line: Buffer): boolean {
  const text = line.toString('latin1', 0, 9 + CLAIM_START.length);
  const [head, json] = [text.slice(0, 9), text.slice(9)];
  return json === '' ? /^[0-9a-f]{0,8} ?$/.test(head) : CHECKSUM.test(head) && isStart(json);
}

const isStart = (json: string): boolean =>
  json.startsWith(CLAIM_START) || CLAIM_START.startsWith(json);

/** What a reader found that is not a line of a journal. */
export interface LineFault {
  number: number;
  what: string;
}

/** Reads a journal as far as it goes, and goes on from there when it has grown. */
export class JournalReader {
  /** Whether any line was whole. */
  hasEntries = false;
  /** The first bytes of the first line, to know what the file is if it is not a journal. */
  firstLine = '';
  readonly #take: (entry: { type: string }, number: number) => void;
  readonly #fail: (fault: LineFault) => never;
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  #offset = 0;
  #damaged: number | undefined;

  constructor(
    take: (entry: { type: string }, number: number) => void,
    fail: (fault: LineFault) => never,
  ) {
    this.#take = take;
    this.#fail = fail;
  }

  /** Whether any line was read to its end. */
  get hasLines(): boolean {
    return this.firstLine !== '';
  }

  get isEmpty(): boolean {
    return this.#offset === 0;
  }

  /** Reads to the end of the file; a last line without its end is kept for the next time. */
  async read(handle: FileHandle): Promise<void> {
    for (;;) {
      const { bytesRead } = await handle.read(this.#buffer, 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      for (const line of this.#lines.push(this.#buffer.subarray(0, bytesRead))) this.#read(line);
    }
  }

  #read({ number, bytes }: Line): void {
    const what = 'it is longer than any line of a journal';
    const line = bytes ?? this.#fail({ number, what });
    if (line.length === 0) return;
    this.firstLine ||= line.toString('latin1', 0, CHUNK_BYTES);
    const entry = decodeLine(line);
    this.hasEntries ||= entry !== undefined;
    if (this.#damaged !== undefined && entry?.type !== 'claim' && !isTornClaim(line)) {
      this.#fail({ number: this.#damaged, what: 'its checksum does not match' });
    }
    if (entry === undefined) {
      this.#damaged = number;
      return;
    }
    this.#damaged = undefined;
    this.#take(entry, number);
  }
}
