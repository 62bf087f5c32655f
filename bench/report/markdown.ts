/** The report as Markdown: all goals, then a section for each benchmark. */
import type { Goal, Measurement, Plot, Result, Table } from './types.js';

const INTRODUCTION = `Run by \`make bench\`, or one at a time by the command below each. Clients of one section alternate in one run, and the
figures are ratios of that run where they can be: absolute numbers depend mostly on the machine. Everything is sent over
loopback on one machine. \`jq\` and \`rclone\` are Debian's; programs and packages that cannot be had are left out.`;
const LEGEND = 'In the plots, ours has the color of links, and a dashed line is the goal.';

/** @param drawPlot draws a plot where that can be shown; its id is unique on the page. */
export function formatReport(
  title: string,
  results: readonly Result[],
  drawPlot?: (plot: Plot, id: string) => string,
): string {
  const sections = results.map((result) => formatSection(result, drawPlot));
  const introduction = drawPlot === undefined ? INTRODUCTION : `${INTRODUCTION} ${LEGEND}`;
  return `${[`# ${title}`, introduction, '## Goals', formatSummary(results), ...sections].join('\n\n')}\n`;
}

function formatSummary(results: readonly Result[]): string {
  const rows = results.flatMap(({ title, goals }) =>
    goals.map((goal) => [
      `[${title}](#${toAnchor(title)})`,
      goal.text,
      goal.measured,
      formatVerdict(goal),
    ]),
  );
  return [['benchmark', 'goal', 'measured', 'result'], ['---', '---', '---', '---'], ...rows]
    .map(formatRow)
    .join('\n');
}

/** The anchor that GitHub, npm and the site give a heading. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const formatVerdict = ({ isMet }: Goal): string => (isMet ? 'met' : '**missed**');

export function formatSection(
  { name, title, command, description, goals, tables, plots, measurement }: Result,
  drawPlot?: (plot: Plot, id: string) => string,
): string {
  const drawn = drawPlot && plots.map((plot, at) => drawPlot(plot, `${name}-${at + 1}`));
  return [
    `## ${title}`,
    description,
    goals.map((goal) => `- ${formatVerdict(goal)}: ${goal.text} (${goal.measured})`).join('\n'),
    ...(drawn ?? []),
    ...tables.map(formatTable),
    formatMeasurement(measurement, command),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** With numbers at the right. */
function formatTable({ header, rows }: Table): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map(formatRow).join('\n');
}

const formatRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function formatMeasurement(measured: Measurement, command: string): string {
  const { date, node, cores, cpu, commit, isBusy } = measured;
  const machine = `${cores} cores${cpu === undefined ? '' : ` of ${cpu}`}`;
  const revision = commit === undefined ? '' : ` at ${commit}`;
  const busy = isBusy === true ? ', on a busy machine,' : '';
  return `Measured on ${date}${revision} with Node ${node} on ${machine}${busy} by \`${command}\`.`;
}
