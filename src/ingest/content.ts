/** What a batch is to hold, as one id: the same files give the same id on every machine. */
import { createHash } from 'node:crypto';
import type { CreateBatchRequest } from '../resources/types.js';
import { TaskGroup } from '../shared/task-group.js';
import { readThrough, type SourceFile } from '../upload/source.js';

/** The content of a batch, and which attempt at loading it the batch is. */
export interface Content {
  /** `aep-batch-` and the sha256 of the content. */
  readonly id: string;
  /** From 1. It rises where an earlier batch was not loaded, and for a load that is forced. */
  readonly number: number;
  /** The first number that counts: a load that was forced passes over the batches before it. */
  readonly from: number;
  /** Whether batches that are loaded are passed over, until the first number is found. */
  readonly force?: boolean | undefined;
}

/** What was read of a file for the content of its batch. */
export interface HashedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A file as the content counts it: its place on this machine does not matter. */
interface ContentFile {
  readonly path: string;
  readonly hashed?: HashedFile | undefined;
}

export const CONTENT_ID = /^aep-batch-[0-9a-f]{64}$/;

/** The externalId of an attempt at loading the content. */
export const toExternalId = ({ id, number }: Pick<Content, 'id' | 'number'>): string =>
  `${id}-${number}`;

/**
 * The sha256 over lines of JSON: dataset and inputFormat, then the name and the sha256 of each file, sorted by
 * name (UTF-16 code units).
 */
export function computeContentId(
  { datasetId, inputFormat }: Pick<CreateBatchRequest, 'datasetId' | 'inputFormat'>,
  files: readonly ContentFile[],
): string {
  const format = Object.entries(inputFormat ?? {}).filter(([, value]) => value !== undefined);
  const hash = createHash('sha256');
  const add = (value: unknown) => hash.update(`${JSON.stringify(value)}\n`);
  add([datasetId, Object.fromEntries(format.sort(([a], [b]) => (a < b ? -1 : 1)))]);
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, hashed } of sorted) add([path, hashed?.sha256]);
  return `aep-batch-${hash.digest('hex')}`;
}

/** How many files are read at a time: small ones of a network disk take longer to open than to read. */
const READERS = 4;

/** Reads all files. @returns what was read of each, by its path. */
export async function hashFiles(
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, HashedFile>> {
  const hashed = new Map<string, HashedFile>();
  const group = new TaskGroup(signal);
  const queue = files.values();
  const read = async () => {
    for (const file of queue) {
      if (group.signal.aborted) return;
      hashed.set(file.path, await hashWithSize(file, group.signal));
    }
  };
  const readers = Array.from({ length: READERS }, () =>
    read().catch((error: unknown) => group.abortOthers(error)),
  );
  await group.settle(readers);
  return hashed;
}

async function hashWithSize(file: SourceFile, signal: AbortSignal): Promise<HashedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await readThrough(file, signal, (chunk) => {
    hash.update(chunk);
    sizeBytes += chunk.length;
  });
  return { sha256: hash.digest('hex'), sizeBytes };
}
