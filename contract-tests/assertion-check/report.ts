/** The report on removed assertions, as text and as JSON. */
import { formatAssertion, type Judged, type Verdict } from './judge-file.js';

export interface RunInfo {
  seed: number;
  seconds: number;
  /** How many assertions the contract tests have. */
  total: number;
}

const MAX_CELLS = 3;

function describe(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'coverage': {
      const more =
        verdict.lost.length > MAX_CELLS ? `, and ${verdict.lost.length - MAX_CELLS} more` : '';
      return `lowers coverage: ${verdict.lost.slice(0, MAX_CELLS).join(', ')}${more}`;
    }
    case 'lives':
      return `lets a fault live: ${verdict.fault}`;
    case 'needed':
      return `other tests fail without it: ${verdict.by}`;
    case 'covered':
      return `is covered by ${verdict.by}, which also notices ${verdict.fault}`;
    case 'unnoticed':
      return `NOTICED BY NOTHING: ${verdict.tried} faults were tried`;
  }
}

export const formatJudged = ({ assertion, verdict }: Judged): string =>
  `${formatAssertion(assertion)}\n  ${describe(verdict)}`;

export const listUnnoticed = (judged: readonly Judged[]): Judged[] =>
  judged.filter(({ verdict }) => verdict.kind === 'unnoticed');

export function formatReport(judged: readonly Judged[], { seed, seconds, total }: RunInfo): string {
  const count = (kind: Verdict['kind']) =>
    judged.filter(({ verdict }) => verdict.kind === kind).length;
  return [
    ...judged.map(formatJudged),
    '',
    `${judged.length} of ${total} assertions removed, one at a time, seed ${seed}, ${seconds} s: ` +
      `${count('coverage') + count('needed')} lower coverage or are needed by others, ` +
      `${count('lives')} let a fault live, ${count('covered')} are covered by others that are named, ` +
      `${count('unnoticed')} noticed by nothing`,
    '',
  ].join('\n');
}

export const toJson = (judged: readonly Judged[], info: RunInfo) => ({
  ...info,
  assertions: judged.map(({ assertion: { file, line, text }, verdict }) => ({
    file,
    line,
    text,
    ...verdict,
  })),
});
