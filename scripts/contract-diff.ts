/**
 * `make contract-diff`: rates each change of the document since the last release, and fails for a breaking one
 * without its version step. `BASE=<revision>` compares with the bundle of that git revision; `--accept` makes
 * the present bundle the released one.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { document } from '../spec-tools/bundled-document.js';
import { compareDocuments, formatChanges } from '../spec-tools/contract-diff/compare.js';
import type { Json } from '../spec-tools/operations.js';

const BUNDLE = 'generated/openapi.json';
const RELEASED = 'spec/released/openapi.json';

function readBase(revision: string): Json {
  if (revision === '') return JSON.parse(readFileSync(RELEASED, 'utf8'));
  const place = `${revision}:${BUNDLE}`;
  try {
    const args = ['show', '--end-of-options', place];
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    return JSON.parse(execFileSync('git', args, { encoding: 'utf8', stdio, maxBuffer: 2 ** 26 }));
  } catch (cause) {
    throw new Error(`Invalid BASE: expected a revision with ${BUNDLE}, received ${revision}.`, {
      cause,
    });
  }
}

async function main(revision: string): Promise<number> {
  const comparison = await compareDocuments(readBase(revision), document);
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
