import type { FileFindings, Place } from './findings.js';
import { ADVISED_EVENT_BYTES, ADVISED_RECORD_BYTES, sizeText } from './limits.js';

/**
 * The sizes of a file's rows against what is advised: one warning a file. Whether a row is an event
 * or a record is the dataset's affair, so both limits are told.
 */
export class RowSizes {
  #event: { bytes: number; place: Place } | undefined;
  #record: { bytes: number; place: Place } | undefined;

  see(bytes: number, place: Place): void {
    if (bytes <= ADVISED_EVENT_BYTES) return;
    this.#event ??= { bytes, place };
    if (bytes > ADVISED_RECORD_BYTES) this.#record ??= { bytes, place };
  }

  report(findings: FileFindings): void {
    const row = this.#record ?? this.#event;
    if (row === undefined) return;
    const limits = `${sizeText(ADVISED_EVENT_BYTES)} are advised for an event and ${sizeText(ADVISED_RECORD_BYTES)} for a record`;
    findings.warn(
      `is ${sizeText(row.bytes)} long; at most ${limits}. Make such rows smaller if you can.`,
      row.place,
    );
  }
}
