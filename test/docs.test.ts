import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const tests = ['test', 'contract-tests'].flatMap((folder) =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
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

test.each(['docs/architecture.md', 'CONTRIBUTING.md'])(
  'every path in code quotes of %s exists',
  (name) => {
    const text = readFileSync(`${ROOT}${name}`, 'utf8');
    const paths = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]*|[\w-]+\.(?:ts|md|json))`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !/^(?:\.cache|coverage)\//.test(path)); // what is built is not always there

    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  },
);
