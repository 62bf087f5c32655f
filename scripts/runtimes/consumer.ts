/** A project that has installed nothing but the tarball. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from '../../spec-tools/fetch-packages.js';
import { pack } from '../pack.js';

/** The programs of test/runtimes/, and their names there. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'smoke.mjs': 'smoke.mjs',
  'smoke.cjs': 'smoke.cjs',
  'pipeline.mjs': 'pipeline.mjs',
  'node-test.mjs': 'rows.test.mjs',
  'vitest.mjs': 'rows.vitest.mjs',
  'jest.cjs': 'rows.jest.cjs',
};

/** @returns the project's folder, or `undefined` if the registry cannot be reached. */
export function createConsumer(parent: string): string | undefined {
  const [tarball = ''] = pack(parent, '.');
  const folder = join(parent, 'consumer');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name":"consumer","private":true}');
  for (const [from, to] of Object.entries(PROGRAMS)) {
    copyFileSync(join('test/runtimes', from), join(folder, to));
  }
  return runNpm(folder, 'install', tarball) ? folder : undefined;
}
