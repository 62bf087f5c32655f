/** The faults that a test file may notice, in the order in which they are tried. */
import { posix } from 'node:path';
import { generateRequestChecks } from '../../spec-tools/generate-request-checks.js';
import { generateDocument, generateOperations } from '../../spec-tools/generate-types.js';
import type { Json } from '../../spec-tools/operations.js';
import { mutants as clientMutants } from '../client-mutation/check-mutants.js';
import { applyMutant, type Mutant } from '../mutation/mutant.js';
import { applyFault, listFaults } from './code-faults.js';
import type { ExecutedLines } from './project-tests.js';

/** A fault of the code or of the document. */
export interface Fault {
  /** For people. */
  name: string;
  /** The files that it changes. */
  files: readonly string[];
  toTexts(): ReadonlyMap<string, string>;
}

const GENERATED = 'generated/document.ts';

interface Sources {
  read(file: string): string;
  document: Json;
  documentMutants: readonly Mutant[];
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * In turn: faults of what the test file imports, of the client as a list has them, of the document, and of
 * whatever else it executes.
 */
export function listCandidates(test: string, executed: ExecutedLines, sources: Sources): Fault[] {
  const { read, shuffle } = sources;
  const imported = listImports(test, read(test));
  const toCode = (files: readonly string[], onlyFunctions: boolean) =>
    files.flatMap((file) => {
      const text = read(file);
      return listFaults(file, text)
        .filter(
          ({ line, isInFunction }) =>
            executed.get(file)?.has(line) && (isInFunction || !onlyFunctions),
        )
        .map(
          (fault): Fault => ({
            name: `${file}:${fault.line}: ${fault.change}`,
            files: [file],
            toTexts: () => new Map([[file, applyFault(text, fault)]]),
          }),
        );
    });
  const files = [...executed.keys()];
  const near = files.filter((file) => imported.has(file));
  const far = files.filter((file) => !imported.has(file));
  const usesDocument = executed.has('spec-tools/bundled-document.ts') || executed.has(GENERATED);
  return interleave([
    shuffle(toCode(near, false)),
    shuffle(listClientFaults(executed, read)),
    usesDocument ? shuffle(listDocumentFaults(sources)) : [],
    shuffle(toCode(far, true)),
  ]);
}

function listClientFaults(executed: ExecutedLines, read: Sources['read']): Fault[] {
  return clientMutants
    .filter(({ file }) => executed.has(file))
    .map(({ file, find, replace, fault }) => ({
      name: `${file}: ${fault}`,
      files: [file],
      toTexts: () => new Map([[file, read(file).replace(find, () => replace)]]),
    }));
}

const listDocumentFaults = ({ document, documentMutants }: Sources): Fault[] =>
  documentMutants.map((mutant) => ({
    name: `${mutant.kind} ${mutant.pointer}: ${mutant.change}`,
    files: [GENERATED, 'generated/openapi.json'],
    toTexts: () => {
      const changed = applyMutant(document, mutant);
      return new Map([
        ['generated/openapi.json', JSON.stringify(changed)],
        [GENERATED, generateDocument(changed)],
        ['generated/operations.ts', generateOperations(changed)],
        ['generated/request-checks.ts', generateRequestChecks(changed)],
      ]);
    },
  }));

/** The files that a file imports, relative to the project. */
export function listImports(file: string, text: string): Set<string> {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)\.js'/g)];
  return new Set(found.map(([, path]) => `${posix.join(posix.dirname(file), path ?? '')}.ts`));
}

/** One of each list in turn. */
function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
}
