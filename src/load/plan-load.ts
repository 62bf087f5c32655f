/** Divides the files of a load into batches. Pure: the same files give the same batches on any machine. */
import { number } from '../shared/checks.js';
import { compareText, divideByName, type Named } from '../shared/divide.js';
import { InvalidInputError } from '../shared/errors.js';
import { formatPath } from '../shared/format.js';
import {
  ADVISED_BATCH_BYTES,
  ADVISED_FILES,
  MAX_BATCH_BYTES,
  MAX_FILES,
} from '../shared/limits.js';
import { type OptionTable, validateOptions, withDefault } from '../shared/options.js';

/** A file as a plan sees it: its path in the batch, and its size in bytes. */
export interface LoadFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** The most that a batch may hold. */
export interface LoadLimits {
  /** How many files. Default 10,000, which the platform advises; at most 25,000. */
  maxBatchFiles?: number;
  /** How many bytes. Default 100,000,000,000, which the platform advises; at most 2^40. A larger file is a batch of its own. */
  maxBatchBytes?: number;
}

/** The files of one batch, in the order of their folders and names. */
export interface PlannedBatch<File extends LoadFile = LoadFile> {
  readonly files: readonly File[];
  readonly sizeBytes: number;
}

/** What stays together: the files directly in one folder or, where those are too many, one file. */
interface Partition<File> extends Named {
  /** The path of the folder, or of the file. */
  readonly name: string;
  readonly files: File[];
  sizeBytes: number;
}

type Limits = Required<LoadLimits>;

/** From how many partitions on a load may count as even: of a few, some are equal by chance. */
const MIN_EVEN_PARTITIONS = 20;
/** The share of the partitions that have to have the same number of files. */
const EVEN_SHARE = 2 / 3;
/** A partition of fewer files changes its size too much with one file. */
const MIN_EVEN_FILES = 3;

/**
 * Plans a load: every file is in exactly one batch, and no batch exceeds a limit, except that of a single file
 * that does. A partition (the files directly in one folder) is not divided unless it alone exceeds a limit.
 *
 * A new file changes only the batch that it belongs to, wherever its name sorts; if that batch then exceeds a
 * limit, it is divided, and all others stay as they are. So batches are not filled one after another: hashes of the
 * folders halve the load until each part fits and, within a partition that is too large, hashes of the file names
 * do. On average a batch is 70 % full.
 *
 * Filling every batch to its limit would contradict that: a new file would push one file out of each batch after
 * its own. An even load is the exception, since there both are possible: where at least two thirds of 20 or more
 * partitions have the same number of files, 3 or more, the partitions fill the batches in the order of their names,
 * each counted as if it had a multiple of that number. 400 folders of 250 files are 10 batches of 10,000. There a
 * new partition between others moves those after it, once it has more than half of that number of files.
 * @throws {InvalidInputError} for two files of one name, or a limit that cannot be used.
 */
export function planLoad<File extends LoadFile>(
  files: Iterable<File>,
  loadLimits?: LoadLimits,
): PlannedBatch<File>[] {
  const limits = validateOptions(LIMIT_OPTIONS, loadLimits);
  const partitions = toPartitions(files);
  if (partitions.length === 0) return [];
  return groupEvenly(partitions, limits)
    .flatMap((group) => divideGroup(group, limits))
    .sort((one, two) => compareText(firstPath(one), firstPath(two)));
}

/** What each limit may be, and its default. */
export const LIMIT_OPTIONS: OptionTable<LoadLimits, keyof LoadLimits> = {
  maxBatchFiles: withDefault(
    number({ min: 1, max: MAX_FILES, unit: 'files', whole: true }),
    ADVISED_FILES,
  ),
  maxBatchBytes: withDefault(
    number({ min: 1, max: MAX_BATCH_BYTES, unit: 'bytes', whole: true }),
    ADVISED_BATCH_BYTES,
  ),
};

const firstPath = ({ files }: PlannedBatch): string => files[0]?.path ?? '';

/** The partitions by name, each with its files by name. */
function toPartitions<File extends LoadFile>(files: Iterable<File>): Partition<File>[] {
  const partitions = new Map<string, Partition<File>>();
  for (const file of files) {
    const name = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
    let partition = partitions.get(name);
    if (partition === undefined) {
      partition = { name, files: [], sizeBytes: 0 };
      partitions.set(name, partition);
    }
    partition.files.push(file);
    partition.sizeBytes += file.sizeBytes;
  }
  for (const partition of partitions.values()) {
    partition.files.sort((one, two) => compareText(one.path, two.path));
    assertDifferent(partition.files);
  }
  return [...partitions.values()].sort((one, two) => compareText(one.name, two.name));
}

function assertDifferent(sorted: readonly LoadFile[]): void {
  let before: string | undefined;
  for (const { path } of sorted) {
    if (path === before) {
      const message = `Invalid files: expected different paths, received ${formatPath(path)} twice. Each file is loaded once.`;
      throw new InvalidInputError('files', message);
    }
    before = path;
  }
}

/** Partitions that are one batch if they fit, and those that are too small to count among them. */
interface Group<File> {
  readonly counted: Partition<File>[];
  readonly small: Partition<File>[];
}

/**
 * The partitions of an even load in groups that fill a batch; those of any other load in one group. Each counts as
 * a rounded multiple of the usual number of files, so that a single file changes no group but its own.
 */
function groupEvenly<File>(
  partitions: readonly Partition<File>[],
  { maxBatchFiles }: Limits,
): Group<File>[] {
  const usual = findUsualSize(partitions);
  const capacity = usual === undefined ? 0 : Math.floor(maxBatchFiles / usual);
  if (usual === undefined || capacity === 0) return [{ counted: [...partitions], small: [] }];
  let group: Group<File> = { counted: [], small: [] };
  const groups = [group];
  let used = 0;
  for (const partition of partitions) {
    const share = Math.round(partition.files.length / usual);
    if (used > 0 && share > 0 && used + share > capacity) {
      group = { counted: [], small: [] };
      groups.push(group);
      used = 0;
    }
    (share === 0 ? group.small : group.counted).push(partition);
    used += share;
  }
  return groups;
}

/** How many files most partitions have; `undefined` unless the load is even. */
function findUsualSize(partitions: readonly Partition<unknown>[]): number | undefined {
  if (partitions.length < MIN_EVEN_PARTITIONS) return undefined;
  const counts = new Map<number, number>();
  for (const { files } of partitions) counts.set(files.length, (counts.get(files.length) ?? 0) + 1);
  for (const [size, count] of counts) {
    if (size >= MIN_EVEN_FILES && count >= partitions.length * EVEN_SHARE) return size;
  }
  return undefined;
}

/** A group is one batch, or its small partitions are apart: then the others stay as they are. */
function divideGroup<File extends LoadFile>(
  { counted, small }: Group<File>,
  limits: Limits,
): PlannedBatch<File>[] {
  const all = [...counted, ...small].sort((one, two) => compareText(one.name, two.name));
  const parts = fits(measure(all), limits) ? [all] : [counted, small];
  return parts.flatMap((part) => divide(part, limits));
}

interface Extent {
  readonly count: number;
  readonly sizeBytes: number;
}

const measure = (partitions: readonly Partition<unknown>[]): Extent => ({
  count: partitions.reduce((sum, { files }) => sum + files.length, 0),
  sizeBytes: partitions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
});

const fits = ({ count, sizeBytes }: Extent, { maxBatchFiles, maxBatchBytes }: Limits): boolean =>
  count <= maxBatchFiles && sizeBytes <= maxBatchBytes;

/** Halves partitions by the hashes of their names until each part is a batch. */
function divide<File extends LoadFile>(
  partitions: readonly Partition<File>[],
  limits: Limits,
): PlannedBatch<File>[] {
  const isBatch = (part: readonly Partition<File>[]) => {
    const extent = measure(part);
    return extent.count === 1 || fits(extent, limits);
  };
  return divideByName(partitions, isBatch).flatMap(({ items }) => {
    const [only] = items;
    if (only !== undefined && !isBatch(items)) return divide(toSingleFiles(only), limits);
    const { sizeBytes } = measure(items);
    return [{ files: items.flatMap(({ files }) => files), sizeBytes }];
  });
}

const toSingleFiles = <File extends LoadFile>({ files }: Partition<File>): Partition<File>[] =>
  files.map((file) => ({ name: file.path, files: [file], sizeBytes: file.sizeBytes }));
