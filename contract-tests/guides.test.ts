import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { compile } from './support/compile.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCRATCH = `${ROOT}.cache/guides-${process.pid}/`;
afterAll(() => rm(SCRATCH, { recursive: true, force: true }));

const guides = (await readdir(`${ROOT}docs`)).filter((name) => name.endsWith('.md'));
const programs = await Promise.all(
  guides.map(async (name) => {
    const text = await readFile(`${ROOT}docs/${name}`, 'utf8');
    const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => block ?? '');
    return blocks.map((block, at) => [`${name} ${at + 1}`, block] as const);
  }),
);

/** What a program prints, where it is no test of its own. */
const EXPECTED: Record<string, RegExp[]> = {
  'ingest.md 1': [/success \{ input: 2, output: 2, failed: 0 \}/],
};

test.each(programs.flat())(
  'the program %s compiles and runs',
  async (name, text) => {
    expect(compile(text, { noPropertyAccessFromIndexSignature: false })).toEqual([]);

    await mkdir(SCRATCH, { recursive: true });
    const file = `${SCRATCH}${name.replace(/\W+/g, '-')}.ts`;
    await writeFile(file, text);
    await mkdir(`${SCRATCH}data`, { recursive: true });
    await writeFile(`${SCRATCH}data/rows.jsonl`, '{"id":1}\n{"id":2}\n');
    const { stdout } = await run('node', ['--import', 'tsx', file], { cwd: SCRATCH });
    for (const expected of EXPECTED[name] ?? [/^# pass 1$/m]) expect(stdout).toMatch(expected);
  },
  30_000,
);
