import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { compile } from './support/compile.js';
import { useWire } from './support/wire.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCRATCH = `${ROOT}.cache/readme-${process.pid}/`;
const wire = useWire();
afterAll(() => rm(SCRATCH, { recursive: true, force: true }));

const readme = await readFile(`${ROOT}README.md`, 'utf8');
const makefile = await readFile(`${ROOT}Makefile`, 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, text]) => text ?? '',
  );

describe('every program of the README compiles and runs against the mock', () => {
  test.each(blocks('ts').map((text, index) => [index + 1, text] as const))(
    'program %i',
    async (index, text) => {
      // As somebody's own project would: our stricter options are ours.
      expect(compile(text, { noPropertyAccessFromIndexSignature: false })).toEqual([]);

      await mkdir(SCRATCH, { recursive: true });
      const file = `${SCRATCH}program-${index}.ts`;
      await writeFile(file, text);
      const env = {
        ...process.env,
        AEP_ORG_ID: 'ORG@AdobeOrg',
        AEP_SANDBOX: 'prod',
        AEP_API_KEY: 'an-api-key',
        AEP_ACCESS_TOKEN: 'an-access-token',
        AEP_CLIENT_ID: 'a-client-id',
        AEP_CLIENT_SECRET: 'a-client-secret',
        AEP_ORIGIN: wire.origin,
        AEP_IMS_ORIGIN: wire.origin,
      };
      await writeFile(`${SCRATCH}part-0.parquet`, 'PAR1 and more PAR1');
      await writeFile(`${SCRATCH}rows.jsonl`, '{"id":1}\n{"id":2}\n');
      const { stderr } = await run('node', ['--import', 'tsx', file], { cwd: SCRATCH, env });

      expect(stderr.replace(/^.*ExperimentalWarning.*$/gm, '')).toBe('');
      expect(wire.exchanges.map(({ status }) => status).every((status) => status < 300)).toBe(true);
      expect(wire.exchanges.length).toBeGreaterThan(0);
    },
    30_000,
  );
});

test('every make target that the README and CONTRIBUTING name exists', async () => {
  const text = readme + (await readFile(`${ROOT}CONTRIBUTING.md`, 'utf8'));
  const named = [...text.matchAll(/(?:`|^)make ([a-z-]+)/gm)].map(([, target]) => target);

  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((target) => !new RegExp(`^${target}:`, 'm').test(makefile))).toEqual([]);
});

test('every file and folder that the README names exists', async () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path]) => path ?? '');
  const folders = [...readme.matchAll(/^\| `([\w-]+)\/`/gm)].map(([, name]) => name ?? '');

  expect(folders.length).toBeGreaterThan(3);
  expect([...links, ...folders].filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
});
