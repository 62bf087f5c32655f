/** Rows that a schema takes, made up for tests and demonstrations. */

import { number } from '../../shared/checks.js';
import { InvalidInputError } from '../../shared/errors.js';
import { ADVISED_EVENT_BYTES, ADVISED_RECORD_BYTES } from '../../shared/limits.js';
import { type OptionTable, validateOptions, withDefault } from '../../shared/options.js';
import { createRandom } from '../../shared/random.js';
import type { RowSchema } from '../row-schema.js';
import { createRowDraw } from './fields.js';
import type { DrawValue } from './values.js';

/** How rows are made up. */
export interface SampleRowsOptions {
  /** How many. Default 10. */
  count?: number;
  /** The same seed gives the same rows, on every machine and day. From 0 to 2^32-1, default 1. */
  seed?: number;
}

export const DEFAULT_COUNT = 10;
export const DEFAULT_SEED = 1;
export const MAX_SEED = 2 ** 32 - 1;
const OPTIONS: OptionTable<SampleRowsOptions, 'count' | 'seed'> = {
  count: withDefault(
    number({ min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'rows', whole: true }),
    DEFAULT_COUNT,
  ),
  seed: withDefault(number({ min: 0, max: MAX_SEED, unit: 'a seed', whole: true }), DEFAULT_SEED),
};
const MAX_TRIES = 20;
/** The share of optional fields that a row has, and by how much it falls where rows become too large. */
const USUAL_DENSITY = 0.8;
const LESS = 0.6;
const MIN_DENSITY = 0.001;
/** How much of what Profile takes a row may need. */
const SIZE_SHARE = 0.8;

/**
 * Makes up rows that `schema.check()` finds nothing in: with all required fields and some optional ones, `_id`s
 * and identities that no other row of this seed has, exactly one primary identity in identityMap, and times in
 * 2025. What the schema says nothing about is left out. Rows are made one by one, as they are read.
 * @throws {InvalidInputError} for an option that cannot be used and, with the first row, for a schema that no row
 *   is found for.
 */
export function sampleRows(
  schema: RowSchema,
  options?: SampleRowsOptions,
): Generator<Record<string, unknown>, void> {
  const { count, seed } = validateOptions(OPTIONS, options);
  return drawRows(schema, count, seed);
}

function* drawRows(
  schema: RowSchema,
  count: number,
  seed: number,
): Generator<Record<string, unknown>, void> {
  const random = createRandom(seed);
  const draw = new SoundRows(schema, random);
  for (let row = 0; row < count; row++) yield draw.next(row);
}

class SoundRows {
  readonly #schema: RowSchema;
  readonly #random: () => number;
  readonly #draw: DrawValue;
  readonly #maxBytes: number;
  #density = USUAL_DENSITY;

  constructor(schema: RowSchema, random: () => number) {
    this.#schema = schema;
    this.#random = random;
    this.#draw = createRowDraw(schema);
    const isEvent = schema.kind === 'time-series';
    this.#maxBytes = SIZE_SHARE * (isEvent ? ADVISED_EVENT_BYTES : ADVISED_RECORD_BYTES);
  }

  /** A row that nothing is found in or, where there is none, at least one that is not rejected. */
  next(row: number): Record<string, unknown> {
    let accepted: Record<string, unknown> | undefined;
    let problem = 'no value was found for a required field.';
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const value = this.#draw({ random: this.#random, row, density: this.#density }, true);
      if (!isFields(value)) continue;
      const bytes = Buffer.byteLength(JSON.stringify(value));
      if (bytes > this.#maxBytes && this.#density > MIN_DENSITY) {
        this.#density *= LESS;
        tries--;
        continue;
      }
      const findings = this.#schema.check(value, bytes);
      const error = findings.find(({ level }) => level === 'error');
      if (findings.length === 0) return value;
      if (error === undefined) accepted ??= value;
      else problem = error.message;
    }
    if (accepted !== undefined) return accepted;
    throw new InvalidInputError('schema', `No row of this schema can be made up: ${problem}`);
  }
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
