/** Places in a schema, and the error for what is wrong there. */

import { InvalidInputError } from '../shared/errors.js';
import { toStep } from '../shared/json-pointer.js';

/** Where in a schema something is. */
export interface SchemaPlace {
  /** What messages call the schema, such as its file. */
  readonly source: string;
  /** A JSON pointer into the schema. */
  readonly pointer: string;
  /** A JSON pointer into rows. */
  readonly path: string;
  readonly depth: number;
}

/** The error for a schema that cannot be used. */
export function invalidSchema(
  { source, pointer }: Pick<SchemaPlace, 'source' | 'pointer'>,
  expected: string,
  received: string,
  fix = '',
): InvalidInputError {
  const at = pointer === '' ? '' : ` at ${pointer}`;
  const message = `Invalid ${source}${at}: expected ${expected}, received ${received}.`;
  return new InvalidInputError(`schema${pointer}`, fix === '' ? message : `${message} ${fix}`);
}

/** The place of a part. @param step of its path, where the part is a field. */
export const inside = (
  place: SchemaPlace,
  keys: readonly string[],
  step?: string,
): SchemaPlace => ({
  source: place.source,
  pointer: `${place.pointer}${keys.map((key) => `/${toStep(key)}`).join('')}`,
  path: step === undefined ? place.path : `${place.path}/${step}`,
  depth: place.depth + 1,
});
