/** Scripts that run in a process of their own: as TypeScript for tests, compiled for `bench/`. */
import { fileURLToPath } from 'node:url';

/** The script in the folder of a module, and what Node needs to run it. */
export function scriptBeside(
  moduleUrl: string,
  name: string,
): { path: string; execArgv: string[] } {
  const compiled = moduleUrl.endsWith('.js');
  const path = fileURLToPath(new URL(`./${name}.${compiled ? 'js' : 'ts'}`, moduleUrl));
  return { path, execArgv: compiled ? [] : ['--import', 'tsx'] };
}
