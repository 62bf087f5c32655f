/** The document that the present one is compared with. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../operations.js';

export const BUNDLE = 'generated/openapi.json';
export const RELEASED = 'spec/released/openapi.json';

/**
 * @param revision of the git repository of the folder; an empty one is the last release.
 * @throws {Error} for a revision without a bundle.
 */
export function readBase(folder: string, revision: string): Json {
  if (revision === '') return JSON.parse(readFileSync(join(folder, RELEASED), 'utf8'));
  try {
    // `./`: the folder need not be the root of the repository.
    const args = ['show', '--end-of-options', `${revision}:./${BUNDLE}`];
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const options = { cwd: folder, encoding: 'utf8', stdio, maxBuffer: 2 ** 26 } as const;
    return JSON.parse(execFileSync('git', args, options));
  } catch (cause) {
    throw new Error(`Invalid BASE: expected a revision with ${BUNDLE}, received ${revision}.`, {
      cause,
    });
  }
}
