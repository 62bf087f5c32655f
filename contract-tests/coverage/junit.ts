/** The report as JUnit XML: a suite per section, a test case per cell. */
import { parseAccepted } from './accepted.js';
import type { CoveredCell } from './cover.js';
import { groupBy } from './group-by.js';
import { escapeMarkup } from './markup.js';

export function formatJUnit(cells: readonly CoveredCell[], accepted: string): string {
  const reasons = parseAccepted(accepted);
  const suites = [...groupBy(cells, ({ section }) => section)].map(([section, own]) => {
    const cases = own.map((cell) => formatCase(cell, reasons.get(cell.name)));
    const failures = cases.filter((text) => text.includes('<failure')).length;
    const skipped = cases.filter((text) => text.includes('<skipped')).length;
    return `  <testsuite name="${escapeMarkup(section)}" tests="${own.length}" failures="${failures}" skipped="${skipped}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="contract coverage">\n${suites.join('\n')}\n</testsuites>\n`;
}

function formatCase({ name, kind, tests }: CoveredCell, reason: string | undefined): string {
  const start = `    <testcase classname="${kind}" name="${escapeMarkup(name)}"`;
  if (tests.size > 0) return `${start}/>`;
  const inner =
    reason === undefined
      ? '<failure message="no test covers it"/>'
      : `<skipped message="${escapeMarkup(reason)}"/>`;
  return `${start}>${inner}</testcase>`;
}
