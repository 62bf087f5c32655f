/** The progress of an ingest on stderr: a live display on a terminal, otherwise a line every few seconds. */
import type { IngestOptions, IngestProgress, IngestWarning } from '../ingest/types.js';
import { formatFinding } from '../preflight/format-finding.js';
import { omit } from '../shared/options.js';
import type { Output } from './output.js';
import { toLogProgress } from './progress-log.js';
import { formatLine, formatScreen, Rate } from './progress-text.js';

/** Short enough to look alive. */
const DRAW_INTERVAL_MS = 100;
/** Long enough for a log. */
const LOG_INTERVAL_MS = 5000;

interface Display {
  update(progress: IngestProgress): void;
  end(): void;
}

type Listeners = Pick<Required<IngestOptions>, 'onWarning'> & Pick<IngestOptions, 'onProgress'>;

/** Runs an ingest with listeners that show its progress and its warnings. */
export async function withProgress<Result>(
  out: Output,
  ingest: (listeners: Listeners) => Promise<Result>,
): Promise<Result> {
  const display = await startDisplay(out);
  try {
    return await ingest({
      ...(display === undefined ? {} : { onProgress: (progress) => display.update(progress) }),
      onWarning: toWarningListener(out),
    });
  } finally {
    display?.end();
  }
}

/** Shows warnings as they come. */
export const toWarningListener =
  (out: Output) =>
  (finding: IngestWarning): void =>
    out.say(`${finding.level}: ${formatFinding(finding)}`, { finding: toLogFinding(finding) });

/** Without a display nothing is counted for it: a load reports half a million changes. */
async function startDisplay(out: Output): Promise<Display | undefined> {
  if (out.isQuiet) return undefined;
  const isTerminal = out.streams.stderr.stream.isTTY && process.env['TERM'] !== 'dumb';
  return isTerminal && out.logFormat === undefined ? startLiveDisplay(out) : startLogDisplay(out);
}

/** Beside the level and the message, which the line has. */
const toLogFinding = (finding: IngestWarning) => omit(finding, ['level', 'message']);

const hasNewState = (progress: IngestProgress, last: IngestProgress | undefined): boolean =>
  progress.phase !== last?.phase ||
  progress.status !== last?.status ||
  progress.pause?.until !== last?.pause?.until;

async function startLiveDisplay(out: Output): Promise<Display> {
  const { createLogUpdate } = await import('log-update');
  const { stream } = out.streams.stderr;
  const log = createLogUpdate(stream, { showCursor: true });
  const rate = new Rate();
  let last: IngestProgress | undefined;
  const draw = () => {
    if (last === undefined) return;
    rate.add(last);
    const { columns, rows } = stream;
    log(out.clean(formatScreen(last, rate, columns || 80, rows || 24)));
  };
  const timer = setInterval(draw, DRAW_INTERVAL_MS);
  timer.unref();
  out.live = {
    writeAbove(text) {
      log.clear();
      stream.write(`${text}\n`);
      draw();
    },
  };
  return {
    update(progress) {
      const isNew = hasNewState(progress, last);
      last = progress;
      if (isNew) draw();
    },
    end() {
      clearInterval(timer);
      draw();
      log.done();
      out.live = undefined;
    },
  };
}

function startLogDisplay(out: Output): Display {
  const rate = new Rate();
  const style = out.logFormat === undefined ? 'local' : 'iso';
  let last: IngestProgress | undefined;
  const log = (progress: IngestProgress) =>
    out.say(formatLine(progress, rate, style), { progress: toLogProgress(progress, rate) });
  const logAgain = () => {
    if (last === undefined) return;
    rate.add(last);
    // When a pause ends was said, and it may last an hour.
    if (last.pause === undefined && (last.phase === 'upload' || last.phase === 'wait')) log(last);
  };
  let timer = setInterval(logAgain, LOG_INTERVAL_MS);
  timer.unref();
  return {
    update(progress) {
      const isNew = hasNewState(progress, last);
      const isCreated = progress.batchId !== last?.batchId;
      last = progress;
      if (!isNew && !isCreated) return;
      const { phase, pause, status } = progress;
      if (pause === undefined && (phase === 'done' || (phase === 'create' && !isCreated))) return;
      if (phase === 'wait' && status === undefined) return;
      rate.add(progress);
      log(progress);
      clearInterval(timer);
      timer = setInterval(logAgain, LOG_INTERVAL_MS);
      timer.unref();
    },
    end: () => clearInterval(timer),
  };
}
