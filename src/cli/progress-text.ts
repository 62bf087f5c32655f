/** The text of a progress display. */
import type { IngestProgress } from '../ingest/types.js';
import type { LoadProgress } from '../load/types.js';
import { formatSize } from '../shared/format.js';
import { formatDuration, formatQuantity } from './format.js';
import { formatMoment, formatPause, type TimeStyle } from './pause-text.js';

/** The time over which a rate is averaged: steady enough to read, and it forgets a pause. */
const WINDOW_MS = 10_000;
/** Samples over a shorter time give no rate. */
const MIN_WINDOW_MS = 200;
const BAR_WIDTH = 20;
const NAME_WIDTH = 28;
/** Lines of the terminal that are left for the total and for what is written above it. */
const RESERVED_LINES = 4;

/** The upload rate of this run over the last seconds. Bytes of an earlier run do not count. */
export class Rate {
  readonly #now: () => number;
  readonly #startedMs: number;
  #samples: { ms: number; bytes: number }[] = [];
  #lastSentBytes = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#startedMs = now();
  }

  add({ sentBytes }: IngestProgress): void {
    const ms = this.#now();
    // Bytes that have to be sent again were sent all the same: the rate does not fall by them.
    const resentBytes = Math.max(0, this.#lastSentBytes - sentBytes);
    this.#lastSentBytes = sentBytes;
    this.#samples = this.#samples
      .filter((sample) => ms - sample.ms <= WINDOW_MS)
      .map((sample) => ({ ...sample, bytes: sample.bytes - resentBytes }));
    this.#samples.push({ ms, bytes: sentBytes });
  }

  /** Bytes per second; undefined until there are enough samples. */
  get perSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const ms = last.ms - first.ms;
    return ms < MIN_WINDOW_MS ? undefined : ((last.bytes - first.bytes) * 1000) / ms;
  }

  get nowMs(): number {
    return this.#now();
  }

  get elapsedSeconds(): number {
    return (this.#now() - this.#startedMs) / 1000;
  }
}

/** Bytes that do not have to be sent any more, whether sent by this run or an earlier one. */
const countSent = ({ resumedBytes, sentBytes }: IngestProgress): number => resumedBytes + sentBytes;

/** Bytes to show as transferred, requests in flight included; it never falls within a batch. */
function countTransferred(progress: IngestProgress): number {
  const bytes = Math.max(progress.transferredBytes, countSent(progress));
  return Math.min(bytes, progress.totalBytes ?? bytes);
}

const toShare = (bytes: number, total: number): number =>
  total === 0 ? 1 : Math.min(1, Math.max(0, bytes / total));

const formatPercent = (share: number): string => `${`${Math.floor(share * 100)}`.padStart(3)} %`;

function formatBar(share: number): string {
  const full = Math.floor(share * BAR_WIDTH);
  return `[${'='.repeat(full)}${' '.repeat(BAR_WIDTH - full)}] ${formatPercent(share)}`;
}

/** A path in a column of fixed width; its end is kept, as the more specific part. */
const fitName = (path: string): string =>
  path.length <= NAME_WIDTH ? path.padEnd(NAME_WIDTH) : `…${path.slice(1 - NAME_WIDTH)}`;

/** How long it takes to send what is left, in seconds; `undefined` where that is not known. */
export function estimateSecondsLeft(progress: IngestProgress, rate: Rate): number | undefined {
  const { totalBytes, phase, pause } = progress;
  const { perSecond } = rate;
  if (phase !== 'upload' || pause !== undefined || totalBytes === undefined) return undefined;
  const left = totalBytes - countSent(progress);
  return perSecond === undefined || perSecond <= 0 || left <= 0 ? undefined : left / perSecond;
}

/** `12 MB of 1 GB, 10 MB/s, 1:39 left, done at 14:05:33`. */
function formatBytes(progress: IngestProgress, rate: Rate, style: TimeStyle): string {
  const { totalBytes } = progress;
  const { perSecond } = rate;
  const transferred = formatSize(countTransferred(progress));
  const parts = [
    totalBytes === undefined ? transferred : `${transferred} of ${formatSize(totalBytes)}`,
  ];
  if (perSecond !== undefined) parts.push(`${formatSize(Math.round(perSecond))}/s`);
  const left = estimateSecondsLeft(progress, rate);
  if (left !== undefined) {
    const { nowMs } = rate;
    const end = formatMoment(nowMs + left * 1000, style, nowMs);
    parts.push(`${formatDuration(left)} left`, `done at ${end}`);
  }
  return parts.join(', ');
}

/** Progress of an ingest, or of a load of many batches. */
export type AnyProgress = IngestProgress &
  Partial<Pick<LoadProgress, 'batchesDone' | 'batchesTotal'>>;

/** `, 2 of 10 batches done`; nothing for a single batch. */
const formatBatches = ({ batchesDone = 0, batchesTotal }: AnyProgress): string =>
  batchesTotal === undefined ? '' : `, ${batchesDone} of ${batchesTotal} batches done`;

const formatFiles = ({ filesDone, filesTotal }: IngestProgress): string =>
  filesTotal === undefined
    ? formatQuantity(filesDone, 'file')
    : `${filesDone} of ${formatQuantity(filesTotal, 'file')}`;

/** Any phase but the upload. */
function formatPhase({ phase, batchId, status }: IngestProgress, rate: Rate): string {
  if (phase === 'preflight') return 'Checking the files';
  if (phase === 'create') return batchId === undefined ? 'Creating the batch' : `Batch ${batchId}`;
  if (phase === 'complete') return `Batch ${batchId}: completing`;
  const waited = phase === 'wait' ? ` (${formatDuration(rate.elapsedSeconds)})` : '';
  return `Batch ${batchId}: ${status ?? 'completed'}${waited}`;
}

/** The progress in one line, for a log. */
export function formatLine(progress: AnyProgress, rate: Rate, style: TimeStyle = 'local'): string {
  const { pause } = progress;
  if (pause !== undefined) return formatPause(pause, style, rate.nowMs);
  const batches = formatBatches(progress);
  if (progress.phase !== 'upload') return `${formatPhase(progress, rate)}${batches}`;
  return `Uploading: ${formatFiles(progress)}, ${formatBytes(progress, rate, style)}${batches}`;
}

/** The progress for a terminal: one line for each file being uploaded, and one for the total. */
export function formatScreen(
  progress: AnyProgress,
  rate: Rate,
  columns: number,
  rows: number,
): string {
  const cut = (text: string) => (text.length < columns ? text : `${text.slice(0, columns - 2)}…`);
  const paused =
    progress.pause === undefined ? [] : [cut(formatPause(progress.pause, 'local', rate.nowMs))];
  const batches = formatBatches(progress);
  if (progress.phase !== 'upload')
    return [cut(`${formatPhase(progress, rate)}${batches}`), ...paused].join('\n');
  const maxFiles = Math.max(1, rows - RESERVED_LINES);
  const lines = progress.current.slice(0, maxFiles).map(({ path, sentBytes, sizeBytes }) => {
    return `${fitName(path)} ${formatBar(toShare(sentBytes, sizeBytes))}  ${formatSize(sizeBytes)}`;
  });
  const hidden = progress.current.length - lines.length;
  if (hidden > 0) lines.push(`and ${hidden} more`);
  const { totalBytes } = progress;
  const share =
    totalBytes === undefined
      ? ''
      : `${formatPercent(toShare(countTransferred(progress), totalBytes))}  `;
  const name = fitName(`total, ${formatFiles(progress)}`);
  const total = `${name} ${share}${formatBytes(progress, rate, 'local')}${batches}`;
  return [...lines, total, ...paused].map(cut).join('\n');
}
