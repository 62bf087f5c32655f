/**
 * Packages that only some targets need, installed into .cache/ in the versions that a folder pins: the runtimes and
 * tools that the package is tried on, the peers of the benchmarks, StrykerJS.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FILES = ['package.json', 'package-lock.json'];
/** How npm names a registry that cannot be reached. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|E50\d)\b/;

export interface Fetched {
  /** The path of a file in an installed package. */
  locate(name: string, ...path: string[]): string;
  /** The pinned version of a package. */
  readVersion(name: string): string;
}

/**
 * @param from the folder with the pinned versions: a package.json and its package-lock.json.
 * @param folder where they are installed.
 * @returns `undefined` if the registry cannot be reached and the packages were not installed before.
 */
export function fetchPackages(from: string, folder: string): Fetched | undefined {
  const to = resolve(folder);
  const pins = FILES.map((name) => readFileSync(join(from, name), 'utf8')).join('');
  const stamp = join(to, 'installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== pins) {
    mkdirSync(to, { recursive: true });
    for (const name of FILES) copyFileSync(join(from, name), join(to, name));
    if (!runNpm(to, 'ci')) return undefined;
    writeFileSync(stamp, pins);
  }
  const { dependencies } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  return {
    locate: (name, ...path) => join(to, 'node_modules', name, ...path),
    readVersion: (name) => String(dependencies[name]).replace(/^.*@/, ''),
  };
}

/** @returns whether npm was done; false means that the registry cannot be reached. */
export function runNpm(folder: string, ...args: string[]): boolean {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const patience = ['--fetch-retries=1', '--fetch-timeout=60000'];
  const { status, stderr } = spawnSync('npm', [...args, ...quiet, ...patience], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0) return true;
  if (UNREACHABLE.test(stderr)) return false;
  throw new Error(`npm ${args.join(' ')} failed: ${stderr}`);
}
