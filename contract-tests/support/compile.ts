import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface CompileError {
  /** Counted from 0. */
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
/** The program before this one: all that did not change, which is nearly all, is taken from it. */
let before: ts.Program | undefined;

/** Compiles a program that is in no file, with the project's own options. */
export function compile(source: string, overrides: ts.CompilerOptions = {}): CompileError[] {
  const options: ts.CompilerOptions = { ...config?.options, incremental: false, ...overrides };
  delete options.tsBuildInfoFile;
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === FILE
      ? ts.createSourceFile(name, source, options.target ?? ts.ScriptTarget.ES2022)
      : (before?.getSourceFile(name) ?? read(name, ...rest));
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === FILE || exists(name);
  before = ts.createProgram([FILE], options, host, before);
  return ts
    .getPreEmitDiagnostics(before, before.getSourceFile(FILE))
    .map(({ start, messageText }) => ({
      line: source.slice(0, start ?? 0).split('\n').length - 1,
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    }));
}

/** The program as Node runs it. */
export const toJavaScript = (source: string): string =>
  ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText;

/** Which of the statements, each on a line of its own, do not compile, and why. */
export function errorsOf(preamble: string, statements: readonly string[]): (string | undefined)[] {
  const errors = compile(`${[preamble, ...statements].join('\n')}\n`);
  const before = errors.find(({ line }) => line === 0);
  if (before !== undefined) throw new Error(`the preamble does not compile: ${before.message}`);
  return statements.map((_, index) => errors.find(({ line }) => line === index + 1)?.message);
}
