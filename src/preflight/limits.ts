/**
 * What the platform takes. One kilobyte is 1000 bytes, as in its own pages.
 * @see https://experienceleague.adobe.com/docs/experience-platform/ingestion/guardrails.html
 */
export const MAX_FILES = 25_000;
export const ADVISED_FILES = 10_000;
export const MAX_BATCH_BYTES = 1_000_000_000_000;
export const ADVISED_BATCH_BYTES = 100_000_000_000;
export const ADVISED_EVENT_BYTES = 10_000;
export const ADVISED_RECORD_BYTES = 100_000;
export const MAX_FIELDS = 10_000;

/** How much is read at each end of a file, unless all of it is. */
export const WINDOW_BYTES = 1024 * 1024;
/** How many files are open at once. */
export const MAX_OPEN_FILES = 4;
/** A row above this is not held in memory, and so not checked. */
export const MAX_ROW_BYTES = 16 * 1024 * 1024;
/** No footer is near this; one that is would fill the memory. */
export const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/** How many findings are kept of each level: of one file, and in all. */
export const MAX_FILE_FINDINGS = 20;
export const MAX_FINDINGS = 100;

/** A size for people: `12 KB`, `1.5 TB`. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A number for people: `25,000`. */
export const countText = (count: number): string => count.toLocaleString('en-US');
