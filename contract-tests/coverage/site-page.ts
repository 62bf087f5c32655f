/**
 * Writes the scorecard as a page of the documentation: `node --import tsx contract-tests/coverage/site-page.ts <file>`.
 * It needs no run of the tests: `make contract` fails unless exactly the cells of uncovered.txt are not covered.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { document } from '../../spec-tools/bundled-document.js';
import { parseAccepted } from './accepted.js';
import { groupBy } from './group-by.js';
import { type Cell, KINDS, type Kind, listCells } from './model.js';
import { toPercent } from './scorecard.js';

const MEANINGS: Readonly<Record<Kind, string>> = {
  operation: 'each operation is called',
  status: 'each response that the document lists is received',
  example: 'each example of a response is received',
  parameter:
    'each parameter is sent, left out, sent with each value of its enum, at its bounds, and rejected',
  request: 'each body, content type and example is sent, each property is present and absent',
  response: 'each content type is received, each property is present and absent',
  header: 'each header of a response is present and absent',
  security: 'each credential is accepted and rejected',
  keyword:
    'each keyword of a schema accepts a value, at its bound if it is one, and alone rejects another',
};

const HEAD = `# Contract scorecard

What the OpenAPI document says, and what the contract tests show in messages between the client and a mock of it. A
cell is one such fact. Nothing is declared covered: the tests record each message, and \`make contract\` finds the cells
that it shows.

| kind | a cell is that | covered | cells | share |
| --- | --- | ---: | ---: | ---: |
`;

const TAIL = `
\`make contract\` writes \`coverage/contract.html\`, which names for each cell the message that shows it and the tests that
would lose it. \`make contract-mutation\` and \`make client-mutation\` measure the suite in another way: they change the
document or the client and look for what notices. See [Contributing](./contributing.md).
`;

export function formatSitePage(cells: readonly Cell[], accepted: string): string {
  const reasons = parseAccepted(accepted);
  const count = (kind: string, meaning: string, own: readonly Cell[]): string => {
    const covered = own.filter(({ name }) => !reasons.has(name)).length;
    return `| ${kind} | ${meaning} | ${covered} | ${own.length} | ${toPercent(covered, own.length)}\u00a0% |`;
  };
  const rows = KINDS.map((kind) =>
    count(
      kind,
      MEANINGS[kind],
      cells.filter((cell) => cell.kind === kind),
    ),
  );
  const groups = groupBy([...reasons], ([, reason]) => reason);
  const uncovered = [...groups].map(
    ([reason, entries]) => `${reason}\n\n${entries.map(([name]) => `- \`${name}\``).join('\n')}\n`,
  );
  return [
    HEAD,
    [...rows, count('all', '', cells)].join('\n'),
    '\n\n## Not covered\n\n',
    uncovered.length === 0 ? 'Nothing.\n' : uncovered.join('\n'),
    TAIL,
  ].join('');
}

const [, , file] = process.argv;
if (file?.endsWith('.md') === true) {
  const accepted = readFileSync(new URL('../uncovered.txt', import.meta.url), 'utf8');
  writeFileSync(file, formatSitePage(listCells(document), accepted));
}
