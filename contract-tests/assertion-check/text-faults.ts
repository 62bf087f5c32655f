/** Faults of texts that are read and executed: the Makefile, and the README and the guides with their programs. */

/** A file, with how a test names it. */
export interface TextFile {
  path: string;
  text: string;
}

export interface TextFault {
  path: string;
  /** What was changed, for people. */
  change: string;
  /** What it is about. */
  topic: string;
  /** The whole text with the fault. */
  text: string;
}

/** The faults of the files that a test reads or runs, going by the names in it. */
export const listTextFaults = (test: string, files: readonly TextFile[]): TextFault[] =>
  files.filter(({ path }) => namesFile(test, path)).flatMap(listFaults);

/** Whether a test names a file, or the folder that it is in. */
export function namesFile(test: string, path: string): boolean {
  if (path === 'Makefile') return test.includes("'make'") || test.includes('Makefile');
  return test.includes(path) || (path.startsWith('docs/') && /\bdocs[`']/.test(test));
}

/** One line that runs is left out: of the recipes of a Makefile, or of a program between ``` and ```; or there is too much. */
function listFaults({ path, text }: TextFile): TextFault[] {
  const faults: TextFault[] = [];
  const lines = text.split('\n');
  let isInside = false;
  for (const [at, content] of lines.entries()) {
    const isFence = content.startsWith('```');
    if (isFence) isInside = !isInside;
    const runs = path === 'Makefile' ? content.startsWith('\t') : isInside && !isFence;
    if (!runs || content.trim() === '') continue;
    const change = `${path}:${at + 1}: without ${content.trim()}`;
    // Tests look at what a program prints.
    const topic = content.includes('console.') ? `${path} ${content} stdout` : `${path} ${content}`;
    faults.push({ path, change, topic, text: lines.toSpliced(at, 1).join('\n') });
  }
  if (path === 'Makefile') return faults;
  const twice = { change: `${path}: twice`, topic: `${path} words`, text: text + text };
  return [...faults, { path, ...twice }];
}
