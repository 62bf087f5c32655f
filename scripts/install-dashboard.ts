/** Installs examples/bull-board into .cache/, with this package in place of the published one. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runNpm } from '../spec-tools/fetch-packages.js';
import { pack } from './pack.js';

const EXAMPLE = 'examples/bull-board';
const INSTALLED = resolve('.cache/bull-board');

/** @returns the folder, or `undefined` if the registry cannot be reached and it was not installed before. */
export function installDashboard(): string | undefined {
  mkdirSync(INSTALLED, { recursive: true });
  copyFileSync(join(EXAMPLE, 'server.js'), join(INSTALLED, 'server.js'));
  const scratch = mkdtempSync(join(tmpdir(), 'aep-batch-dashboard-'));
  try {
    const [tarball = ''] = pack(scratch, '.');
    const manifest = JSON.parse(readFileSync(join(EXAMPLE, 'package.json'), 'utf8'));
    const hash = createHash('sha256').update(readFileSync(tarball));
    const wanted = hash.update(JSON.stringify(manifest)).digest('hex');
    const stamp = join(INSTALLED, 'installed');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return INSTALLED;
    manifest.dependencies['aep-batch'] = `file:${tarball}`;
    writeFileSync(join(INSTALLED, 'package.json'), JSON.stringify(manifest));
    if (!runNpm(INSTALLED, 'install', '--no-package-lock')) return undefined;
    writeFileSync(stamp, wanted);
    return INSTALLED;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
