/** Quantities, times and tables as text for people. */

import type { Batch } from '../resources/types.js';
import { printable } from '../shared/printable.js';

/** `1 row`, `2 rows`. */
export const formatQuantity = (count: number, unit: string, units = `${unit}s`): string =>
  `${count} ${count === 1 ? unit : units}`;

/** `0:07`, `12:40`, `3:05:00`. */
export function formatDuration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(rounded / 60);
  return minutes < 60
    ? `${minutes}:${pad(rounded % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(rounded % 60)}`;
}

/** A time of the Catalog in ISO 8601; empty if there is none. */
export const formatTime = (ms: number | undefined): string =>
  ms === undefined || ms <= 0 ? '' : new Date(ms).toISOString();

/** Rows of cells as a table, each column as wide as its widest cell. */
export function formatTable(cells: readonly (readonly string[])[]): string {
  // A name may have line breaks, which would look like further rows.
  const rows = cells.map((row) => row.map((cell) => printable(cell.replace(/[\t-\r]+/g, ' '))));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const formatRow = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(formatRow).join('\n');
}

/** The dataset that a batch belongs to. */
export const findDatasetId = ({ relatedObjects }: Batch): string | undefined =>
  relatedObjects?.find(({ type }) => type === 'dataSet')?.id;
