/** A packed file: its bytes are those of its members, one after another, which are read when it is sent. */
import { rangeSource } from '../http/body.js';
import { SourceError } from '../shared/errors.js';
import { hashFile } from '../upload/hashing.js';
import {
  checkUnchanged,
  type OpenSource,
  type PackedMember,
  type SizedFile,
} from '../upload/source.js';
import { readChunks } from './read-chunks.js';

/** How much is collected before it is written: members are small. */
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = Buffer.from('\n');
/** A packed file is as its members are, which are compared one by one. */
const VERSION = 'packed';

/** @param path its path in the batch. */
export function toPackedFile(path: string, members: readonly PackedMember[]): SizedFile {
  const starts = listStarts(members);
  const sizeBytes = starts.at(-1) ?? 0;
  return {
    path,
    sizeBytes,
    localPath: undefined,
    fingerprint: undefined,
    members,
    version: { fingerprint: VERSION, read: () => checkMembers(path, members) },
    open: async () => openMembers(members, starts, sizeBytes),
  };
}

/** Where each member begins, and where the last one ends. */
function listStarts(members: readonly PackedMember[]): Float64Array {
  const starts = new Float64Array(members.length + 1);
  let at = 0;
  for (const [index, { place }] of members.entries()) {
    starts[index] = at;
    at += place.bytes + (place.addsNewline ? 1 : 0);
  }
  starts[members.length] = at;
  return starts;
}

/** @throws {SourceError} for the first member that is not what it was when it was packed. */
async function checkMembers(path: string, members: readonly PackedMember[]): Promise<string> {
  const { signal } = new AbortController();
  for (const { file, hashed } of members) {
    try {
      await checkUnchanged(file, async () => (await hashFile(file, signal)) === hashed.sha256);
    } catch (error) {
      if (error instanceof SourceError) error.message += ` It is packed into ${path}.`;
      throw error;
    }
  }
  return VERSION;
}

function openMembers(
  members: readonly PackedMember[],
  starts: Float64Array,
  sizeBytes: number,
): OpenSource {
  const controller = new AbortController();
  const pump = async (
    start: number,
    end: number,
    write: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void> => {
    const out = new Collector(write);
    for (let index = findMember(starts, start); index < members.length; index++) {
      const from = starts[index] ?? 0;
      const member = members[index];
      if (member === undefined || from >= end) break;
      await copyMember(member, [Math.max(0, start - from), end - from], out, controller.signal);
    }
    await out.flush();
  };
  return { ...rangeSource(0, sizeBytes, pump), close: async () => controller.abort() };
}

/** The member that has a byte. */
function findMember(starts: Float64Array, at: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Writes a range of what a member adds to the packed file. */
async function copyMember(
  { file, place: { skippedBytes, bytes, addsNewline } }: PackedMember,
  [start, end]: [number, number],
  out: Collector,
  signal: AbortSignal,
): Promise<void> {
  let left = Math.min(end, bytes) - start;
  if (left > 0) {
    for await (const chunk of readChunks(file, skippedBytes + start, signal)) {
      const wanted = chunk.subarray(0, left);
      left -= wanted.length;
      await out.add(wanted);
      if (left === 0) break;
    }
    if (left > 0) {
      const name = file.localPath ?? file.path;
      throw new SourceError(name, `${name} changed since it was planned: it is shorter.`);
    }
  }
  if (addsNewline && start <= bytes && end > bytes) await out.add(NEWLINE);
}

/** Puts small pieces together before they are written. */
class Collector {
  readonly #write: (chunk: Uint8Array) => Promise<void>;
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #length = 0;

  constructor(write: (chunk: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  async add(piece: Buffer): Promise<void> {
    if (this.#length + piece.length > this.#buffer.length) await this.flush();
    if (piece.length >= this.#buffer.length) {
      await this.#write(piece);
      return;
    }
    this.#length += piece.copy(this.#buffer, this.#length);
  }

  async flush(): Promise<void> {
    const length = this.#length;
    this.#length = 0;
    if (length > 0) await this.#write(this.#buffer.subarray(0, length));
  }
}
