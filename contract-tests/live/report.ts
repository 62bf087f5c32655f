/** A live run for the terminal, and the rows that it proposes for docs/known-drift.md. */
import type { LiveDifference } from './differences.js';
import { NOT_ASKABLE, QUESTIONS } from './questions.js';
import type { LiveReport } from './run-live.js';

export function formatReport(report: LiveReport): string {
  const { differences, responses, failures, left, isStopped } = report;
  const called = responses.filter(({ statuses }) => Object.keys(statuses).length > 0);
  const missing = responses.filter((one) => !called.includes(one));
  const rows = proposeRows(report);
  return [
    `Responses of ${report.origin}, compared with document ${report.document}`,
    table(['operation', 'responses'], called.map(toCalledRow)),
    missing.length === 0
      ? ''
      : `Not called: ${missing.map(({ operation }) => operation).join(', ')}`,
    differences.length === 0
      ? 'No response differs from the document.'
      : table(
          ['operation', 'status', 'where', 'document', 'received', 'times'],
          differences.map(toDifferenceRow),
        ),
    table(['open question', 'finding'], report.findings.map(toFindingRow)),
    table(
      ['not askable', 'reason'],
      NOT_ASKABLE.map(({ text, reason }) => [text, reason]),
    ),
    rows.length === 0 ? '' : `Proposed rows for docs/known-drift.md:\n${rows.join('\n')}`,
    ...failures.map((failure) => `failed: ${failure}`),
    isStopped ? 'Stopped before the end.' : '',
    left.length === 0
      ? 'Nothing was left behind.'
      : `LEFT BEHIND: ${left.join(', ')}. Abort it: aep-batch abort <id>`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

const toCalledRow = ({ operation, statuses }: LiveReport['responses'][number]) => [
  operation,
  Object.entries(statuses)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', '),
];
const toDifferenceRow = (one: LiveDifference) => [
  ...[one.operation, String(one.status), one.path, one.expected, one.received, String(one.count)],
];
const toFindingRow = ({ question, finding }: LiveReport['findings'][number]) => [
  QUESTIONS[question].text,
  finding,
];

/**
 * Rows with the columns of docs/known-drift.md. What is accepted, and which test shows it, is decided by whoever
 * adds the row. Received values are not in them, because the page is public: only their types.
 */
export function proposeRows({ differences, findings, date }: LiveReport): string[] {
  const drifts = differences.map((one) => [
    `\`${one.operation}\` ${one.status}: \`${one.path}\``,
    `the document: ${one.expected}; a sandbox on ${date}: ${describeType(one)}`,
    'to be decided',
    'to be written',
  ]);
  const settled = findings
    .filter(({ question, value }) => 'row' in QUESTIONS[question] && value !== undefined)
    .map(({ question, finding }) => [
      QUESTIONS[question].text,
      `not published; a sandbox on ${date}: ${finding}`,
      'to be decided',
      'to be written',
    ]);
  return [...drifts, ...settled].map(toRow);
}

/** Statuses and media types hold no data of a customer. */
function describeType({ path, received }: LiveDifference): string {
  if (path === 'status' || path === 'content-type' || received === 'nothing') return received;
  if (received.startsWith('"')) return 'a text';
  if (received.startsWith('{')) return 'an object';
  if (received.startsWith('[')) return 'a list';
  return /^-?\d/.test(received) ? 'a number' : received;
}

const escapeCell = (cell: string) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ');
const toRow = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [toRow(head), toRow(head.map(() => '---')), ...rows.map(toRow)].join('\n');
