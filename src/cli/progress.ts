/** How an ingest fares, on stderr: drawn on a terminal, else a line every few seconds. */
import type { IngestProgress } from '../ingest/types.js';
import type { Output } from './output.js';
import { drawn, line, Rate } from './progress-text.js';

/** Often enough to look alive. */
const DRAW_EVERY_MS = 100;
/** Rarely enough for a log. */
const TELL_EVERY_MS = 5000;

export interface Display {
  update(progress: IngestProgress): void;
  end(): void;
}

const NONE: Display = { update: () => undefined, end: () => undefined };

/** The display that fits where stderr goes. */
export async function display(out: Output): Promise<Display> {
  if (out.quiet) return NONE;
  const { stderr } = process;
  if (stderr.isTTY && process.env['TERM'] !== 'dumb') return live(out);
  return plain(out);
}

async function live(out: Output): Promise<Display> {
  const { createLogUpdate } = await import('log-update');
  const log = createLogUpdate(process.stderr, { showCursor: true });
  const rate = new Rate();
  let last: IngestProgress | undefined;
  const draw = () => {
    if (last === undefined) return;
    rate.add(last);
    log(out.clean(drawn(last, rate, process.stderr.columns || 80, process.stderr.rows || 24)));
  };
  const timer = setInterval(draw, DRAW_EVERY_MS);
  timer.unref();
  out.live = {
    above(text) {
      log.clear();
      process.stderr.write(`${text}\n`);
      draw();
    },
  };
  return {
    update(progress) {
      const moved = progress.phase !== last?.phase || progress.status !== last?.status;
      last = progress;
      if (moved) draw();
    },
    end() {
      clearInterval(timer);
      draw();
      log.done();
      out.live = undefined;
    },
  };
}

function plain(out: Output): Display {
  const rate = new Rate();
  let last: IngestProgress | undefined;
  const tell = () => {
    if (last === undefined) return;
    rate.add(last);
    if (last.phase === 'upload' || last.phase === 'wait') out.say(line(last, rate));
  };
  let timer = setInterval(tell, TELL_EVERY_MS);
  timer.unref();
  return {
    update(progress) {
      const moved = progress.phase !== last?.phase || progress.status !== last?.status;
      const created = progress.batchId !== last?.batchId;
      last = progress;
      if (!moved && !created) return;
      if (progress.phase === 'done' || (progress.phase === 'create' && !created)) return;
      if (progress.phase === 'wait' && progress.status === undefined) return;
      rate.add(progress);
      out.say(line(progress, rate));
      clearInterval(timer);
      timer = setInterval(tell, TELL_EVERY_MS);
      timer.unref();
    },
    end: () => clearInterval(timer),
  };
}
