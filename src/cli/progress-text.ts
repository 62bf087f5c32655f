/** The lines of a progress display. */
import type { IngestProgress } from '../ingest/types.js';
import { bytes, duration, files } from './texts.js';

/** A rate is taken over this time: steady enough to read, and it forgets a pause. */
const WINDOW_MS = 10_000;
const BAR_CELLS = 20;
const NAME_CELLS = 28;
/** Lines for the total and what is written above it. */
const OTHER_LINES = 4;

/** How fast bytes go, over the last seconds. */
export class Rate {
  readonly #now: () => number;
  #samples: { ms: number; bytes: number }[] = [];
  /** What was there before: a resume sends less than all. */
  #before = 0;
  readonly #startedMs: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#startedMs = now();
  }

  add(progress: IngestProgress): void {
    if (progress.sentBytes === 0) this.#before = progress.transferredBytes;
    const ms = this.#now();
    this.#samples = this.#samples.filter((sample) => ms - sample.ms <= WINDOW_MS);
    this.#samples.push({ ms, bytes: this.done(progress) });
  }

  /** Bytes that have gone, those under way included. */
  done({ transferredBytes, sentBytes }: IngestProgress): number {
    return Math.max(transferredBytes, this.#before + sentBytes);
  }

  /** Bytes a second, once there is anything to tell it from. */
  get perSecond(): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.ms - first.ms < 200) return undefined;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.ms - first.ms));
  }

  get elapsedSeconds(): number {
    return (this.#now() - this.#startedMs) / 1000;
  }
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
  const done = rate.done(progress);
  const speed = rate.perSecond;
  const parts = [totalBytes === undefined ? bytes(done) : `${bytes(done)} of ${bytes(totalBytes)}`];
  if (speed !== undefined) parts.push(`${bytes(Math.round(speed))}/s`);
  if (speed !== undefined && speed > 0 && totalBytes !== undefined && done < totalBytes) {
    parts.push(`${duration((totalBytes - done) / speed)} left`);
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

/** All that is under way, for a terminal: a line a file and one for the total. */
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
  const done = rate.done(progress);
  const share = totalBytes === undefined ? '' : `${percent(shareOf(done, totalBytes))}  `;
  const total = `${name(`total, ${counted(progress)}`)} ${share}${totals(progress, rate)}`;
  return [...shown, total].map(cut).join('\n');
}
