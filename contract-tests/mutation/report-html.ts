/** The report of a run as one page that needs nothing else. */
import { COLUMNS, formatSurvivor, listSurvivors, type RunInfo, toRow } from './report.js';
import { listShortfalls, type Result, scoreKinds, scoreResults } from './result.js';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: right }
th:first-child, td:first-child { text-align: left }
.words td { text-align: left; overflow-wrap: anywhere }
.bad { color: #a30000 } .good { color: #0a6b1d }
summary { cursor: pointer; font-weight: 600 }`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
const toCells = (tag: string, cells: readonly string[]) =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
const toTable = (rows: readonly (readonly string[])[], head: readonly string[], style = '') =>
  `<table class="${style}"><thead>${toCells('th', head)}</thead><tbody>${rows.map((row) => toCells('td', row)).join('\n')}</tbody></table>`;

export function formatHtml(results: readonly Result[], { seed, seconds, total }: RunInfo): string {
  const all = scoreResults('all', results);
  const survivors = listSurvivors(results);
  const shortfalls = listShortfalls(results);
  const unobservable = results.filter((one) => one.unobservable !== undefined);
  const noticed = results.filter(({ killedBy }) => killedBy !== undefined);
  const verdict =
    shortfalls.length === 0
      ? '<p class="good">The gate is held.</p>'
      : `<ul class="bad">${shortfalls.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mutation score of the contract suite</title>
<style>${STYLE}</style>
<h1>Mutation score of the contract suite</h1>
<p>${results.length} of ${total} one-change mutants of the document, seed ${seed}, ${seconds} s.
<b>${all.killed} of ${all.meaningful}</b> were noticed by behaviour, ${all.survived} survived.</p>
${verdict}
<p>The columns <i>facts</i>, <i>types</i> and <i>suite</i> count what noticed a mutant first: messages that the document
must accept or reject, hand-written code that no longer compiles, a test of the contract suite. The accepted
<i>surface</i> shows a mutant, too, and is counted apart: it kills none.</p>
${toTable([...scoreKinds(results).map(toRow), toRow(all)], COLUMNS)}
<h2>Survivors</h2>
${
  survivors.length === 0
    ? '<p>None.</p>'
    : toTable(
        survivors.map((one) => [formatSurvivor(one)]),
        ['mutant'],
        'words',
      )
}
<h2>Changes that nobody can see</h2>
${toTable(
  unobservable.map((one) => [formatSurvivor(one), one.unobservable ?? '']),
  ['mutant', 'reason'],
  'words',
)}
<details><summary>What noticed each mutant</summary>
${toTable(
  noticed.map((one) => [formatSurvivor(one), one.by ?? '']),
  ['mutant', 'first problem'],
  'words',
)}
</details>
</html>
`;
}
