/**
 * Brings what is made from other files up to date: `node --import tsx scripts/prepare.ts generated|dist|site|bench`.
 * With --check, `generated` writes nothing and fails if it is out of date.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { PROJECT_TEXTS } from './docs/project-texts.js';
import { bringUpToDate, type Product } from './up-to-date.js';

interface Entry extends Product {
  /** Made before it. */
  needs: readonly string[];
}

const run = (...args: string[]): boolean =>
  spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
const compile = (config: string) => run('node_modules/typescript/bin/tsc', '-p', config);
const CODE = ['src', 'generated', 'tsconfig.json', 'package-lock.json'];
const isCheck = process.argv.includes('--check');

const PRODUCTS: Readonly<Record<string, Entry>> = {
  generated: {
    needs: [],
    inputs: [
      ...['spec', 'scripts/generate.ts', 'spec-tools/generate-types.ts', 'scripts/bundle.ts'],
      ...['spec-tools/generate-request-checks.ts', 'spec-tools/generate-message-checks.ts'],
      ...['spec-tools/compile-checks.ts', 'spec-tools/operations.ts', 'package-lock.json'],
    ],
    output: 'generated',
    make: () =>
      run('--import', 'tsx', 'scripts/generate.ts', ...(isCheck ? ['--check'] : ['--quiet'])),
  },
  dist: {
    needs: ['generated'],
    inputs: [...CODE, 'tsconfig.build.json', 'scripts/join-modules.ts', 'package.json'],
    output: 'dist',
    make() {
      // Says what a new operation lacks before the compiler lists what follows from that.
      if (!run('--import', 'tsx', 'scripts/check-places.ts')) return false;
      rmSync('dist', { recursive: true, force: true });
      if (!compile('tsconfig.build.json')) return false;
      if (!run('--import', 'tsx', 'scripts/join-modules.ts')) return false;
      copyFileSync('generated/openapi.json', 'dist/generated/openapi.json');
      return true;
    },
  },
  site: {
    needs: ['generated'],
    inputs: [
      ...[...CODE, 'tsconfig.build.json', 'package.json', 'docs', 'scripts/docs', 'spec-tools'],
      ...['contract-tests/coverage', 'contract-tests/uncovered.txt'],
      ...['bench/report', 'bench/results'],
      ...Object.values(PROJECT_TEXTS),
    ],
    output: '.cache/site',
    make: () => run('--import', 'tsx', 'scripts/docs/main.ts'),
  },
  // Compiled, so that no TypeScript loader adds to the measured time and memory.
  bench: {
    needs: ['dist'],
    inputs: [...CODE, 'bench', 'test/support', 'tsconfig.bench.json'],
    output: '.cache/bench',
    make() {
      rmSync('.cache/bench', { recursive: true, force: true });
      if (!compile('tsconfig.bench.json')) return false;
      copyFileSync('generated/openapi.json', '.cache/bench/generated/openapi.json');
      return true;
    },
  },
};

/** @returns whether it is up to date now. */
function prepare(name: string): boolean {
  const entry = PRODUCTS[name];
  if (entry === undefined) {
    const names = Object.keys(PRODUCTS).join(', ');
    console.error(`Invalid product: expected ${names}, received ${name}.`);
    return false;
  }
  return entry.needs.every(prepare) && bringUpToDate(name, entry);
}

process.exitCode = prepare(process.argv[2] ?? '') ? 0 : 1;
