/** Rows of uploaded files, and how they are to be read. */
import type { components } from '../../../generated/openapi.js';

/** How files are to be read; what is missing has the document's default. */
export type RowFormat = Partial<components['schemas']['InputFormat']>;

/** A row that could be read, or the text of one that could not be. */
export type Row = { value: unknown } | { corrupt: string };

/** No row is longer: the platform takes 100 KB. What is longer cannot be read, and is cut off. */
export const MAX_ROW_BYTES = 1024 * 1024;
/** The text of a row that cannot be read is kept up to this length. */
const MAX_CORRUPT_CHARACTERS = 10_000;

/**
 * A row that cannot be read. The copy is to let go of the text that it is a part of, which may be a hundred times as long.
 */
export const corrupt = (text: string): Row => ({
  corrupt: Buffer.from(text.slice(0, MAX_CORRUPT_CHARACTERS)).toString(),
});
