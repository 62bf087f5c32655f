/** Packs the package as it would be published and checks the tarball with publint and attw. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './pack.js';

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-package-'));
try {
  const [tarball = ''] = pack(folder, '.');
  const run = (file: string, ...args: string[]) =>
    execFileSync('node', [`node_modules/${file}`, ...args], { stdio: 'inherit' });
  run('publint/src/cli.js', tarball, '--strict');
  run('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
