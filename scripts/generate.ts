/**
 * `make generate`: writes generated/ from spec/. With --check it writes nothing and fails when a
 * generated file is out of date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateFiles } from '../spec-tools/generate-files.js';
import { bundleDocument } from './bundle.js';

const OUT = fileURLToPath(new URL('../generated/', import.meta.url));

const files = await generateFiles(await bundleDocument());

const present = await readdir(OUT).catch(() => []);
const surplus = present.filter((name) => !(name in files));
const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  const current = await readFile(join(OUT, name), 'utf8').catch(() => undefined);
  if (current !== text) stale.push(name);
}

if (process.argv.includes('--check')) {
  const outdated = [...stale, ...surplus].map((name) => `generated/${name}`);
  if (outdated.length > 0) {
    console.error(
      `Out of date: ${outdated.join(', ')}. Run \`make generate\` and commit the changes.`,
    );
    process.exitCode = 1;
  }
} else {
  await mkdir(OUT, { recursive: true });
  for (const name of stale) await writeFile(join(OUT, name), files[name] ?? '');
  for (const name of surplus) await rm(join(OUT, name));
  const isUnchanged = stale.length === 0 && surplus.length === 0;
  if (!isUnchanged) console.log(`generated/: wrote ${stale.join(', ')}`);
  else if (!process.argv.includes('--quiet')) console.log('generated/: up to date');
}
