/** What goes wrong beside the simulator in the property test: disks, sources, journals, front ends. */
import { appendFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import type { Fault, FaultAction } from '../../src/testing/index.js';

/** Several requests of one operation in a row that fail in the same way. */
export interface Outage {
  operation: Fault['when']['operation'];
  from: number;
  count: number;
  then: FaultAction;
}

export const toFaults = ({ operation, from, count, then }: Outage): Fault[] =>
  Array.from({ length: count }, (_, index) => ({ when: { operation, nth: from + index }, then }));

/** The start of a journal's line, which follows a newline. */
const JOURNAL_LINE = /^\n[0-9a-f]{8} \{/;

/** A disk that is full for journals after half of the nth write. */
export async function journalDisk(folder: string) {
  const probe = await open(join(folder, 'probe'), 'w');
  const prototype: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  type Write = (bytes: Uint8Array, at: number, length: number) => Promise<{ bytesWritten: number }>;
  const write = prototype.write as unknown as Write;
  let left = Number.POSITIVE_INFINITY;
  let isFull = false;
  const spy = jest.spyOn(prototype, 'write');
  const full = async function (this: FileHandle, bytes: Uint8Array, at: number, length: number) {
    const isJournal =
      Buffer.isBuffer(bytes) && (isFull || JOURNAL_LINE.test(`${bytes.subarray(0, 11)}`));
    if (!isJournal || left === Number.POSITIVE_INFINITY) return write.call(this, bytes, at, length);
    if (!isFull && --left > 0) return write.call(this, bytes, at, length);
    if (isFull || length < 2)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    isFull = true;
    return write.call(this, bytes, at, Math.floor(length / 2));
  };
  spy.mockImplementation(full as never);
  return {
    fillAt(nth: number | undefined) {
      left = nth ?? Number.POSITIVE_INFINITY;
      isFull = false;
    },
    restore: () => spy.mockRestore(),
  };
}

export type Change = 'truncate' | 'extend' | 'touch' | 'rewrite';

/** Changes a source during its upload, as another process may. */
export function changeFile(path: string, change: Change, original: Buffer): void {
  if (change === 'truncate') truncateSync(path, Math.floor(original.length / 2));
  else if (change === 'extend') appendFileSync(path, '{"late":1}\n');
  else if (change === 'touch') utimesSync(path, 1, 1);
  else writeFileSync(path, rewrite(original));
}

/** Other content of the same size. */
export const rewrite = (original: Buffer): Buffer =>
  Buffer.from(`${original}`.replaceAll('"n"', '"m"'));

/** Where in a journal which damage is, as a share of its bytes. */
export type Damage = { at: number; bit: number } | { cutAt: number };

export async function damageJournal(path: string, damage: Damage): Promise<void> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined || bytes.length === 0) return;
  if ('cutAt' in damage) {
    await writeFile(path, bytes.subarray(0, Math.floor(damage.cutAt * bytes.length)));
    return;
  }
  const at = Math.min(bytes.length - 1, Math.floor(damage.at * bytes.length));
  bytes[at] = (bytes[at] ?? 0) ^ (1 << damage.bit);
  await writeFile(path, bytes);
}

/** A front end that responds to the nth upload without reading its body, and forwards nothing. */
export interface EarlyResponse {
  nth: number;
  status: number;
}

/**
 * A `fetch` with such a front end before it. Bodies that fit into a socket's buffer cannot show otherwise
 * that nobody reads them.
 */
export function fetchBehind(early: readonly EarlyResponse[]): typeof fetch {
  let uploads = 0;
  return async (input, init = {}) => {
    const { body } = init as { body?: unknown };
    if (!(body instanceof Readable)) return fetch(input, init);
    uploads++;
    const response = early.find(({ nth }) => nth === uploads);
    if (response === undefined) return fetch(input, { ...init, duplex: 'half' } as RequestInit);
    return new Response(null, { status: response.status });
  };
}

export const removeAll = (paths: readonly string[]) =>
  Promise.all(paths.map((path) => rm(path, { force: true, recursive: true })));
