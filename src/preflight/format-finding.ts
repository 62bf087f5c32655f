/** A finding in words: for messages and for the command. */
import { formatCount, formatPath } from '../shared/format.js';
import { omitUndefined } from '../shared/options.js';
import type { Finding, FindingPlace } from './types.js';

/**
 * A finding as text: `rows.jsonl:2: not valid JSON: …`. A second line has the other places, if there
 * are any.
 */
export function formatFinding({
  file,
  line,
  message,
  count = 1,
  places = [],
}: Pick<Finding, 'message'> & Partial<Finding>): string {
  const where = file === undefined ? '' : `${formatPlace(omitUndefined({ file, line }))}: `;
  const first = `${where}${message}`;
  if (count === 1 || places.length === 0) return first;
  const others = places.slice(1);
  const list = others.length === 0 ? '' : `: ${formatPlaces(others)}`;
  const more = count > places.length && others.length > 0 ? ', …' : '';
  return `${first}\n  and ${formatCount(count - 1)} more like this${list}${more}`;
}

const formatPlace = ({ file, line }: FindingPlace): string =>
  `${formatPath(file)}${line === undefined ? '' : `:${line}`}`;

/** Places on one line: each file once, with its lines: `a.json:3-7, 9; b.json:1`. */
function formatPlaces(places: readonly FindingPlace[]): string {
  const files: { file: string; lines: { from: number; to: number }[] }[] = [];
  for (const { file, line } of places) {
    let last = files.at(-1);
    if (last?.file !== file) {
      last = { file, lines: [] };
      files.push(last);
    }
    const range = last.lines.at(-1);
    if (line === undefined || line === range?.to) continue;
    if (range !== undefined && line === range.to + 1) range.to = line;
    else last.lines.push({ from: line, to: line });
  }
  return files
    .map(({ file, lines }) => {
      const ranges = lines.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
      return ranges.length === 0 ? formatPath(file) : `${formatPath(file)}:${ranges.join(', ')}`;
    })
    .join('; ');
}
