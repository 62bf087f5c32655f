/** How many lines of an occurrence are kept. */
const MAX_LINES = 20;

/** How often something was found, and its first lines. */
export class Occurrences {
  count = 0;
  readonly lines: number[] = [];

  add(line: number): void {
    if (this.count++ < MAX_LINES) this.lines.push(line);
  }
}
