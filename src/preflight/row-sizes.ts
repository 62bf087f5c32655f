/** The sizes of rows against what the platform's pages advise. */
import { formatSize } from '../shared/format.js';
import { ADVISED_EVENT_BYTES, ADVISED_RECORD_BYTES } from '../shared/limits.js';
import { type FileFindings, type Location, MAX_PLACES } from './findings.js';

interface LargeRows {
  count: number;
  /** The size of the first one. */
  bytes: number;
  readonly locations: Location[];
}

/**
 * The rows of a file that are larger than advised: one kind of warning per file. Whether a row is an
 * event or a record depends on the dataset, so the warning names both limits.
 */
export class RowSizes {
  readonly #events: LargeRows = { count: 0, bytes: 0, locations: [] };
  readonly #records: LargeRows = { count: 0, bytes: 0, locations: [] };

  observe(bytes: number, location: Location): void {
    if (bytes <= ADVISED_EVENT_BYTES) return;
    addRow(this.#events, bytes, location);
    if (bytes > ADVISED_RECORD_BYTES) addRow(this.#records, bytes, location);
  }

  report(findings: FileFindings): void {
    const isRecord = this.#records.count > 0;
    const { count, bytes, locations } = isRecord ? this.#records : this.#events;
    const limits = `${formatSize(ADVISED_EVENT_BYTES)} are advised for an event and ${formatSize(ADVISED_RECORD_BYTES)} for a record`;
    const message = `the row has ${formatSize(bytes)}; at most ${limits}. Make such rows smaller if you can.`;
    const details = { rule: 'size', kind: isRecord ? 'record size' : 'event size' } as const;
    for (let at = 0; at < count; at++) findings.addWarning(message, locations[at], details);
  }
}

function addRow(rows: LargeRows, bytes: number, location: Location): void {
  if (rows.count === 0) rows.bytes = bytes;
  rows.count++;
  if (rows.locations.length < MAX_PLACES) rows.locations.push(location);
}
