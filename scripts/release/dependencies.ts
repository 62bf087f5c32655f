/** What a user of the package installs with it: licences, and the bill of materials. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Permissive licences that need no more than their text, which each package brings. */
const ALLOWED: readonly string[] = [
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'],
  ...['Apache-2.0', 'BlueOak-1.0.0'],
];

interface LockedPackage {
  version?: string;
  license?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  devOptional?: boolean;
  peer?: boolean;
}
export interface Lock {
  packages: Readonly<Record<string, LockedPackage>>;
}
export interface Dependency {
  name: string;
  version: string;
  license: string;
  hasInstallScript: boolean;
}

/** @returns the packages that an installation of this one brings, without optional peers. */
export function listDependencies(lock: Lock): Dependency[] {
  return selectInstalled(lock)
    .filter(([path]) => path !== '')
    .map(([path, { version = '', license = 'none', hasInstallScript = false }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version,
      license,
      hasInstallScript,
    }));
}

const selectInstalled = ({ packages }: Lock): [string, LockedPackage][] =>
  Object.entries(packages).filter(
    ([, { dev, devOptional, peer }]) => !dev && !devOptional && !peer,
  );

/** @returns a line for each fault. */
export function checkLicences(dependencies: readonly Dependency[]): string[] {
  return dependencies
    .filter(({ license }) => !ALLOWED.includes(license))
    .map(({ name, version, license }) => `${name}@${version} has the licence ${license}`);
}

/** @returns a line for each package that would run a program when it is installed. */
export const checkInstallScripts = (dependencies: readonly Dependency[]): string[] =>
  dependencies
    .filter(({ hasInstallScript }) => hasInstallScript)
    .map(({ name, version }) => `${name}@${version} has an install script`);

export interface Sbom {
  bomFormat: string;
  specVersion: string;
  components: readonly { name: string; version: string }[];
}

/**
 * Asks `npm sbom` about a project that has the lockfile's runtime packages alone: with `--omit dev` it leaves out
 * those that a development tool depends on, too.
 */
export function createSbom(folder: string, manifest: object, lock: Lock): Sbom {
  const project = {
    ...manifest,
    devDependencies: {},
    peerDependencies: {},
    peerDependenciesMeta: {},
  };
  const packages = Object.fromEntries(selectInstalled(lock));
  const root = {
    ...packages[''],
    devDependencies: {},
    peerDependencies: {},
    peerDependenciesMeta: {},
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...lock, packages: { ...packages, '': root } }),
  );
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--offline'];
  return JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }));
}

/** @returns a line for each fault. */
export function checkSbom(sbom: Sbom, dependencies: readonly Dependency[]): string[] {
  const toKey = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;
  const listed = new Set(sbom.components.map(toKey));
  const installed = new Set(dependencies.map(toKey));
  return [
    ...(sbom.bomFormat === 'CycloneDX' ? [] : [`its format is ${sbom.bomFormat}`]),
    ...[...installed].filter((key) => !listed.has(key)).map((key) => `it lacks ${key}`),
    ...[...listed].filter((key) => !installed.has(key)).map((key) => `${key} is not installed`),
  ];
}
