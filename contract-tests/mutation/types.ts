/**
 * The types that are generated from a changed document, and the hand-written code that no longer compiles with
 * them. One TypeScript program lives as long as the process; only its generated files change.
 */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { generateOperations, generateTypes } from '../../spec-tools/generate-types.js';
import type { Json } from '../../spec-tools/operations.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What people wrote against the generated types. */
const ROOTS = [
  ...['src/index.ts', 'src/schema/index.ts', 'src/testing/index.ts', 'src/cli/main.ts'],
  ...['contract-tests/support/calls.ts', 'contract-tests/facts/types.ts'],
].map((file) => ROOT + file);

const GENERATED = ['openapi.ts', 'operations.ts'].map((file) => `${ROOT}generated/${file}`);
type Sources = ReadonlyMap<string, string>;

async function generate(document: Json): Promise<Sources> {
  const texts = [await generateTypes(document), generateOperations(document)];
  return new Map(GENERATED.map((file, at) => [file, texts[at] ?? '']));
}

export class TypeCheck {
  readonly #original: Promise<Sources>;
  #program: ts.Program | undefined;

  constructor(document: Json) {
    this.#original = generate(document);
  }

  /** The first line that does not compile with the types of a document. */
  async findFailure(document: Json): Promise<string | undefined> {
    const sources = await generate(document);
    const original = await this.#original;
    const isSame = GENERATED.every(
      (file) => withoutComments(sources.get(file)) === withoutComments(original.get(file)),
    );
    if (isSame) return undefined;
    this.#program = createProgram(sources, this.#program);
    return findError(this.#program);
  }
}

/** Comments do not decide what compiles. */
const withoutComments = (text = '') => text.replace(/\/\*\*.*?\*\//gs, '').replace(/\s+/g, ' ');

const options = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  },
})?.options;

function createProgram(sources: Sources, previous: ts.Program | undefined): ts.Program {
  const { tsBuildInfoFile: _, ...rest } = options ?? {};
  const own: ts.CompilerOptions = { ...rest, incremental: false };
  const host = ts.createCompilerHost(own);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) => {
    const text = sources.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
    return previous?.getSourceFile(name) ?? read(name, ...more);
  };
  return ts.createProgram(ROOTS, own, host, previous);
}

function findError(program: ts.Program): string | undefined {
  for (const file of program.getSourceFiles()) {
    const isOwn = file.fileName.startsWith(ROOT) && !/node_modules|generated\//.test(file.fileName);
    const [error] = isOwn ? program.getSemanticDiagnostics(file) : [];
    if (error === undefined) continue;
    const { line } = file.getLineAndCharacterOfPosition(error.start ?? 0);
    const message = ts.flattenDiagnosticMessageText(error.messageText, ' ').slice(0, 200);
    return `${file.fileName.slice(ROOT.length)}:${line + 1}: ${message}`;
  }
  return undefined;
}
