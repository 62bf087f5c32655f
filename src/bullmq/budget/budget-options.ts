/** What all workers of a queue together may send, and which files could never be sent within it. */
import { number } from '../../shared/checks.js';
import { InvalidInputError } from '../../shared/errors.js';
import { namedObject, type OptionTable, optional, validateOptions } from '../../shared/options.js';
import type { UploadPlan } from '../../upload/options.js';

/** What all workers of a queue together may send. Nothing is limited by default. */
export interface LoadBudget {
  /** Bytes in an hour, for each organisation. The platform takes 20 GB (20,000,000,000 bytes) an hour. */
  bytesPerHour?: number;
  /** Batches that are created in a minute, for each organisation: the platform counts those of a user. */
  batchesPerMinute?: number;
  /** Batches that are created in a day, for each sandbox. 90 hold for datasets of Profile and of Event data. */
  batchesPerDay?: number;
}

const BUDGET: OptionTable<LoadBudget> = {
  bytesPerHour: optional(number({ min: 2, max: 2 ** 50, unit: 'bytes', whole: true })),
  batchesPerMinute: optional(number({ min: 1, max: 1e6, unit: 'batches', whole: true })),
  batchesPerDay: optional(number({ min: 1, max: 1e6, unit: 'batches', whole: true })),
};

export const checkBudget = (field: string, value: unknown): LoadBudget =>
  validateOptions(BUDGET, value, namedObject(field));

/** The most bytes that one window, half an hour, takes. */
export const toWindowBytes = (bytesPerHour: number): number => Math.floor(bytesPerHour / 2);

/** A file as it is planned; of a stream, such as a compressed file, the size is the least that it has. */
interface PlannedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly stream?: unknown;
}

/** @throws {InvalidInputError} for a file with requests that no window takes: it could never be sent. */
export function assertFitsBudget(
  { bytesPerHour }: LoadBudget,
  { path, sizeBytes, stream }: PlannedFile,
  { largeFileThresholdBytes, partSizeBytes }: Omit<UploadPlan, 'concurrency'>,
): void {
  const isWhole = stream === undefined && sizeBytes <= largeFileThresholdBytes;
  assertPieceFits(bytesPerHour, path, isWhole ? sizeBytes : Math.min(sizeBytes, partSizeBytes));
}

/** @throws {InvalidInputError} for a request that no window takes. */
export function assertPieceFits(
  bytesPerHour: number | undefined,
  path: string,
  bytes: number,
): void {
  if (bytesPerHour === undefined || bytes <= toWindowBytes(bytesPerHour)) return;
  const message = `${path} is sent in requests of ${bytes} bytes, and half an hour's budget is ${toWindowBytes(bytesPerHour)} (bytesPerHour / 2). Raise the budget, or enqueue the load with smaller parts: --large-file-threshold-bytes, --part-size-bytes (in code, largeFileThresholdBytes, partSizeBytes).`;
  throw new InvalidInputError('budget.bytesPerHour', message);
}
