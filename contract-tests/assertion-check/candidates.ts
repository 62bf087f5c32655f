/** The faults that a test file may notice, in the order in which they are tried. */
import { posix } from 'node:path';
import { generateMessageChecks } from '../../spec-tools/generate-message-checks.js';
import { generateRequestChecks } from '../../spec-tools/generate-request-checks.js';
import { generateDocument, generateOperations } from '../../spec-tools/generate-types.js';
import type { Json } from '../../spec-tools/operations.js';
import { mutants as clientMutants } from '../client-mutation/check-mutants.js';
import { Killers } from '../client-mutation/killers.js';
import type { Failure } from '../client-mutation/run-tests.js';
import { applyMutant, type Mutant } from '../mutation/mutant.js';
import { applyFault, listFaults } from './code-faults.js';
import type { ExecutedLines } from './project-tests.js';
import { listTextFaults, omitLine, type TextFault, type TextFile } from './text-faults.js';

/** A fault of the code or of the document. */
export interface Fault {
  /** For people. */
  name: string;
  /** What it is about: its words are compared with those of the assertions. */
  topic: string;
  /** The files that it changes. */
  files: readonly string[];
  /** A test that noticed it in an earlier run of the client mutants. */
  killer?: Failure | undefined;
  /** Of code: whether it is not among what a file does when it is imported. */
  isInFunction?: boolean;
  toTexts(): ReadonlyMap<string, string>;
}

const GENERATED = 'generated/document.ts';

interface Sources {
  /** The project. */
  root: string;
  read(file: string): string;
  /** The files of code in a folder, but for tests. */
  list(folder: string): string[];
  document: Json;
  documentMutants: readonly Mutant[];
  /** The Makefile, the README and the guides, whose lines are executed. */
  texts: readonly TextFile[];
  shuffle<T>(items: readonly T[]): T[];
}

/** Lists the faults to try for an assertion, the most promising first. */
export type ListFaults = (topic: Topic) => Fault[];

/** What an assertion is about. */
export interface Topic {
  /** Its own text, whose words count most. */
  assertion: string;
  /** The titles around it; a pattern. */
  testName: string | undefined;
}

/** How many words of its test one of an assertion is worth. */
const OWN_WORD = 3;

/**
 * For each assertion, in turn: faults of what the test file imports, of the texts that it names, of the client as a list
 * has them, of the document, and of whatever else it executes. Of each, those come first that the test noticed before, then those that share
 * the most words with the assertion.
 */
export function prepareFaults(test: string, executed: ExecutedLines, sources: Sources): ListFaults {
  const { read, shuffle } = sources;
  const imported = listImports(test, read(test));
  const folder = posix.dirname(test);
  // What a test runs as a process of its own stands beside it.
  const beside = folder === 'contract-tests' ? [] : sources.list(folder);
  const files = [...executed.keys()];
  const near = new Set([...files.filter((file) => imported.has(file)), ...beside]);
  const far = files.filter((file) => !near.has(file));
  const usesDocument = executed.has('spec-tools/bundled-document.ts') || executed.has(GENERATED);
  const lists = [
    [...near].flatMap((file) => listCodeFaults(file, executed, read)),
    listClientFaults(executed, sources),
    usesDocument ? listDocumentFaults(sources) : [],
    far.flatMap((file) => listCodeFaults(file, executed, read)),
    toFaults(listTextFaults(read(test), sources.texts), read),
  ].map((faults) => shuffle(faults).map((fault) => ({ fault, words: listWords(fault.topic) })));

  // Such as the names of fields in its tables: they decide between equals.
  const ofFile = listWords(read(test));
  return ({ assertion, testName }) => {
    const own = listWords(assertion);
    const around = listWords(`${test} ${testName ?? ''}`);
    const count = (words: ReadonlySet<string>, wanted: ReadonlySet<string>) =>
      [...wanted].filter((word) => words.has(word)).length;
    const isKnown = ({ killer }: Fault) =>
      killer?.file === test && testName !== undefined && new RegExp(testName).test(killer.title);
    const rank = (faults: (typeof lists)[number]) =>
      faults
        .map(({ fault, words }) => {
          const near = OWN_WORD * count(words, own) + count(words, around);
          const shared = near + count(words, ofFile) / (words.size + 1);
          return { fault, at: isKnown(fault) ? Number.POSITIVE_INFINITY : shared };
        })
        .sort((a, b) => b.at - a.at);
    const [nearby = [], ofClient = [], ofDocument = [], elsewhere = [], ofTexts = []] =
      lists.map(rank);
    // Far away, a fault outside of functions breaks most tests at once.
    const useful = elsewhere.filter(({ fault, at }) => at >= 1 || fault.isInFunction === true);
    const ranked = [nearby, ofTexts, ofClient, ofDocument, useful].map((list) =>
      list.map(({ fault }) => fault),
    );
    // Most assertions are about what their file imports.
    return [...(ranked[0] ?? []).slice(0, NEARBY_FIRST), ...interleave(ranked)];
  };
}

/** The faults of the lines of a file that are executed, or of all that a process of its own may execute. */
function listCodeFaults(file: string, executed: ExecutedLines, read: Sources['read']): Fault[] {
  const text = read(file);
  const lines = text.split('\n');
  return listFaults(file, text)
    .filter(({ line }) => executed.get(file)?.has(line) ?? true)
    .map((fault) => ({
      name: `${file}:${fault.line}: ${fault.change}`,
      topic: `${file} ${lines[fault.line - 1]}`,
      files: [file],
      isInFunction: fault.isInFunction,
      toTexts: () => new Map([[file, applyFault(text, fault)]]),
    }));
}

/** How many faults of what a file imports are tried before all others. */
const NEARBY_FIRST = 16;

/** Words that say nothing about what a text is about. */
const COMMON = new Set(
  'await const contract each equal every expect from json length list match object return string test tests text that this true undefined with'.split(
    ' ',
  ),
);
/** Shorter words stand everywhere. */
const MIN_WORD_LENGTH = 4;

/** The words of a text, also those within names, without the `s` at their ends. */
function listWords(text: string): Set<string> {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .map((word) => word.replace(/s$/, ''));
  return new Set(words.filter((word) => word.length >= MIN_WORD_LENGTH && !COMMON.has(word)));
}

function listClientFaults(executed: ExecutedLines, { root, read }: Sources): Fault[] {
  const killers = new Killers(root, clientMutants);
  return clientMutants
    .filter(({ file }) => executed.has(file))
    .map((mutant) => ({ ...mutant, killer: killers.find(mutant) }))
    .map(({ file, find, replace, fault, killer }) => ({
      name: `${file}: ${fault}`,
      topic: `${file} ${fault} ${find} ${replace}`,
      files: [file],
      killer,
      toTexts: () => new Map([[file, read(file).replace(find, () => replace)]]),
    }));
}

const toFaults = (faults: readonly TextFault[], read: Sources['read']): Fault[] =>
  faults.map((fault) => ({
    name: `${fault.path}:${fault.line}: without ${fault.content.trim()}`,
    topic: `${fault.path} ${fault.content}`,
    files: [fault.path],
    toTexts: () => new Map([[fault.path, omitLine(read(fault.path), fault)]]),
  }));

const listDocumentFaults = ({ document, documentMutants }: Sources): Fault[] =>
  documentMutants.map((mutant) => ({
    name: `${mutant.kind} ${mutant.pointer}: ${mutant.change}`,
    topic: `${mutant.kind} ${mutant.pointer} ${mutant.change}`,
    files: [GENERATED, 'generated/openapi.json'],
    toTexts: () => {
      const changed = applyMutant(document, mutant);
      return new Map([
        ['generated/openapi.json', JSON.stringify(changed)],
        [GENERATED, generateDocument(changed)],
        ['generated/operations.ts', generateOperations(changed)],
        ['generated/request-checks.ts', generateRequestChecks(changed)],
        ['generated/message-checks.ts', generateMessageChecks(changed)],
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
