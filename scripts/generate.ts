/**
 * Makes everything in generated/ from spec/. With --check it writes nothing and fails when what is
 * there is not what the document says.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleDocument } from './bundle.js';
import { generateRequestChecks } from './generate-request-checks.js';
import { generateDocument, generateOperations, generateTypes } from './generate-types.js';

const OUT = fileURLToPath(new URL('../generated/', import.meta.url));
const MEND = 'run `make generate` and commit what it changes';

const bundled = await bundleDocument();
const files: Record<string, string> = {
  'openapi.json': `${JSON.stringify({ 'x-generated': `from spec/ by \`make generate\`; do not edit`, ...bundled }, null, 2)}\n`,
  'document.ts': generateDocument(bundled),
  'operations.ts': generateOperations(bundled),
  'openapi.ts': await generateTypes(bundled),
  'request-checks.ts': generateRequestChecks(bundled),
};

const present = await readdir(OUT).catch(() => []);
const surplus = present.filter((name) => !(name in files));
const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  const current = await readFile(join(OUT, name), 'utf8').catch(() => undefined);
  if (current !== text) stale.push(name);
}

if (process.argv.includes('--check')) {
  const wrong = [...stale, ...surplus].map((name) => `generated/${name}`);
  if (wrong.length > 0) {
    console.error(`Not what spec/ says: ${wrong.join(', ')}. To mend it, ${MEND}.`);
    process.exitCode = 1;
  }
} else {
  await mkdir(OUT, { recursive: true });
  for (const name of stale) await writeFile(join(OUT, name), files[name] ?? '');
  for (const name of surplus) await rm(join(OUT, name));
  console.log(
    stale.length > 0 ? `generated/: wrote ${stale.join(', ')}` : 'generated/: up to date',
  );
}
