/** bench/RESULTS.md: each benchmark writes its own section and leaves the others as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const FILE = 'bench/RESULTS.md';
const HEAD =
  '# What the benchmarks measured\n\nWritten by `make bench`. Ratios of one run, with all peers in turn: ' +
  'absolute numbers\nsay more about the machine than about the client.\n';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}

/** A table of Markdown, the numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map(line).join('\n');
}

/** Puts the section into the file, in the place of the last one with this title. */
export function publish(title: string, command: string, ...paragraphs: string[]): void {
  const date = new Date().toISOString().slice(0, 10);
  const made = `Made on ${date} with Node ${process.versions.node} on ${cpus().length} cores by \`${command}\`.`;
  const section = [`## ${title}`, ...paragraphs, made].join('\n\n');
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const [head = HEAD, ...sections] = before.split(/^(?=## )/m);
  const at = sections.findIndex((one) => one.startsWith(`## ${title}\n`));
  sections.splice(at < 0 ? sections.length : at, at < 0 ? 0 : 1, section);
  writeFileSync(FILE, `${[head, ...sections].map((one) => one.trim()).join('\n\n')}\n`);
  console.log(section);
}
