/** Packs the package as it would be published and checks the tarball with publint and attw. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintPackage } from './lint-package.js';
import { pack } from './pack.js';

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-package-'));
try {
  const [tarball = ''] = pack(folder, '.');
  lintPackage(tarball);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
