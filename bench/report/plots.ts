/**
 * Draws a plot as SVG that is a part of a page: lengths to the right are percentages, so that text keeps its size at
 * any width, and colors are those of the page, by the classes of docs/.vitepress/theme/style.css.
 */
import type { Bar, BarPlot, GoalLine, LinePlot, Plot, Series } from './types.js';

const LINE = 18;
const BAR = 12;
const ROW = LINE + BAR + 8;
/** How far the longest bar reaches, in percent: its number stands behind it. */
const LONGEST = 82;
/** The area of a line plot: from the left in percent, from the top and upwards in pixels. */
const AREA = { left: 13, right: 94, height: 160 };

/** @param id unique on the page. */
export const drawPlot = (plot: Plot, id: string): string =>
  plot.kind === 'bars' ? drawBars(plot, id) : drawLines(plot, id);

function drawBars(plot: BarPlot, id: string): string {
  const sign = plot.better === 'more' ? -1 : 1;
  const bars = plot.bars.toSorted((a, b) => sign * (a.value - b.value));
  const most = Math.max(...bars.map(({ value }) => value), plot.goal?.value ?? 0);
  const toPercent = (value: number) => round((value / most) * LONGEST);
  const bottom = bars.length * ROW;
  const description = [
    `${plot.better === 'more' ? 'More' : 'Less'} is better.`,
    `${bars.map(({ label, value }) => `${label}: ${formatNumber(value)}`).join('; ')}.`,
    describeGoal(plot.goal),
  ];
  return drawFrame(id, plot.title, description, bottom + (plot.goal ? LINE : 4), [
    ...bars.map((bar, at) => drawBar(bar, at * ROW, toPercent(bar.value))),
    drawLine(0, 0, 0, bottom, 'axis'),
    ...(plot.goal ? drawGoalAcross(plot.goal, toPercent(plot.goal.value), bottom) : []),
    // Last, so that the line of the goal does not cross them.
    ...bars.map((bar, at) => drawLabels(bar, at * ROW, toPercent(bar.value))),
  ]);
}

const drawBar = ({ isOurs }: Bar, top: number, width: number): string =>
  `<rect class="${isOurs === true ? 'bar ours' : 'bar'}" x="0" y="${top + LINE}" width="${width}%" height="${BAR}"/>`;

function drawLabels({ label, value, isOurs }: Bar, top: number, width: number): string {
  const kind = isOurs === true ? ' class="ours"' : '';
  return (
    `<text x="0" y="${top + LINE - 5}"${kind}>${escapeXml(label)}</text>` +
    `<text x="${width}%" dx="6" y="${top + LINE + BAR - 1}"${kind}>${formatNumber(value)}</text>`
  );
}

/** Its text is at that side of the line where there is room for it. */
function drawGoalAcross({ text }: GoalLine, x: number, bottom: number): string[] {
  const side = x > 50 ? ' text-anchor="end"' : '';
  return [
    drawLine(x, x, 0, bottom + 4, 'goal'),
    `<text class="note" x="${x}%" y="${bottom + LINE - 2}"${side}>goal: ${escapeXml(text)}</text>`,
  ];
}

function drawLines(plot: LinePlot, id: string): string {
  const points = plot.series.flatMap((series) => series.points);
  const most = findRoundMaximum(Math.max(...points.map(([, y]) => y), plot.goal?.value ?? 0));
  const last = Math.max(...points.map(([x]) => x));
  const top = LINE * (plot.series.length > 1 ? plot.series.length + 1 : 1);
  const toX = (x: number) => round(AREA.left + (x / last) * (AREA.right - AREA.left));
  const toY = (y: number) => round(top + AREA.height * (1 - y / most));
  const bottom = toY(0);
  const places = [...new Set(points.map(([x]) => x))];
  const description = [
    ...plot.series.map(
      ({ label, points: own }) =>
        `${label}: ${own.map(([x, y]) => `${formatNumber(y)} at ${formatNumber(x)}`).join(', ')}.`,
    ),
    `To the right: ${plot.x}.`,
    describeGoal(plot.goal),
  ];
  return drawFrame(id, plot.title, description, bottom + 2 * LINE, [
    ...[0, most / 2, most].map(
      (y) =>
        drawLine(AREA.left, AREA.right, toY(y), toY(y), 'axis') +
        `<text class="note" x="${AREA.left}%" dx="-6" y="${toY(y) + 4}" text-anchor="end">${formatNumber(y)}</text>`,
    ),
    ...places.map(
      (x) =>
        `<text class="note" x="${toX(x)}%" y="${bottom + LINE - 3}" text-anchor="middle">${formatNumber(x)}</text>`,
    ),
    `<text class="note" x="${AREA.right}%" y="${bottom + 2 * LINE - 5}" text-anchor="end">${escapeXml(plot.x)}</text>`,
    ...plot.series.map((series, at) =>
      drawSeries(series, toX, toY, plot.series.length > 1 ? at : undefined),
    ),
    ...(plot.goal
      ? [
          drawLine(AREA.left, AREA.right, toY(plot.goal.value), toY(plot.goal.value), 'goal'),
          `<text class="note" x="${AREA.right}%" y="${toY(plot.goal.value) - 5}" text-anchor="end">goal: ${escapeXml(plot.goal.text)}</text>`,
        ]
      : []),
  ]);
}

/** @param at its line in the legend, which a single series does not need. */
function drawSeries(
  { label, points, isOurs }: Series,
  toX: (x: number) => number,
  toY: (y: number) => number,
  at: number | undefined,
): string {
  const kind = `series-${isOurs === true ? 'ours' : (at ?? 0) % 3}`;
  const lines = points
    .slice(1)
    .map(([x, y], before) => {
      const [fromX, fromY] = points[before] ?? [x, y];
      return drawLine(toX(fromX), toX(x), toY(fromY), toY(y), kind);
    })
    .join('');
  const marks = points
    .map(([x, y]) => `<circle class="${kind}" cx="${toX(x)}%" cy="${toY(y)}" r="3.5"/>`)
    .join('');
  if (at === undefined) return lines + marks;
  const y = LINE * at + LINE - 4;
  const text = isOurs === true ? ' class="ours"' : '';
  return `${lines}${marks}<line class="${kind}" x1="0" x2="28" y1="${y - 4}" y2="${y - 4}"/><text x="34" y="${y}"${text}>${escapeXml(label)}</text>`;
}

const drawLine = (x1: number, x2: number, y1: number, y2: number, kind: string): string =>
  `<line class="${kind}" x1="${x1}%" x2="${x2}%" y1="${y1}" y2="${y2}"/>`;

function drawFrame(
  id: string,
  title: string,
  description: readonly string[],
  height: number,
  content: readonly string[],
): string {
  const text = description.filter((part) => part !== '').join(' ');
  return `<svg class="plot" role="img" width="100%" height="${height + LINE + 6}" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${escapeXml(title)}</title><desc id="${id}-text">${escapeXml(text)}</desc>
<text class="heading" x="0" y="${LINE - 4}">${escapeXml(title)}</text>
<svg y="${LINE + 6}" width="100%" height="${height}" overflow="visible">
${content.join('\n')}
</svg>
</svg>`;
}

const describeGoal = (goal: GoalLine | undefined): string =>
  goal === undefined ? '' : `Goal: ${goal.text}.`;

/** The next of 1, 2, 2.5, 5 and 10 times a power of ten. */
function findRoundMaximum(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.5, 2, 2.5, 3, 4, 5, 7.5].find((step) => step * power >= value) ?? 10);
}

/** Three digits or more, with the comma of thousands. */
const formatNumber = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });

const round = (value: number): number => Math.round(value * 100) / 100;

const escapeXml = (text: string): string =>
  text.replace(/[&<>"{}]/g, (character) => `&#${character.charCodeAt(0)};`);
