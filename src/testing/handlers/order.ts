/** In which order the Catalog lists batches. */
import type { Batch } from '../platform/batch.js';

interface Key {
  name: string;
  sign: 1 | -1;
}

/** `name,desc:created`: each ascending unless it says otherwise. */
function keysOf(text: string): Key[] {
  return text.split(',').map((part) => {
    const [, direction, name = ''] = /^\s*(?:(asc|desc):)?(.*?)\s*$/.exec(part) ?? [];
    return { name, sign: direction === 'desc' ? -1 : 1 };
  });
}

/**
 * Compares two batches; without an order, as they were created. Those that are equal are ordered by
 * their creation, too, in the direction of the first field.
 */
export function ordered(orderBy: string | undefined): (a: Batch, b: Batch) => number {
  const keys = orderBy === undefined ? [] : keysOf(orderBy);
  return (a, b) => {
    const [one, two] = [fieldsOf(a), fieldsOf(b)];
    for (const { name, sign } of keys) {
      const difference = compare(one[name], two[name]);
      if (difference !== 0) return difference * sign;
    }
    return (a.sequence - b.sequence) * (keys[0]?.sign ?? 1);
  };
}

const fieldsOf = (batch: Batch): Record<string, unknown> => ({ ...batch.told() });

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [one, two] = [String(a ?? ''), String(b ?? '')];
  if (one === two) return 0;
  return one < two ? -1 : 1;
}
