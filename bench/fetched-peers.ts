/**
 * Clients to compare with that this project does not depend on: some are packages, pinned in bench/packages/ and
 * installed into .cache/, others are generated there from the document by the generators that it describes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { fetchPackages } from '../spec-tools/fetch-packages.js';

const DOCUMENT = resolve('generated/openapi.json');
const INSTALLED = resolve('.cache/bench-packages');
const GENERATED = resolve('.cache/bench-peers');
const REDOCLY = resolve('node_modules/@redocly/cli/bin/cli.js');

/** @returns the module of each by its name; those that cannot be fetched are left out, which one line says. */
export async function preparePeers(): Promise<Readonly<Record<string, string>>> {
  mkdirSync(GENERATED, { recursive: true });
  const redocly = join(GENERATED, 'redocly.ts');
  run(REDOCLY, 'generate-client', DOCUMENT, '--output', redocly);
  const peers: Record<string, string> = { redocly: await bundle(redocly, 'redocly') };
  const packages = fetchPackages(resolve('bench/packages'), INSTALLED);
  if (packages === undefined) {
    console.log('ky and @hey-api/openapi-ts are skipped: the npm registry cannot be reached.');
    return peers;
  }
  const folder = join(GENERATED, 'hey-api');
  const generator = packages.locate('@hey-api/openapi-ts', 'bin', 'run.js');
  run(generator, '-i', DOCUMENT, '-o', folder, '-c', '@hey-api/client-fetch', '--no-log-file');
  // Its index does not export the client that it calls.
  const entry = "export * from './sdk.gen.ts'; export { client } from './client.gen.ts';";
  const heyApi = await bundle({ contents: entry, resolveDir: folder, loader: 'ts' }, 'hey-api');
  return { ...peers, ky: packages.locate('ky', 'distribution', 'index.js'), 'hey-api': heyApi };
}

function run(program: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stdout}${stderr}`);
}

interface Entry {
  contents: string;
  resolveDir: string;
  loader: 'ts';
}

/** Compiles it to one module. */
async function bundle(entry: string | Entry, name: string): Promise<string> {
  const outfile = join(GENERATED, `${name}.mjs`);
  const source = typeof entry === 'string' ? { entryPoints: [entry] } : { stdin: entry };
  await build({ ...source, outfile, bundle: true, format: 'esm', platform: 'node' });
  return outfile;
}
