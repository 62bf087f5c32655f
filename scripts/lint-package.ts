import { execFileSync } from 'node:child_process';

/** Checks a tarball with publint and attw, whose output is shown. Throws if one of them finds something. */
export function lintPackage(tarball: string): void {
  const run = (file: string, ...args: string[]) =>
    execFileSync('node', [`node_modules/${file}`, ...args], { stdio: 'inherit' });
  run('publint/src/cli.js', tarball, '--strict');
  run('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only');
}
