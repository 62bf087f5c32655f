/** The progress of an ingest as fields of a log line; docs/json-output.schema.json describes them. */
import type { IngestProgress } from '../ingest/types.js';
import { omitUndefined } from '../shared/options.js';
import { estimateSecondsLeft, type Rate } from './progress-text.js';

/** Without the files that are being uploaded: of many, a log would hold nothing else. */
export function toLogProgress(progress: IngestProgress, rate: Rate): object {
  const { current: _, ...counts } = progress;
  const left = estimateSecondsLeft(progress, rate);
  const { perSecond, nowMs } = rate;
  return omitUndefined({
    ...counts,
    bytesPerSecond: perSecond === undefined ? undefined : Math.round(perSecond),
    secondsLeft: left === undefined ? undefined : Math.round(left),
    endsAt: left === undefined ? undefined : new Date(nowMs + left * 1000).toISOString(),
  });
}
