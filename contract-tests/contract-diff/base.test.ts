import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readBase } from '../../spec-tools/contract-diff/base.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let repository: string;

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.invalid', ...args], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A hook or a caller may have set them for another repository.
    env: {
      ...process.env,
      GIT_DIR: undefined,
      GIT_WORK_TREE: undefined,
      GIT_INDEX_FILE: undefined,
    },
  });
function write(file: string, version: string): void {
  mkdirSync(join(repository, file, '..'), { recursive: true });
  writeFileSync(join(repository, file), JSON.stringify({ info: { version } }));
}
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'contract-diff-'));
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'Start');
  for (const version of ['1.0.0', '2.0.0']) {
    for (const folder of ['', 'nested/']) write(`${folder}generated/openapi.json`, version);
    git('add', '.');
    git('commit', '--quiet', '--message', version);
    git('tag', `v${version}`);
  }
  write('generated/openapi.json', '3.0.0-not-committed');
  write('spec/released/openapi.json', '0.9.0-released');
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

test.each([
  ['a tag', 'v1.0.0', '1.0.0'],
  ['another tag', 'v2.0.0', '2.0.0'],
  ['a revision before another', 'HEAD~1', '1.0.0'],
  ['the last commit, not the working tree', 'HEAD', '2.0.0'],
  ['no revision: the last release', '', '0.9.0-released'],
])('the base of a comparison is the bundle of %s', (_, revision, version) => {
  expect(readBase(repository, revision)).toEqual({ info: { version } });
});

test('the base is found in a project that is a folder of its repository', () => {
  expect(readBase(join(repository, 'nested'), 'v1.0.0')).toEqual({ info: { version: '1.0.0' } });
});

test.each(['v9', 'HEAD~2', '--output=stolen', 'HEAD:generated'])(
  'a revision without a bundle, %s, is rejected by name',
  (revision) => {
    expect(() => readBase(repository, revision)).toThrow(
      `Invalid BASE: expected a revision with generated/openapi.json, received ${revision}.`,
    );
  },
);

test('make contract-diff passes BASE on, and nothing without it', () => {
  const dryRun = (...args: string[]) =>
    execFileSync('make', ['-n', 'contract-diff', ...args], { cwd: ROOT, encoding: 'utf8' });
  expect(dryRun('BASE=v1.0.0')).toContain("scripts/contract-diff.ts 'v1.0.0'");
  expect(dryRun()).toContain("scripts/contract-diff.ts ''");
});
