/** The report as a page: one file without scripts or requests, for a screen or a phone, light or dark. */
import { type Changes, parseAccepted } from './accepted.js';
import type { Coverage, CoveredCell } from './cover.js';
import { groupBy } from './group-by.js';
import { escapeMarkup } from './markup.js';
import { type Score, scoreKinds, toPercent } from './scorecard.js';

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #ffffff; --line: #d0d7de; --bar: #1a7f37; --rest: #d0d7de; --bad: #b42318; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --back: #0d1117; --line: #3d444d; --bar: #3fb950; --rest: #3d444d; --bad: #ff8f86; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
a { color: var(--link); } p { margin: .5rem 0; } small, .soft { color: var(--soft); }
table { width: 100%; border-collapse: collapse; overflow-wrap: normal; } th, td { text-align: left; padding: .3rem .5rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { display: block; height: .5rem; min-width: 3rem; margin-top: .5rem; background: var(--rest); border-radius: .25rem; overflow: hidden; } .bar > i { display: block; height: 100%; background: var(--bar); }
ul { list-style: none; padding: 0; margin: .3rem 0; } li { padding: .15rem 0 .15rem 1.4rem; position: relative; } li::before { position: absolute; left: 0; }
li.no::before { content: "✗"; color: var(--bad); } li.accepted::before { content: "○"; color: var(--soft); } li.yes::before { content: "✓"; color: var(--bar); }
nav { columns: 16rem; } nav a { display: block; padding: .1rem 0; } code { font-size: .9em; }
summary { cursor: pointer; padding: .3rem 0; } .bad { color: var(--bad); font-weight: 600; }
@media (max-width: 40rem) { .wide { display: none; } table { font-size: .9rem; } }
`;

export function formatPage(coverage: Coverage, accepted: string, changes: Changes): string {
  const reasons = parseAccepted(accepted);
  const sections = [...groupBy(coverage.cells, ({ section }) => section)];
  const body = [
    '<h1 id="top">Contract coverage</h1>',
    `<p>What the document says, and which of it the contract tests showed on the wire: ${coverage.exchanges} exchanges.</p>`,
    formatVerdict(changes),
    formatSummary(scoreKinds(coverage.cells, accepted)),
    '<h2 id="sections">Sections</h2>',
    `<nav>${sections.map(([name, cells]) => formatLink(name, cells)).join('')}</nav>`,
    ...sections.map(([name, cells]) => formatSection(name, cells, reasons)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Contract coverage</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

function formatVerdict({ lost, gained }: Changes): string {
  if (lost.length + gained.length === 0) return '<p>Coverage is what was accepted.</p>';
  return [
    lost.length === 0
      ? ''
      : `<p class="bad">${lost.length} cells are not covered and not accepted:</p>${formatNames(lost, 'no')}`,
    gained.length === 0
      ? ''
      : `<p class="bad">${gained.length} accepted cells are covered now, or gone:</p>${formatNames(gained, 'yes')}`,
  ].join('');
}

const formatNames = (names: readonly string[], mark: string): string =>
  `<ul>${names.map((name) => `<li class="${mark}"><code>${escapeMarkup(name)}</code></li>`).join('')}</ul>`;

function formatSummary(scores: readonly Score[]): string {
  const rows = scores.map(({ kind, covered, total, accepted }) => {
    const percent = toPercent(covered, total);
    return `<tr><th scope="row">${kind}</th><td class="number">${covered} of ${total}</td><td class="number">${percent} %</td><td class="wide"><span class="bar"><i style="width:${percent}%"></i></span></td><td class="number">${accepted}</td></tr>`;
  });
  return `<table><thead><tr><th scope="col">Kind</th><th scope="col" class="number">Covered</th><th scope="col" class="number">%</th><th scope="col" class="wide"><span hidden>Share</span></th><th scope="col" class="number">Accepted</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const toAnchor = (section: string): string => `section-${section.replace(/[^\w]/g, '-')}`;

const countCovered = (cells: readonly CoveredCell[]): number =>
  cells.filter(({ tests }) => tests.size > 0).length;

const formatLink = (name: string, cells: readonly CoveredCell[]): string =>
  `<a href="#${toAnchor(name)}">${escapeMarkup(name)} <small>${countCovered(cells)}/${cells.length}</small></a>`;

function formatSection(
  name: string,
  cells: readonly CoveredCell[],
  reasons: ReadonlyMap<string, string>,
): string {
  const uncovered = cells.filter(({ tests }) => tests.size === 0);
  const covered = cells.filter(({ tests }) => tests.size > 0);
  const lost = uncovered.filter((cell) => !reasons.has(cell.name));
  const groups = groupBy(
    uncovered.filter((cell) => reasons.has(cell.name)),
    (cell) => reasons.get(cell.name) ?? '',
  );
  return [
    `<section><h2 id="${toAnchor(name)}">${escapeMarkup(name)}</h2>`,
    `<p class="soft">${covered.length} of ${cells.length} cells covered. <a href="#top">Top</a></p>`,
    lost.length === 0
      ? ''
      : `<h3>Not covered</h3>${formatNames(
          lost.map((cell) => cell.name),
          'no',
        )}`,
    ...[...groups].map(
      ([reason, own]) =>
        `<h3>Not covered, accepted</h3><p>${escapeMarkup(reason)}</p>${formatNames(
          own.map((cell) => cell.name),
          'accepted',
        )}`,
    ),
    covered.length === 0
      ? ''
      : `<details><summary>Covered (${covered.length})</summary><ul>${covered.map(formatCovered).join('')}</ul></details>`,
    '</section>',
  ].join('\n');
}

function formatCovered({ name, first = '', tests }: CoveredCell): string {
  const count = tests.size === 1 ? '1 test' : `${tests.size} tests`;
  return `<li class="yes"><code>${escapeMarkup(name)}</code> <small>${count}, first ${escapeMarkup(first)}</small></li>`;
}
