/** Which files a file imports, going by its text. */
import { posix } from 'node:path';

/** The files that a file imports itself, relative to the project; also those that a program in its text imports. */
export function listImports(file: string, text: string): Set<string> {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)\.js'/g)];
  return new Set(found.map(([, path]) => `${posix.join(posix.dirname(file), path ?? '')}.ts`));
}

/** A file, and those that it imports, by way of others too. */
export function listReached(file: string, read: (file: string) => string): Set<string> {
  const reached = new Set([file]);
  // A set goes on with what is added meanwhile.
  for (const one of reached) {
    for (const next of listImports(one, readOrNothing(one, read))) reached.add(next);
  }
  return reached;
}

function readOrNothing(file: string, read: (file: string) => string): string {
  try {
    return read(file);
  } catch {
    return ''; // such as a file of JavaScript
  }
}
