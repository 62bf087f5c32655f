/** The tables of docs/runtimes.md. */
import type { Result } from './run.js';

export interface Row {
  name: string;
  version: string;
  results: ReadonlyMap<string, Result>;
}

/** Renders nothing in Markdown; comments of HTML would be shown by the site. */
const BEGIN = '[begin]: # "written by make test-runtimes"';
const END = '[end]: # "written by make test-runtimes"';

/** One table; what does not work has the reason of `limits`, with the key `<row>: <check>`, under it. */
export function renderTable(
  rows: readonly Row[],
  checks: Readonly<Record<string, string>>,
  limits: Readonly<Record<string, string>>,
): string {
  const keys = Object.keys(checks);
  const head = ['', 'version', ...Object.values(checks)];
  const notes: string[] = [];
  const lines = rows.map(({ name, version, results }) => {
    const cells = keys.map((check) => {
      if (!results.has(check)) return '–';
      if (results.get(check) === undefined) return 'yes';
      const reason = limits[`${name}: ${check}`] ?? results.get(check);
      notes.push(`- ${name}, ${checks[check]}: ${reason}`);
      return '**no**';
    });
    return `| ${[name, version, ...cells].join(' | ')} |`;
  });
  const table = [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...lines];
  return [...table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** Puts the tables between the markers of the page. */
export function replaceTables(page: string, tables: readonly string[]): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`Invalid page: expected ${BEGIN} and then ${END}.`);
  const written = `\n\n${tables.join('\n\n')}\n\n`;
  return page.slice(0, from + BEGIN.length) + written + page.slice(to);
}

/**
 * @returns a line for each result that is not as `limits` has it: what fails and is not known to, and what is known
 * to fail and passes.
 */
export function findSurprises(
  rows: readonly Row[],
  limits: Readonly<Record<string, string>>,
): string[] {
  const results = rows.flatMap(({ name, results }) =>
    [...results].map(([check, result]) => ({ key: `${name}: ${check}`, result })),
  );
  const known = new Set(results.map(({ key }) => key));
  return [
    ...results.flatMap(({ key, result }) => {
      if ((result === undefined) === !(key in limits)) return [];
      return [result === undefined ? `${key} passes: remove its known limit` : `${key}: ${result}`];
    }),
    ...Object.keys(limits)
      .filter((key) => !known.has(key))
      .map((key) => `${key} is not a check: remove its known limit`),
  ];
}
