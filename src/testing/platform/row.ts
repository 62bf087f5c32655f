/** A row of an uploaded file. */

/** A row, or the text of one that cannot be read. */
export type Row = { value: unknown } | { corrupt: string };

/** The text of a row that cannot be read is kept up to this length. */
const MAX_CORRUPT_CHARACTERS = 10_000;

/**
 * A row that cannot be read. The copy releases the text that the row is a part of, which may be a hundred times
 * as long.
 */
export const toCorruptRow = (text: string): Row => ({
  corrupt: Buffer.from(text.slice(0, MAX_CORRUPT_CHARACTERS)).toString(),
});

export const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
