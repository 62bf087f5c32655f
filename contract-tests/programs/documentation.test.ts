import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startMock } from '../../spec-tools/mock.js';
import { HOW_TO_GET_REDIS, hasRedis, startRedis } from '../../spec-tools/redis.js';
import * as library from '../../src/index.js';
import { generateTypes, RowSchema } from '../../src/schema/index.js';
import { loyaltyMembers, startSimulator } from '../../src/testing/index.js';
import { IDENTITY } from '../support/client.js';
import { compile, toJavaScript } from '../support/compile.js';

jest.setTimeout(120_000); // the first program waits for the compiler, on a machine that may be busy
const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the project, so that the programs can import the package by its name. */
const SCRATCH = `${ROOT}.cache/documentation-${process.pid}/`;
beforeAll(async () => {
  await mkdir(`${SCRATCH}data`, { recursive: true });
  await writeFile(`${SCRATCH}part-0.parquet`, 'PAR1 and more PAR1');
  for (const name of ['rows.jsonl', 'data/rows.jsonl'])
    await writeFile(`${SCRATCH}${name}`, '{"id":1}\n{"id":2}\n');
});
afterAll(() => rm(SCRATCH, { recursive: true, force: true }));

/** What `aep-batch types` writes for the dataset of the guides. */
const ROWS = generateTypes(RowSchema.from(loyaltyMembers.schemas[0]));

const readme = await readFile(`${ROOT}README.md`, 'utf8');
const makefile = await readFile(`${ROOT}Makefile`, 'utf8');
const guides = (await readdir(`${ROOT}docs`)).filter((name) => name.endsWith('.md'));
const extractPrograms = (name: string, text: string) =>
  [...text.matchAll(/```ts\n(.*?)```/gs)].map(
    ([, program = ''], at) => [`${name} ${at + 1}`, program] as const,
  );

/** Projects of users need not be as strict as this one. */
const USER_OPTIONS = { noPropertyAccessFromIndexSignature: false };

/** Compiles a program as a user's project would, and runs it. */
async function compileAndRun(name: string, program: string, env: Record<string, string> = {}) {
  expect(compile(program, USER_OPTIONS, { 'rows.ts': ROWS })).toEqual([]);
  const file = `${SCRATCH}${name.replace(/\W+/g, '-')}.js`;
  await writeFile(file, toJavaScript(program));
  return run('node', [file], { cwd: SCRATCH, env: { ...process.env, ...env } });
}

/** What a program reads from its environment besides the origins. */
const ACCOUNT = {
  AEP_ORG_ID: 'ORG@AdobeOrg',
  AEP_SANDBOX: 'prod',
  AEP_API_KEY: 'an-api-key',
  AEP_ACCESS_TOKEN: 'an-access-token',
  AEP_CLIENT_ID: 'a-client-id',
  AEP_CLIENT_SECRET: 'a-client-secret',
  AEP_SCOPES: 'openid,AdobeID',
};

/** Runs a program against the mock, with an account in its environment. */
async function runOnMock(name: string, program: string): Promise<string> {
  const prism = { origin: process.env['PRISM_ORIGIN'] ?? '', close: async () => undefined };
  const mock = await startMock(prism);
  const origins = { AEP_ORIGIN: mock.origin, AEP_IMS_ORIGIN: mock.origin };
  try {
    return (await compileAndRun(name, program, { ...ACCOUNT, ...origins })).stderr;
  } finally {
    await mock.close();
  }
}

const guidePrograms = await Promise.all(
  guides.map(async (name) => extractPrograms(name, await readFile(`${ROOT}docs/${name}`, 'utf8'))),
);
const programs = [...extractPrograms('README.md', readme), ...guidePrograms.flat()];
/** It reads where the platform is; the others bring their own. */
const readsOrigin = (program: string) => /\bAEP_ORIGIN\b/.test(program);

/** It needs a Redis server. */
const usesQueue = (program: string) => program.includes("'aep-batch/bullmq'");

test.each(programs.filter(([, program]) => readsOrigin(program) && !usesQueue(program)))(
  'the program %s compiles and runs against the mock that `make mock` starts',
  async (name, program) => {
    expect(await runOnMock(name, program)).toBe('');
  },
);

test('the first program of the README loads its rows into the platform that `simulate` starts', async () => {
  const [[name, program] = ['', '']] = extractPrograms('README.md', readme);
  const simulator = await startSimulator();
  try {
    // The variables that `aep-batch simulate` prints, and no others.
    const { stdout, stderr } = await compileAndRun(name, program, simulator.env);
    expect([stderr, stdout]).toEqual(['', expect.stringMatching(/success \{ input: 2, output: 2/)]);
  } finally {
    await simulator.stop();
  }
});

describe('the program that uses a queue', () => {
  const [[name, program] = ['', '']] = programs.filter(([, text]) => usesQueue(text));
  if (!hasRedis) console.log(HOW_TO_GET_REDIS);

  test('compiles', () => {
    expect(compile(program, USER_OPTIONS)).toEqual([]);
  });

  (hasRedis ? test : test.skip)('loads a folder by a worker', async () => {
    const redis = await startRedis();
    const simulator = await startSimulator();
    try {
      const env = { ...simulator.env, REDIS_PORT: String(redis.port) };
      const { stdout } = await compileAndRun(name, program, env);
      expect(stdout).toBe('ended success { total: 1, uploaded: 1, failed: 0 }\n');
    } finally {
      await simulator.stop();
      await redis.stop();
    }
  });
});

describe('the program that brings its platform compiles and runs', () => {
  /** The expected output of the guides that are not tests themselves. */
  const EXPECTED: Record<string, RegExp> = {
    'ingest.md 1': /success \{ input: 2, output: 2, failed: 0 \}/,
    'once.md 1': /^loaded before as batch \w+$/m,
    'resume.md 1': /^kept: \w+\nsuccess \{ input: 2, output: 2, failed: 0 \}$/m,
    'sources.md 1': /^success \[/m,
    'schema.md 2': /^success$/m,
    'telemetry.md 1': /^uploadFile \{[\s\S]*^aep_batch\.ingest \{/m,
    'schema.md 1': /^error row-rejected \/person \/person: null.*record 1\.4 \[ '\/_id' \]$/ms,
  };
  test.each(programs.filter(([, program]) => !readsOrigin(program)))(
    '%s',
    async (name, program) => {
      const { stdout } = await compileAndRun(name, program);

      expect(stdout).toMatch(EXPECTED[name] ?? /^# pass 1$/m);
    },
  );
});

test('the guide on errors names every class of errors that the library exports', async () => {
  const guide = await readFile(`${ROOT}docs/errors.md`, 'utf8');
  const classes = Object.keys(library).filter((name) => name.endsWith('Error'));

  expect(classes.length).toBeGreaterThan(30);
  expect(classes.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test('the guide on single steps names every method of each part of a client', async () => {
  const guide = await readFile(`${ROOT}docs/steps.md`, 'utf8');
  const client = library.createBatchClient({ ...IDENTITY, origin: 'http://127.0.0.1:1' });
  for (const part of ['batches', 'datasets', 'schemas', 'files', 'diagnostics'] as const) {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(client[part]));
    const [row = ''] = new RegExp(`^\\| \`${part}\` .*$`, 'm').exec(guide) ?? [];
    const missing = methods.filter((name) => !row.includes(`\`${name}\``));
    expect([part, missing]).toEqual([part, ['constructor']]);
  }
});

test('every make target that the README and CONTRIBUTING name exists', async () => {
  const text = readme + (await readFile(`${ROOT}CONTRIBUTING.md`, 'utf8'));
  const named = [...text.matchAll(/(?:`|^)make ([a-z-]+)/gm)].map(([, target]) => target);

  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((target) => !new RegExp(`^${target}:`, 'm').test(makefile))).toEqual([]);
});

test('every file that the README links or shows exists', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? '');

  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
});

test('the README is read in three minutes: it has at most 900 words', () => {
  expect(readme.split(/\s+/).length).toBeLessThanOrEqual(900);
});
