/** Numbers, times and batches as people read them. */
import type { Batch } from '../resources/types.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** In powers of 1000, as the platform counts. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** 0:07, 12:40, 3:05:00. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

export const files = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;

export interface Records {
  input: number;
  output: number;
  failed: number;
}

export const recordsText = ({ input, output, failed }: Records): string =>
  `${input} read, ${output} loaded, ${failed} rejected`;

/** What a person does about an error that a batch ended with. */
const TO_DO: Readonly<Record<string, string>> = {
  'ERR-BI-106':
    "The dataset's storage does not take this format: pass another --format, or another dataset.",
};

/** The errors of a batch, a line each. */
export const batchErrors = (errors: readonly { code?: string; description?: string }[] = []) =>
  errors.map(({ code = '', description = '' }) => {
    const toDo = TO_DO[code];
    return `  ${[code, description].filter(Boolean).join(': ')}${toDo === undefined ? '' : ` ${toDo}`}`;
  });

export function isoTime(ms: number | undefined): string {
  return ms === undefined || ms <= 0 ? '' : new Date(ms).toISOString();
}

/** A table: every column as wide as it has to be. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** How a batch stands, in a few lines. */
export function batchText(batch: Batch): string {
  const { id, status, created, completed, errors } = batch;
  const dataset = batch.relatedObjects?.find(({ type }) => type === 'dataSet')?.id;
  const rows: (readonly [string, string | undefined])[] = [
    ['batch', id],
    ['status', status],
    ['dataset', dataset],
    ['external id', batch.externalId],
    ['created', isoTime(created)],
    ['completed', isoTime(completed)],
  ];
  const told = rows.flatMap(([name, value]) => (value ? [[name, value]] : []));
  return [table(told), ...batchErrors(errors)].join('\n');
}
