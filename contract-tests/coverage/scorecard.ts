/** The scorecard: how many cells of each kind are covered, as text and as JSON. */
import { type Changes, parseAccepted } from './accepted.js';
import type { Coverage, CoveredCell } from './cover.js';
import { groupBy } from './group-by.js';
import { KINDS, type Kind } from './model.js';

export interface Score {
  kind: Kind;
  covered: number;
  total: number;
  /** Of the cells that are not covered. */
  accepted: number;
}

export function scoreKinds(cells: readonly CoveredCell[], accepted: string): Score[] {
  const reasons = parseAccepted(accepted);
  return KINDS.map((kind) => {
    const own = cells.filter((cell) => cell.kind === kind);
    const uncovered = own.filter(({ tests }) => tests.size === 0);
    return {
      kind,
      covered: own.length - uncovered.length,
      total: own.length,
      accepted: uncovered.filter(({ name }) => reasons.has(name)).length,
    };
  });
}

/** Rounded down, so that only full coverage is 100. */
export const toPercent = (covered: number, total: number): string =>
  total === 0 ? '100.0' : (Math.floor((covered / total) * 1000) / 10).toFixed(1);

/** The most names that a list on the terminal has. */
const MAX_NAMES = 20;

export function formatScorecard(scores: readonly Score[], changes: Changes): string {
  const sum = (of: (score: Score) => number) => scores.reduce((all, score) => all + of(score), 0);
  const all = {
    kind: 'all',
    covered: sum(({ covered }) => covered),
    total: sum(({ total }) => total),
    accepted: sum(({ accepted }) => accepted),
  };
  const rows = [...scores, all].map(({ kind, covered, total, accepted }) => [
    kind.padEnd(9),
    String(covered).padStart(7),
    String(total).padStart(5),
    `${toPercent(covered, total)} %`.padStart(7),
    String(accepted).padStart(8),
    String(total - covered - accepted).padStart(4),
  ]);
  const head = ['kind     ', 'covered', 'total', '      %', 'accepted', 'lost'];
  return [
    ...[head, ...rows].map((row) => row.join('  ')),
    ...listNames('NOT COVERED', changes.lost),
    ...listNames('COVERED NOW, OR GONE', changes.gained),
  ].join('\n');
}

function listNames(title: string, names: readonly string[]): string[] {
  const more = names.length - MAX_NAMES;
  return [
    ...names.slice(0, MAX_NAMES).map((name) => `${title}: ${name}`),
    ...(more > 0 ? [`${title}: ${more} more, see coverage/contract.html`] : []),
  ];
}

/** The report for programs. */
export function toJson(coverage: Coverage, accepted: string, changes: Changes) {
  const reasons = parseAccepted(accepted);
  return {
    kinds: scoreKinds(coverage.cells, accepted),
    ...changes,
    exchanges: coverage.exchanges,
    differences: coverage.differences,
    cells: coverage.cells.map(({ tests, ...cell }) => {
      const reason = tests.size === 0 ? reasons.get(cell.name) : undefined;
      return { ...cell, tests: tests.size, ...(reason === undefined ? {} : { reason }) };
    }),
    tests: listTests(coverage.cells),
  };
}

/** What a test covers. */
interface TestReport {
  test: string;
  cells: number;
  /** The cells that would be lost without it. */
  only: string[];
  /** Other tests that together cover all that it covers, if nothing would be lost without it. */
  coveredBy?: string[];
}

export function listTests(cells: readonly CoveredCell[]): TestReport[] {
  const pairs = cells.flatMap((cell) => [...cell.tests].map((test) => ({ test, cell })));
  return [...groupBy(pairs, ({ test }) => test)].map(([test, entries]) => {
    const own = entries.map(({ cell }) => cell);
    const only = own.filter(({ tests }) => tests.size === 1).map(({ name }) => name);
    const report = { test, cells: own.length, only };
    return only.length > 0 ? report : { ...report, coveredBy: findOthers(test, own) };
  });
}

/** The rarest cells first: the tests that cover them often cover the common ones, too. */
function findOthers(test: string, cells: readonly CoveredCell[]): string[] {
  const others: string[] = [];
  for (const { tests } of [...cells].sort((a, b) => a.tests.size - b.tests.size)) {
    if (others.some((other) => tests.has(other))) continue;
    const other = [...tests].find((name) => name !== test);
    if (other !== undefined) others.push(other);
  }
  return others;
}
