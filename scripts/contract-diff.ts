/**
 * `make contract-diff`: rates each change of the document since the last release, and fails for a breaking one
 * without its version step. `BASE=<revision>` compares with the bundle of that git revision; `--accept` makes
 * the present bundle the released one.
 */
import { copyFileSync } from 'node:fs';
import { document } from '../spec-tools/bundled-document.js';
import { BUNDLE, RELEASED, readBase } from '../spec-tools/contract-diff/base.js';
import { compareDocuments, formatChanges } from '../spec-tools/contract-diff/compare.js';
import type { Json } from '../spec-tools/operations.js';

async function main(revision: string): Promise<number> {
  const comparison = await compareDocuments(readBase('.', revision), document);
  const { versions, changes, fault } = comparison;
  const since = revision === '' ? `the release ${versions.base}` : revision;
  if (changes.length === 0) console.log(`No change of the document since ${since}.`);
  else console.log(`${formatChanges(comparison)}\n`);
  if (versions.required !== versions.base) {
    console.log(`info.version: ${versions.revision}; these changes ask for ${versions.required}.`);
  }
  if (fault !== undefined) console.error(fault);
  return fault === undefined ? 0 : 1;
}

const [argument = ''] = process.argv.slice(2);
if (argument === '--accept') {
  copyFileSync(BUNDLE, RELEASED);
  console.log(`${RELEASED}: now the document of ${String((document['info'] as Json)['version'])}`);
} else {
  try {
    process.exitCode = await main(argument);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
