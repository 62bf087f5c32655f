/** Pipes by their path: named ones, `<(command)` and `/dev/stdin`. Each can be read only once. */
import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { fileKind } from '../shared/open-file.js';

/** Paths that name a descriptor of this process. */
const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

/**
 * What a path names, as a stream, if it can be read only once; `undefined` for files and folders.
 * @throws {InvalidInputError} for a device, or a socket that is not open already.
 */
export async function openPipe(
  path: string,
): Promise<((signal: AbortSignal) => AsyncGenerator<Uint8Array>) | undefined> {
  const stats = await stat(path).catch(() => undefined); // a path that is not there fails later
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return undefined;
  const open = await findReadable(path, stats);
  return (signal) => readStream(path, open, signal);
}

async function findReadable(path: string, stats: Stats): Promise<() => Readable> {
  const fd = path === '/dev/stdin' ? 0 : Number(DESCRIPTOR.exec(path)?.[1] ?? Number.NaN);
  const isStream = stats.isFIFO() || stats.isSocket();
  if (fd === 0 && (isStream || isatty(0))) return () => process.stdin;
  if (stats.isFIFO()) return () => openFifo(path);
  if (stats.isSocket() && fd > 2) return () => new Socket({ fd, readable: true, writable: false });
  const isEmpty = stats.isCharacterDevice() && stats.rdev === (await nullDevice());
  const what = isEmpty ? 'is empty' : `is ${fileKind(stats)}, which cannot be ingested`;
  throw new InvalidInputError('source', `${path} ${what}: pass a file, a folder or a pipe.`);
}

const nullDevice = () =>
  stat('/dev/null').then(
    ({ rdev }) => rdev,
    () => undefined,
  );

/** A blind open() would wait for a writer where nothing can end it; a socket waits for it in order. */
function openFifo(path: string): Readable {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new SourceError(path, `${path} cannot be opened: ${(cause as Error).message}.`, cause);
  }
  if (fstatSync(fd).isFIFO()) return new Socket({ fd, readable: true, writable: false });
  closeSync(fd);
  throw new SourceError(path, `${path} changed while it was opened.`);
}

/** The signal ends the reading, too: whoever writes may go on for long, or never begin. */
async function* readStream(
  path: string,
  open: () => Readable,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const stream = open();
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) yield chunk;
    signal.throwIfAborted();
  } catch (cause) {
    signal.throwIfAborted();
    throw new SourceError(path, `${path} cannot be read: ${(cause as Error).message}.`, cause);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}
