/** The report of a run as text. */
import {
  formatShare,
  listShortfalls,
  type Result,
  type Score,
  scoreKinds,
  scoreResults,
} from './result.js';

export interface RunInfo {
  seed: number;
  seconds: number;
  /** How many mutants the document has. */
  total: number;
}

export const COLUMNS = [
  'kind',
  'mutants',
  'facts',
  'types',
  'suite',
  'survived',
  'killed',
  'surface',
];

export const toRow = (score: Score): string[] => [
  score.kind,
  `${score.meaningful}`,
  `${score.byTier.facts}`,
  `${score.byTier.types}`,
  `${score.byTier.suite}`,
  `${score.survived}`,
  formatShare(score),
  `${score.onSurface}`,
];

export const formatSurvivor = ({ kind, pointer, change }: Result): string =>
  `${kind} ${pointer}: ${change}`;

export const listSurvivors = (results: readonly Result[]): Result[] =>
  results.filter(
    ({ killedBy, unobservable }) => killedBy === undefined && unobservable === undefined,
  );

export function formatText(results: readonly Result[], { seed, seconds, total }: RunInfo): string {
  const rows = [COLUMNS, ...scoreKinds(results).map(toRow), toRow(scoreResults('all', results))];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  const survivors = listSurvivors(results);
  const unobservable = results.length - scoreResults('all', results).meaningful;
  const shortfalls = listShortfalls(results);
  return [
    `${results.length} of ${total} mutants, seed ${seed}, ${seconds} s; ${unobservable} change nothing that can be seen`,
    '',
    ...lines,
    '',
    ...survivors.map((one) => `survived: ${formatSurvivor(one)}`),
    ...shortfalls.map((one) => `below the gate: ${one}`),
    '',
  ].join('\n');
}
