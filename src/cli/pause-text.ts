/** Times of day, and pauses, as text. */
import type { Pause } from '../upload/budget.js';
import { formatDuration } from './format.js';

/** How points in time are written: `local` for people who watch, `iso` for lines that are kept. */
export type TimeStyle = 'local' | 'iso';

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:05:33`, with the date before it on another day; as ISO 8601, `2026-01-31T14:05:33Z`. */
export function formatMoment(ms: number, style: TimeStyle, nowMs: number = Date.now()): string {
  if (style === 'iso') return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const [then, now] = [new Date(ms), new Date(nowMs)];
  const time = [then.getHours(), then.getMinutes(), then.getSeconds()].map(two).join(':');
  if (then.toDateString() === now.toDateString()) return time;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}

const FLAGS: Readonly<Record<Pause['limit'], string>> = {
  maxBytesPerHour: '--max-bytes-per-hour',
  maxBatchesPerMinute: '--max-batches-per-minute',
};

/** `Paused until 14:05:33 (12:40): --max-bytes-per-hour is reached`. */
export function formatPause(
  { limit, until }: Pause,
  style: TimeStyle,
  nowMs: number = Date.now(),
): string {
  const untilMs = Date.parse(until);
  const left = formatDuration((untilMs - nowMs) / 1000);
  return `Paused until ${formatMoment(untilMs, style, nowMs)} (${left}): ${FLAGS[limit]} is reached`;
}
