/** The lines of a progress display. */
import type { IngestProgress } from '../ingest/types.js';
import { bytes, duration, files } from './format.js';

/** A rate is taken over this time: steady enough to read, and it forgets a pause. */
const WINDOW_MS = 10_000;
const BAR_CELLS = 20;
const NAME_CELLS = 28;
/** Lines for the total and what is written above it. */
const OTHER_LINES = 4;

/** How fast this run sends, over the last seconds. What an earlier run had sent is no part of it. */
export class Rate {
  readonly #now: () => number;
  #samples: { ms: number; bytes: number }[] = [];
  #lastSentBytes = 0;
  readonly #startedMs: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#startedMs = now();
  }

  add({ sentBytes }: IngestProgress): void {
    const ms = this.#now();
    // Bytes that have to go again were sent all the same: the rate does not fall by them.
    const again = Math.max(0, this.#lastSentBytes - sentBytes);
    this.#lastSentBytes = sentBytes;
    this.#samples = this.#samples
      .filter((sample) => ms - sample.ms <= WINDOW_MS)
      .map((sample) => ({ ...sample, bytes: sample.bytes - again }));
    this.#samples.push({ ms, bytes: sentBytes });
  }

  /** Bytes a second, once there are enough samples. */
  get perSecond(): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.ms - first.ms < 200) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (last.ms - first.ms);
  }

  get elapsedSeconds(): number {
    return (this.#now() - this.#startedMs) / 1000;
  }
}

/** Bytes that need not be sent any more, by this run or an earlier one. */
const gone = ({ resumedBytes, sentBytes }: IngestProgress): number => resumedBytes + sentBytes;

/** Bytes that have gone, those of requests in flight included; they never fall within a batch. */
function done(progress: IngestProgress): number {
  const bytes = Math.max(progress.transferredBytes, gone(progress));
  return Math.min(bytes, progress.totalBytes ?? bytes);
}

const shareOf = (done: number, total: number): number =>
  total === 0 ? 1 : Math.min(1, Math.max(0, done / total));

const percent = (share: number): string => `${`${Math.floor(share * 100)}`.padStart(3)} %`;

function bar(share: number): string {
  const full = Math.floor(share * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}] ${percent(share)}`;
}

/** The end of a path says more than its beginning. */
const name = (path: string): string =>
  path.length <= NAME_CELLS ? path.padEnd(NAME_CELLS) : `…${path.slice(1 - NAME_CELLS)}`;

function totals(progress: IngestProgress, rate: Rate): string {
  const { totalBytes } = progress;
  const speed = rate.perSecond;
  const now = bytes(done(progress));
  const parts = [totalBytes === undefined ? now : `${now} of ${bytes(totalBytes)}`];
  if (speed !== undefined) parts.push(`${bytes(Math.round(speed))}/s`);
  const left = totalBytes === undefined ? 0 : totalBytes - gone(progress);
  if (speed !== undefined && speed > 0 && left > 0) {
    parts.push(`${duration(left / speed)} left`);
  }
  return parts.join(', ');
}

const counted = ({ filesDone, filesTotal }: IngestProgress): string =>
  filesTotal === undefined ? files(filesDone) : `${filesDone} of ${files(filesTotal)}`;

/** Where the batch stands once its files are in it. */
function stand({ phase, batchId, status }: IngestProgress, rate: Rate): string {
  if (phase === 'preflight') return 'Looking at the files';
  if (phase === 'create') return batchId === undefined ? 'Creating the batch' : `Batch ${batchId}`;
  if (phase === 'complete') return `Batch ${batchId}: handing over`;
  const waited = phase === 'wait' ? ` (${duration(rate.elapsedSeconds)})` : '';
  return `Batch ${batchId}: ${status ?? 'handed over'}${waited}`;
}

/** One line, for a log. */
export function line(progress: IngestProgress, rate: Rate): string {
  if (progress.phase !== 'upload') return stand(progress, rate);
  return `Uploading: ${counted(progress)}, ${totals(progress, rate)}`;
}

/** All uploads in progress, for a terminal: a line a file and one for the total. */
export function drawn(progress: IngestProgress, rate: Rate, columns: number, rows: number): string {
  const cut = (text: string) => (text.length < columns ? text : `${text.slice(0, columns - 2)}…`);
  if (progress.phase !== 'upload') return cut(stand(progress, rate));
  const room = Math.max(1, rows - OTHER_LINES);
  const shown = progress.current.slice(0, room).map(({ path, sentBytes, sizeBytes }) => {
    return `${name(path)} ${bar(shareOf(sentBytes, sizeBytes))}  ${bytes(sizeBytes)}`;
  });
  const more = progress.current.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  const { totalBytes } = progress;
  const share = totalBytes === undefined ? '' : `${percent(shareOf(done(progress), totalBytes))}  `;
  const total = `${name(`total, ${counted(progress)}`)} ${share}${totals(progress, rate)}`;
  return [...shown, total].map(cut).join('\n');
}
