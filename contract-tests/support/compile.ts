import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface CompileError {
  /** Counted from 0. */
  line: number;
  message: string;
}

/** Compiles a program that is in no file, with the project's own options. */
export function compile(source: string, overrides: ts.CompilerOptions = {}): CompileError[] {
  const file = `${ROOT}contract-tests/support/program.virtual.ts`;
  const config = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  });
  const options: ts.CompilerOptions = { ...config?.options, incremental: false, ...overrides };
  delete options.tsBuildInfoFile;
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (name) => (name === file ? source : read(name));
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ start, messageText }) => ({
      line: source.slice(0, start ?? 0).split('\n').length - 1,
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    }));
}

/** Which of the statements, each on a line of its own, do not compile, and why. */
export function errorsOf(preamble: string, statements: readonly string[]): (string | undefined)[] {
  const errors = compile(`${[preamble, ...statements].join('\n')}\n`);
  const before = errors.find(({ line }) => line === 0);
  if (before !== undefined) throw new Error(`the preamble does not compile: ${before.message}`);
  return statements.map((_, index) => errors.find(({ line }) => line === index + 1)?.message);
}
