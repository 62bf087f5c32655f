/** The reasons of rejected rows, one by one and counted. */
import type { RejectedRow } from '../../ingest/rejected-rows.js';
import { explainCode } from '../../resources/codes.js';
import { toColumns, toPointer } from '../../resources/row-error.js';
import { omitUndefined } from '../../shared/options.js';
import { printableLine } from '../../shared/printable.js';
import { formatQuantity } from '../format.js';

/** One reason why a row was rejected. */
export interface Rejection {
  /** The file of the row, if it is known. */
  file?: string;
  /** Its line in that file, if that is certain. */
  line?: number;
  code: string;
  message: string;
  /** The affected column as a JSON pointer into the row. */
  path?: string;
  /** What to do about it. */
  fix?: string;
  /** The row as it was sent. */
  record?: unknown;
}

/** Every reason of a row. @param isFlat whether the columns of its file are flat, as in CSV. */
export function toRejections(rejected: RejectedRow, isFlat: boolean): Rejection[] {
  const { file, line, code, message, row } = rejected;
  const columns = toColumns(row);
  const record = rejected.record ?? (Object.keys(columns).length === 0 ? undefined : columns);
  const reasons = row._errors.length === 0 ? [{ code, message }] : row._errors;
  return reasons.map((reason) => {
    const column = 'column' in reason ? reason.column : undefined;
    const path = column === undefined ? undefined : toPointer(column, row, isFlat);
    const fix = explainCode(reason.code, reason.message)?.fix;
    const { code: ownCode, message: text } = reason;
    return omitUndefined({ file, line, code: ownCode, message: text, path, fix, record });
  });
}

/** How often one code was met, for one column. */
export interface RejectionCount {
  code: string;
  path?: string;
  count: number;
}

/** What is shown of all rejections with one code and column. */
interface Group extends RejectionCount {
  readonly message: string;
  readonly fix: string | undefined;
  readonly first: string[];
}

/** Groups beyond this are counted by their codes alone, and codes beyond it together. */
const MAX_GROUPS = 1000;
/** How many rows of a group are shown to people. */
const MAX_PLACES = 5;
/** How much of a row is quoted in a line for people. */
const MAX_QUOTED_LENGTH = 120;
const OTHER = 'other';

/** Counts rejections by code and column, in bounded memory. */
export class RejectionSummary {
  readonly #groups = new Map<string, Group>();

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  add(rejection: Rejection, count = 1): void {
    const group = this.#find(rejection);
    group.count += count;
    if (group.first.length < MAX_PLACES) group.first.push(formatPlace(rejection));
  }

  #find({ code, path, message, fix }: Rejection): Group {
    const isFull = this.#groups.size >= MAX_GROUPS;
    for (const key of [
      { code, path },
      { code, path: undefined },
      { code: OTHER, path: undefined },
    ]) {
      const name = JSON.stringify([key.code, key.path]);
      const found = this.#groups.get(name);
      if (found !== undefined) return found;
      if (isFull && key.code !== OTHER) continue;
      const group = { ...omitUndefined(key), count: 0, message, fix, first: [] };
      this.#groups.set(name, group);
      return group;
    }
    throw new Error('A group was found or made.');
  }

  #sorted(): Group[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }

  /** The most frequent first. */
  toJSON(): RejectionCount[] {
    return this.#sorted().map(({ code, path, count }) => omitUndefined({ code, path, count }));
  }

  /** A few lines for each group. @param hasPlaces whether the first rows are shown. */
  format(hasPlaces: boolean): string[] {
    return this.#sorted().flatMap(({ code, path, count, message, fix, first }) => {
      // Named once: some messages of the platform begin with the column.
      const column = path === undefined || message.startsWith(`${path}:`) ? '' : path;
      const name = [code, column].filter((part) => part !== '').join(' ');
      const more = count - first.length;
      const places = [...first, ...(more > 0 ? [`and ${formatQuantity(more, 'more row')}`] : [])];
      return [
        `  ${quote([name, message].filter((part) => part !== '').join(': '))} (${formatQuantity(count, 'row')})`,
        ...(fix === undefined ? [] : [`    ${fix}`]),
        ...(hasPlaces ? places.filter((place) => place !== '').map((place) => `    ${place}`) : []),
      ];
    });
  }
}

function formatPlace({ file, line, record }: Rejection): string {
  const row = typeof record === 'string' ? record : JSON.stringify(record);
  const place = [file, line].filter((part) => part !== undefined).join(':');
  return [place, row === undefined ? '' : quote(row)].filter((part) => part !== '').join(': ');
}

/** The beginning of a text, on one printable line. */
function quote(text: string): string {
  const line = printableLine(text.slice(0, MAX_QUOTED_LENGTH + 1));
  return text.length > MAX_QUOTED_LENGTH ? `${line.slice(0, MAX_QUOTED_LENGTH)}…` : line;
}
