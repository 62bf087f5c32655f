/** Compiles programs in memory with the project's TypeScript options. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface CompileError {
  /** Zero-based. */
  line: number;
  message: string;
}

const FILE = `${ROOT}contract-tests/support/program.virtual.ts`;
const config = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  },
});
/** The previous program; the compiler reuses its unchanged files, which are nearly all. */
let previous: ts.Program | undefined;

/** Compiles source text as a file of this project and returns its errors. */
export function compile(source: string, overrides: ts.CompilerOptions = {}): CompileError[] {
  const options: ts.CompilerOptions = { ...config?.options, incremental: false, ...overrides };
  delete options.tsBuildInfoFile;
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === FILE
      ? ts.createSourceFile(name, source, options.target ?? ts.ScriptTarget.ES2022)
      : (previous?.getSourceFile(name) ?? read(name, ...rest));
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === FILE || exists(name);
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
