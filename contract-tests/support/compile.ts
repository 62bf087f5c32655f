/** Compiles programs in memory with the project's TypeScript options. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface CompileError {
  /** Zero-based. */
  line: number;
  message: string;
}

const FOLDER = `${ROOT}contract-tests/support/`;
const FILE = `${FOLDER}program.virtual.ts`;
const config = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  },
});
/** The previous program; the compiler reuses its unchanged files, which are nearly all. */
let previous: ts.Program | undefined;

/**
 * Compiles source text as a file of this project and returns its errors.
 * @param neighbors files beside it that it imports, by their names
 */
export function compile(
  source: string,
  overrides: ts.CompilerOptions = {},
  neighbors: Readonly<Record<string, string>> = {},
): CompileError[] {
  const options: ts.CompilerOptions = { ...config?.options, incremental: false, ...overrides };
  delete options.tsBuildInfoFile;
  const host = ts.createCompilerHost(options);
  const texts = new Map(
    Object.entries(neighbors).map(([name, text]) => [FOLDER + name, text] as const),
  ).set(FILE, source);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name);
    return text === undefined
      ? (previous?.getSourceFile(name) ?? read(name, ...rest))
      : ts.createSourceFile(name, text, options.target ?? ts.ScriptTarget.ES2022);
  };
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => texts.has(name) || exists(name);
  previous = ts.createProgram([FILE], options, host, previous);
  return ts
    .getPreEmitDiagnostics(previous, previous.getSourceFile(FILE))
    .map(({ start, messageText }) => ({
      line: source.slice(0, start ?? 0).split('\n').length - 1,
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    }));
}

/** Removes the types, so that Node can run the program. */
export const toJavaScript = (source: string): string =>
  ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText;

/** Compiles statements, one per line, and returns the error of each, or undefined. */
export function compileStatements(
  preamble: string,
  statements: readonly string[],
): (string | undefined)[] {
  const errors = compile(`${[preamble, ...statements].join('\n')}\n`);
  const inPreamble = errors.find(({ line }) => line === 0);
  if (inPreamble !== undefined) {
    throw new Error(`The preamble does not compile: ${inPreamble.message}`);
  }
  return statements.map((_, index) => errors.find(({ line }) => line === index + 1)?.message);
}
