/** What the simulated platform may be set to, where its behaviour was never published. */
import { checkBoolean, choice, number } from '../shared/checks.js';
import { namedObject, type OptionTable, validateOptions, withDefault } from '../shared/options.js';
import { oneOfNumbers } from './checks.js';

/** Behaviour of the platform that was never published: each can be set to what it may be. */
export interface PlatformQuirks {
  /** Whether `Content-Range` of a part has to have `/total`. Default `false`. */
  totalRequired: boolean;
  /** Whether a part that is sent again with the same range is an overlap. Default `false`. */
  identicalRangeOverlaps: boolean;
  /**
   * The `Range` header of HEAD: `bytes=0-99`, `bytes 0-99`, each part by itself as `bytes=0-9,10-99`, or
   * no header. Default `'equals'`. Where nothing has arrived there is no header in any of them.
   */
  headFormat: 'equals' | 'space' | 'list' | 'none';
  /** The status of HEAD for a completed file: 200 with its range, or 404. Default 404. */
  finishedFileStatus: 200 | 404;
  /** The status of COMPLETE of a large file: 200 with name and size, or 201. Default 201. */
  completeFileStatus: 200 | 201;
  /**
   * What INITIALIZE does to a file that was initialized before, open or completed: it discards what has
   * arrived, or it is rejected with 400. Default `'restarts'`.
   */
  reinitialize: 'restarts' | 'refused';
  /** Whether 429 and 503 have `Retry-After: 1`. Default `true`. */
  retryAfter: boolean;
  /** How many reads of the Catalog a new batch is missing from. Default 0. */
  catalogLagReads: number;
  /** The status for a second batch with the same `externalId`; with 201 it is created. Default 422. */
  duplicateStatus: 201 | 400 | 409 | 422;
  /** The unit of a token's `expires_in`; an older flow has milliseconds. Default `'seconds'`. */
  tokenLifetimeUnit: 'seconds' | 'milliseconds';
  /** The form of errors of the Schema Registry: with a report and a code, or the older one. Default `'report'`. */
  registryErrorForm: 'report' | 'older';
  /** The status for a schema that exists in other major versions. Default 404. */
  schemaVersionStatus: 404 | 406;
  /**
   * What happens to a JSON or CSV field that the dataset's schema does not have: it is ignored, or its row is
   * rejected. Default `'ignored'`. A column of Parquet that the schema does not have always fails the batch.
   */
  unknownFields: 'ignored' | 'rejected';
  /** What happens to a row with `""`, `{}` or `[]` in a field of the schema. Default `'accepted'`. */
  emptyValues: 'accepted' | 'rejected';
}

const READS = { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true, unit: 'reads' };
const QUIRKS: OptionTable<Partial<PlatformQuirks>, keyof PlatformQuirks> = {
  totalRequired: withDefault(checkBoolean, false),
  identicalRangeOverlaps: withDefault(checkBoolean, false),
  headFormat: withDefault(choice('equals', 'space', 'list', 'none'), 'equals'),
  finishedFileStatus: withDefault(oneOfNumbers(200, 404), 404),
  completeFileStatus: withDefault(oneOfNumbers(200, 201), 201),
  reinitialize: withDefault(choice('restarts', 'refused'), 'restarts'),
  retryAfter: withDefault(checkBoolean, true),
  catalogLagReads: withDefault(number(READS), 0),
  duplicateStatus: withDefault(oneOfNumbers(201, 400, 409, 422), 422),
  tokenLifetimeUnit: withDefault(choice('seconds', 'milliseconds'), 'seconds'),
  registryErrorForm: withDefault(choice('report', 'older'), 'report'),
  schemaVersionStatus: withDefault(oneOfNumbers(404, 406), 404),
  unknownFields: withDefault(choice('ignored', 'rejected'), 'ignored'),
  emptyValues: withDefault(choice('accepted', 'rejected'), 'accepted'),
};
export const resolveQuirks = (value: unknown): PlatformQuirks =>
  validateOptions(QUIRKS, value, namedObject('quirks'));
