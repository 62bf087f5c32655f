/** Bundlers and test runners on the installed package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Fetched } from '../../spec-tools/fetch-packages.js';
import { type Result, runChecks, runOnce } from './run.js';
import type { Row } from './table.js';

const NODE = process.execPath;
const SMOKE = ['simulator', 'ingest', 'resume', 'proxy'];

const readOwnVersion = async (name: string): Promise<string> => {
  const { default: manifest } = await import(`${name}/package.json`, { with: { type: 'json' } });
  return manifest.version;
};

export async function tryTools(consumer: string, fetched: Fetched): Promise<Row[]> {
  const own = (file: string) => resolve('node_modules', file);
  const bundled = (name: string, ...command: string[]) => tryBundle(consumer, name, command);
  const form = ['smoke.mjs', '--bundle', '--format=esm', '--platform=node'];
  const esbuild = bundled('esbuild', own('esbuild/bin/esbuild'), ...form);
  writeRollupConfig(consumer, fetched);
  const rollup = fetched.locate('rollup', 'dist/bin/rollup');
  const rolled = bundled('rollup', NODE, rollup, '--silent', '-c', 'rollup.config.mjs');
  const jest = own('jest/bin/jest.js');
  const jestArgs = [jest, '--rootDir', consumer, '--config', '{"testMatch":["**/rows.jest.cjs"]}'];
  const vitest = [fetched.locate('vitest', 'vitest.mjs'), 'run', '--globals', '--dir', '.'];
  writeFileSync(join(consumer, 'vitest.config.mjs'), VITEST_CONFIG);
  const test = (...command: string[]): Map<string, Result> =>
    new Map([['test', runOnce({ folder: consumer, command: [NODE, ...command] })]]);
  const jestVersion = await readOwnVersion('jest');
  return [
    { name: 'esbuild', version: await readOwnVersion('esbuild'), results: esbuild },
    { name: 'rollup', version: fetched.readVersion('rollup'), results: rolled },
    { name: 'vitest', version: fetched.readVersion('vitest'), results: test(...vitest) },
    {
      name: 'jest --experimental-vm-modules',
      version: jestVersion,
      results: test('--experimental-vm-modules', ...jestArgs),
    },
    { name: 'jest', version: jestVersion, results: test(...jestArgs) },
  ];
}

const VITEST_CONFIG = "export default { test: { include: ['rows.vitest.mjs'] } };\n";

/** Bundles the smoke suite and runs the bundle away from the package. */
function tryBundle(consumer: string, name: string, command: string[]): Map<string, Result> {
  const folder = join(consumer, '..', name);
  mkdirSync(folder);
  const output = name === 'rollup' ? ['--dir', folder] : [`--outfile=${folder}/smoke.mjs`];
  const failed = runOnce({ folder: consumer, command: [...command, ...output] });
  if (failed !== undefined) return new Map(SMOKE.map((check) => [check, failed]));
  return runChecks({ folder, command: [NODE, 'smoke.mjs'] }, SMOKE);
}

function writeRollupConfig(consumer: string, fetched: Fetched): void {
  const plugin = (name: string) =>
    JSON.stringify(fetched.locate(`@rollup/plugin-${name}`, 'dist/es/index.js'));
  const text = `
import commonjs from ${plugin('commonjs')};
import json from ${plugin('json')};
import resolve from ${plugin('node-resolve')};
export default {
  input: 'smoke.mjs',
  external: /^node:/,
  output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
  plugins: [resolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), json()],
};
`;
  writeFileSync(join(consumer, 'rollup.config.mjs'), text);
}
