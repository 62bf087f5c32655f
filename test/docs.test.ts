import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const tests = ['test', 'contract-tests'].flatMap((folder) =>
  readdirSync(`${ROOT}${folder}`)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(`${ROOT}${folder}/${name}`, 'utf8').replaceAll("\\'", "'")),
);

test('every row of docs/known-drift.md names a test that is there', () => {
  const text = readFileSync(`${ROOT}docs/known-drift.md`, 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (?!what|---)/.test(line));
  const unheld = rows.filter((row) => {
    const name = /`([^`]+)` \|$/.exec(row)?.[1];
    return name === undefined || !tests.some((source) => source.includes(name));
  });

  expect(rows.length).toBeGreaterThan(30);
  expect(unheld).toEqual([]);
});

test('the program of docs/ingest.md runs as it stands', async () => {
  const text = readFileSync(`${ROOT}docs/ingest.md`, 'utf8');
  const [program] = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  // Inside the project, whose own package the program then finds by its name.
  const scratch = `${ROOT}.cache/docs-${process.pid}/`;
  mkdirSync(`${scratch}data`, { recursive: true });
  writeFileSync(`${scratch}data/rows.jsonl`, '{"id":1}\n{"id":2}\n');
  writeFileSync(`${scratch}program.ts`, program ?? '');
  try {
    const { stdout } = await run('node', ['--import', 'tsx', 'program.ts'], { cwd: scratch });
    expect(stdout).toMatch(/success \{ input: 2, output: 2, failed: 0 \}/);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}, 30_000);
