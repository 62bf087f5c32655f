/** The faults that a test file may notice, by where they are. */
import { posix } from 'node:path';
import { generateFiles } from '../../spec-tools/generate-files.js';
import type { Json } from '../../spec-tools/operations.js';
import { mutants as clientMutants } from '../client-mutation/check-mutants.js';
import { Killers } from '../client-mutation/killers.js';
import type { Failure } from '../client-mutation/run-tests.js';
import { applyMutant, type Mutant } from '../mutation/mutant.js';
import { applyFault, type CodeFault, listFaults } from './code-faults.js';
import { listImports } from './imports.js';
import type { ExecutedLines } from './project-tests.js';
import { listTextFaults, type TextFile } from './text-faults.js';
import { compilesCode, listTypeFaults } from './type-faults.js';

/** The texts of files. */
export type Texts = ReadonlyMap<string, string>;

/** A fault of the code, of the document or of a text. */
export interface Fault {
  /** For people. */
  name: string;
  /** What it is about: its words are compared with those of the assertions. */
  topic: string;
  /** The files that it changes. */
  files: readonly string[];
  /** A test that noticed it in an earlier run of the client mutants. */
  killer?: Failure | undefined;
  /** Of code that is executed: its line in the file. */
  line?: number;
  /** Of code: whether it is not among what a file does when it is imported. */
  isInFunction?: boolean;
  /** The changed texts of its files; `undefined` where no code can be generated from a changed document. */
  toTexts(): Texts | Promise<Texts | undefined>;
}

export interface Sources {
  /** The project. */
  root: string;
  read(file: string): string;
  /** The files of code in a folder, but for tests. */
  list(folder: string): string[];
  document: Json;
  documentMutants: readonly Mutant[];
  /** The Makefile, the README and the guides, whose lines are executed. */
  texts: readonly TextFile[];
}

export interface FaultLists {
  /** Of what the test file imports itself, or what stands in its folder. */
  nearby: Fault[];
  /** Of the texts that it names. */
  texts: Fault[];
  /** Of the types that the code uses which it compiles. */
  types: Fault[];
  /** Of the client, as a list has them. */
  client: Fault[];
  document: Fault[];
  /** Of whatever else it executes. */
  elsewhere: Fault[];
}

const GENERATED_FOLDER = 'generated/';

/** @param executed the lines that the test file executes. */
export function listFaultsFor(test: string, executed: ExecutedLines, sources: Sources): FaultLists {
  const { read, list } = sources;
  const text = read(test);
  const imported = listImports(test, text);
  const folder = posix.dirname(test);
  // What a test runs as a process of its own stands beside it.
  const beside = folder === 'contract-tests' ? [] : list(folder);
  const files = [...executed.keys()];
  const near = new Set([...files.filter((file) => imported.has(file)), ...beside]);
  const far = files.filter((file) => !near.has(file));
  const ofCode = (file: string) => listCodeFaults(file, executed, read);
  const usesDocument =
    executed.has('spec-tools/bundled-document.ts') ||
    executed.has(`${GENERATED_FOLDER}document.ts`);
  return {
    nearby: [...near].flatMap(ofCode),
    texts: listFaultsOfTexts(text, sources),
    types: compilesCode(text) ? listFaultsOfTypes(test, read) : [],
    client: listClientFaults(executed, sources),
    document: usesDocument ? listDocumentFaults(sources) : [],
    elsewhere: far.flatMap(ofCode),
  };
}

/** The faults of the lines of a file that are executed, or of all that a process of its own may execute. */
const listCodeFaults = (file: string, executed: ExecutedLines, read: Sources['read']): Fault[] =>
  listFaults(file, read(file))
    .filter(({ line }) => executed.get(file)?.has(line) ?? true)
    .map((fault) => ({
      ...toFault(fault, read(file)),
      line: fault.line,
      isInFunction: fault.isInFunction,
    }));

/** What programs see: the generated types, and what is exported by the files of src/ that a test names. */
function listFaultsOfTypes(test: string, read: Sources['read']): Fault[] {
  const named = [...listImports(test, read(test))].filter((file) => file.startsWith('src/'));
  const exported = named.flatMap((file) => [...listImports(file, read(file))]);
  const files = new Set([...named, ...exported, `${GENERATED_FOLDER}openapi.ts`]);
  return [...files].flatMap((file) =>
    listTypeFaults(file, read(file)).map((fault) => toFault(fault, read(file))),
  );
}

const toFault = (fault: CodeFault, text: string): Fault => ({
  name: `${fault.file}:${fault.line}: ${fault.change}`,
  topic: `${fault.file} ${text.split('\n')[fault.line - 1]}`,
  files: [fault.file],
  toTexts: () => new Map([[fault.file, applyFault(text, fault)]]),
});

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

const listFaultsOfTexts = (test: string, { texts }: Sources): Fault[] =>
  listTextFaults(test, texts).map(({ path, change, topic, text }) => ({
    name: change,
    topic,
    files: [path],
    toTexts: () => new Map([[path, text]]),
  }));

const listDocumentFaults = ({ document, documentMutants }: Sources): Fault[] =>
  documentMutants.map((mutant) => ({
    name: `${mutant.kind} ${mutant.pointer}: ${mutant.change}`,
    topic: `${mutant.kind} ${mutant.pointer} ${mutant.change}`,
    files: [`${GENERATED_FOLDER}openapi.json`],
    toTexts: () => generateTexts(applyMutant(document, mutant)),
  }));

async function generateTexts(document: Json): Promise<Texts | undefined> {
  try {
    const files = Object.entries(await generateFiles(document));
    return new Map(files.map(([name, text]) => [`${GENERATED_FOLDER}${name}`, text]));
  } catch {
    return undefined; // such as an enum without values, of which ajv makes no check
  }
}
