/**
 * `make release-check`: whether this state of the project can be published. RELEASE=<version> is the strict form, for
 * the release itself. Prints a line for each check, writes the bill of materials to .cache/sbom.json, and ends with
 * the line `N passed, N failed`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintPackage } from '../lint-package.js';
import { pack } from '../pack.js';
import { checkContents } from './contents.js';
import {
  checkInstallScripts,
  checkLicences,
  checkSbom,
  createSbom,
  listDependencies,
} from './dependencies.js';
import { checkLinks } from './links.js';
import { checkPublishing } from './publishing.js';
import { checkVersion } from './version.js';

const SBOM = '.cache/sbom.json';
const release = process.env['RELEASE'] || undefined;
const read = (path: string): string => readFileSync(path, 'utf8');
const counts = { passed: 0, failed: 0 };

function report(name: string, faults: readonly string[], summary: string): void {
  counts[faults.length === 0 ? 'passed' : 'failed']++;
  if (faults.length === 0) console.log(`ok      ${name}: ${summary}`);
  for (const fault of faults) console.log(`FAILED  ${name}: ${fault}`);
}

/** @returns the message of what `run` throws. */
function catchFault(run: () => void): string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function checkTarball(folder: string, manifest: object): void {
  const [tarball = ''] = pack(folder, '.');
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  const root = join(folder, 'package');
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  const listed = execFileSync('git', ['ls-files', 'src', 'generated'], { encoding: 'utf8' });
  const contents = checkContents(files, new Set(listed.split('\n')), manifest);
  report('pack contents', contents, `${files.length} files`);
  const pages = files.filter((file) => file.endsWith('.md'));
  const texts = new Map(pages.map((file) => [file, read(join(root, file))]));
  report('links', checkLinks(texts, new Set(files)), `those of ${pages.length} pages resolve`);
  report(
    'publint and attw',
    catchFault(() => lintPackage(tarball)),
    'nothing found',
  );
}

function checkDependencies(folder: string, manifest: object): void {
  const lock = JSON.parse(read('package-lock.json'));
  const dependencies = listDependencies(lock);
  for (const { name, version, license } of dependencies) {
    console.log(`        ${name}@${version} ${license}`);
  }
  report('licences', checkLicences(dependencies), `${dependencies.length} packages are installed`);
  report('install scripts', checkInstallScripts(dependencies), 'none');
  let sbom: ReturnType<typeof createSbom> | undefined;
  const faults = catchFault(() => {
    sbom = createSbom(join(folder, 'sbom'), manifest, lock);
  });
  const all = sbom === undefined ? faults : checkSbom(sbom, dependencies);
  mkdirSync('.cache', { recursive: true });
  writeFileSync(SBOM, `${JSON.stringify(sbom, undefined, 2)}\n`);
  report('SBOM', all, `CycloneDX ${sbom?.specVersion}, written to ${SBOM}`);
}

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-release-'));
try {
  const manifest = JSON.parse(read('package.json'));
  const versions = {
    manifest: manifest.version,
    lock: JSON.parse(read('package-lock.json')).version,
    code: read('src/version.ts'),
    changelog: read('CHANGELOG.md'),
    release,
  };
  report('version', checkVersion(versions), `${manifest.version} everywhere, with its changes`);
  const publishing = checkPublishing(manifest, release !== undefined);
  report('publishing', publishing, 'public, with provenance');
  checkTarball(folder, manifest);
  checkDependencies(folder, manifest);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
