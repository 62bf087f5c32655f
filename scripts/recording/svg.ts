/** Draws what a terminal showed over time as one SVG. It ends on its last picture, which is also shown without motion. */
import type { Cell } from './screen.js';

/** What one row showed for a time. */
export interface RowVersion {
  row: number;
  cells: readonly Cell[];
  fromMs: number;
  /** Missing if it stayed to the end. */
  toMs?: number;
}

export interface Recording {
  title: string;
  columns: number;
  rows: number;
  versions: readonly RowVersion[];
}

const [CHARACTER_WIDTH, LINE_HEIGHT, FONT_SIZE, PADDING, BAR] = [7.8, 19, 13, 16, 28];

const COLORS: Readonly<Record<string, string>> = {
  '31': '#ff9a91',
  '32': '#6fdd8b',
  '33': '#f0c674',
  '36': '#7cc7ff',
  '90': '#a8b1bb',
  '2': '#a8b1bb',
};

export function drawRecording({ title, columns, rows, versions }: Recording): string {
  const width = Math.ceil(columns * CHARACTER_WIDTH) + 2 * PADDING;
  const height = rows * LINE_HEIGHT + 2 * PADDING + BAR;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: #e6edf3; white-space: pre; }
.gone { opacity: 0; }
@media (prefers-reduced-motion: no-preference) {
.new { animation: show 1ms both; }
.gone { animation: hold both; animation-timing-function: step-end; }
}
@keyframes show { from { opacity: 0; } to { opacity: 1; } }
@keyframes hold { from { opacity: 1; } to { opacity: 0; } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#161b22" stroke="#6e7681"/>
<circle cx="20" cy="18" r="5" fill="#ff6a60"/><circle cx="38" cy="18" r="5" fill="#f5bd4f"/><circle cx="56" cy="18" r="5" fill="#61c554"/>
${versions.map(drawVersion).join('\n')}
</svg>
`;
}

function drawVersion({ row, cells, fromMs, toMs }: RowVersion): string {
  const y = BAR + PADDING + (row + 1) * LINE_HEIGHT - 5;
  const start = `animation-delay:${fromMs}ms`;
  const timing =
    toMs === undefined
      ? `class="new" style="${start}"`
      : `class="gone" style="${start};animation-duration:${toMs - fromMs}ms;animation-fill-mode:forwards"`;
  return `<text x="${PADDING}" y="${y}" ${timing}>${drawSpans(cells)}</text>`;
}

/** Neighbours of one style are one span; each starts at its column, whatever the font. */
function drawSpans(cells: readonly Cell[]): string {
  const spans: { text: string; style: string; column: number }[] = [];
  for (const [column, { text, style }] of cells.entries()) {
    const last = spans.at(-1);
    if (last?.style === style) last.text += text;
    else spans.push({ text, style, column });
  }
  return spans
    .map(({ text, style, column }) => {
      const x = PADDING + column * CHARACTER_WIDTH;
      const length = [...text].length * CHARACTER_WIDTH;
      return `<tspan x="${round(x)}" textLength="${round(length)}"${formatStyle(style)}>${escapeXml(text)}</tspan>`;
    })
    .join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;

function formatStyle(style: string): string {
  const codes = style.split(';');
  const color = codes.map((code) => COLORS[code]).find((one) => one !== undefined);
  const weight = codes.includes('1') ? ' font-weight="bold"' : '';
  return `${color === undefined ? '' : ` fill="${color}"`}${weight}`;
}

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
