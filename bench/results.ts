/** bench/RESULTS.md: each benchmark replaces its own section. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const FILE = 'bench/RESULTS.md';
const HEAD =
  '# Benchmark results\n\nWritten by `make bench`. Ratios of one run in which all clients alternate, because absolute\n' +
  'numbers depend mostly on the machine.\n';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}

/** A Markdown table with right-aligned numbers. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map(line).join('\n');
}

/** Replaces the section with this title in the file, or appends it. */
export function publish(title: string, command: string, ...paragraphs: string[]): void {
  const date = new Date().toISOString().slice(0, 10);
  const measured = `Measured on ${date} with Node ${process.versions.node} on ${cpus().length} cores by \`${command}\`.`;
  const section = [`## ${title}`, ...paragraphs, measured].join('\n\n');
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const [head = HEAD, ...sections] = before.split(/^(?=## )/m);
  const at = sections.findIndex((one) => one.startsWith(`## ${title}\n`));
  sections.splice(at < 0 ? sections.length : at, at < 0 ? 0 : 1, section);
  writeFileSync(FILE, `${[head, ...sections].map((one) => one.trim()).join('\n\n')}\n`);
  console.log(section);
}
