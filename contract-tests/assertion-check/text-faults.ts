/** Faults of texts whose lines are executed: the Makefile, and the programs of the README and the guides. One line is left out. */

/** Files whose lines may be left out, with how a test names them. */
export interface TextFile {
  path: string;
  text: string;
}

export interface TextFault {
  path: string;
  /** Counted from 1. */
  line: number;
  /** What is left out. */
  content: string;
}

/** The faults of the files that a test reads or runs, going by the names in it. */
export const listTextFaults = (test: string, files: readonly TextFile[]): TextFault[] =>
  files.filter(({ path }) => namesFile(test, path)).flatMap(listLines);

export const omitLine = (text: string, { line }: TextFault): string =>
  text
    .split('\n')
    .filter((_, at) => at !== line - 1)
    .join('\n');

/** Whether a test names a file, or the folder that it is in. */
export function namesFile(test: string, path: string): boolean {
  if (path === 'Makefile') return test.includes("'make'") || test.includes('Makefile');
  return test.includes(path) || (path.startsWith('docs/') && /\bdocs[`']/.test(test));
}

/** The lines that run: the recipes of a Makefile, and what stands between ``` and ```. */
function listLines({ path, text }: TextFile): TextFault[] {
  const found: TextFault[] = [];
  let isInside = false;
  for (const [at, content] of text.split('\n').entries()) {
    const isFence = content.startsWith('```');
    if (isFence) isInside = !isInside;
    const runs = path === 'Makefile' ? content.startsWith('\t') : isInside && !isFence;
    if (runs && content.trim() !== '') found.push({ path, line: at + 1, content });
  }
  return found;
}
