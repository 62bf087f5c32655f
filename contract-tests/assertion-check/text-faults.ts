/** Faults of texts that are read or executed: the Makefile, the README and the guides with their programs, and JSON. */
import { shorten } from './code-faults.js';

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

/** Of JSON only the first field is left out, the project's own; changes of the document are listed elsewhere. */
const FIRST_FIELD = 1;

/** One line that is used is left out: of a recipe, of a program between ``` and ```, or of JSON; or there is too much. */
function listFaults({ path, text }: TextFile): TextFault[] {
  const faults: TextFault[] = [];
  const lines = text.split('\n');
  let isInside = false;
  for (const [at, content] of lines.entries()) {
    const isFence = content.startsWith('```');
    if (isFence) isInside = !isInside;
    let isUsed = isInside && !isFence;
    if (path === 'Makefile') isUsed = content.startsWith('\t');
    if (path.endsWith('.json')) isUsed = at === FIRST_FIELD;
    if (!isUsed || content.trim() === '') continue;
    const change = `${path}:${at + 1}: without ${shorten(content.trim())}`;
    // Tests look at what a program prints.
    const topic = content.includes('console.') ? `${path} ${content} stdout` : `${path} ${content}`;
    faults.push({ path, change, topic, text: lines.toSpliced(at, 1).join('\n') });
  }
  if (!path.endsWith('.md')) return faults;
  const twice = { change: `${path}: twice`, topic: `${path} words`, text: text + text };
  return [...faults, { path, ...twice }];
}
