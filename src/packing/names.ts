/** The names of packed files: the same on any machine, whatever other files there are. */
import { createHash } from 'node:crypto';

const PACKED = /(?:^|\/)packed(?:-[0-9a-f]{12})?(?:-[01]+)?\.(?:jsonl|csv)$/;

/**
 * @param kind what only files with the same are packed by: `json`, or the header and the delimiter of CSV.
 * @param bits by which bits of their hashes the names of the files were chosen.
 */
export function toPackedName(kind: string, bits: string): string {
  const suffix = bits === '' ? '' : `-${bits}`;
  if (kind === 'json') return `packed${suffix}.jsonl`;
  const header = createHash('sha256').update(kind).digest('hex').slice(0, 12);
  return `packed-${header}${suffix}.csv`;
}

/** Whether a file may be a packed one, by its name in the batch. */
export const isPackedName = (name: string): boolean => PACKED.test(name);
