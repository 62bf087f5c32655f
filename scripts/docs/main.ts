/**
 * `make docs`: writes the reference pages to docs/reference/ and builds the site with VitePress to .cache/site/.
 * With --pages it writes the pages alone.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeApiPages } from './api-pages.js';
import { writeBenchmarkPage } from './benchmark-page.js';
import { writeCommandPages } from './command-pages.js';
import { writeLibraryPages } from './library-pages.js';
import { writeCodePage, writeProjectPages } from './project-pages.js';
import { REFERENCE, toLink, writePages } from './reference.js';

const SITE = '.cache/site';
const CODES = { text: 'Codes', link: toLink('codes') };

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${args.join(' ')} has failed.`);
}

rmSync(REFERENCE, { recursive: true, force: true });
const command = await writeCommandPages();
const api = writeApiPages(JSON.parse(readFileSync('generated/openapi.json', 'utf8')));
writePages({
  ...command.pages,
  ...api.pages,
  ...writeProjectPages(),
  benchmarks: writeBenchmarkPage(),
  codes: writeCodePage(),
});
const library = await writeLibraryPages();
run('--import', 'tsx', 'contract-tests/coverage/site-page.ts', `${REFERENCE}/scorecard.md`);
writeFileSync(
  `${REFERENCE}/sidebar.json`,
  JSON.stringify([command.sidebar, ...library, api.sidebar, CODES], undefined, 1),
);

if (!process.argv.includes('--pages')) {
  rmSync(SITE, { recursive: true, force: true });
  run('node_modules/vitepress/bin/vitepress.js', 'build', 'docs');
  for (const file of ['docs/json-output.schema.json', 'generated/openapi.json']) {
    copyFileSync(file, `${SITE}/${file.replace(/^.*\//, '')}`);
  }
  console.log(`The site is in ${SITE}/: make docs-serve shows it.`);
}
