import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { document } from '../../spec-tools/bundled-document.js';
import { type Simulator, startSimulator } from '../../src/testing/index.js';
import { loyaltyMembers } from '../../src/testing/loyalty-members.js';
import { runLiveCommand } from './command.js';
import { SEEDS } from './seeds.js';

let simulator: Simulator;
let folder: string;
beforeAll(async () => {
  simulator = await startSimulator(loyaltyMembers);
});
afterAll(() => simulator.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-live-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command with these variables, and returns what it printed. */
async function run(
  env: NodeJS.ProcessEnv,
  own: Partial<Parameters<typeof runLiveCommand>[0]> = {},
) {
  const lines: string[] = [];
  const exitCode = await runLiveCommand({
    folder,
    env,
    pauseMs: 1,
    signal: new AbortController().signal,
    documentPath: fileURLToPath(new URL('../../generated/openapi.json', import.meta.url)),
    reportPath: join(folder, 'coverage/live.json'),
    say: (text) => lines.push(text),
    ...own,
  });
  return { exitCode, lines, output: lines.join('\n') };
}
const readReport = () => readFileSync(join(folder, 'coverage/live.json'), 'utf8');

test.each<[string, NodeJS.ProcessEnv]>([
  ['nothing', {}],
  ['a sandbox alone', { AEP_SANDBOX: 'prod', AEP_ORG_ID: 'ORG@AdobeOrg' }],
  ['empty values', { AEP_ACCESS_TOKEN: '', AEP_CLIENT_SECRET: ' ' }],
])(
  'without credentials, with %s set, it is skipped with one line and exit code 0',
  async (_, env) => {
    const { exitCode, lines } = await run(env);
    expect(exitCode).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^contract-live: skipped, .*AEP_ACCESS_TOKEN/)]);
  },
);

test('credentials without a sandbox are a mistake: all that is missing is named, with exit code 2', async () => {
  const { exitCode, output } = await run({ AEP_ACCESS_TOKEN: 'token' });
  expect(exitCode).toBe(2);
  expect(output).toMatch(/AEP_ORG_ID[\s\S]*AEP_SANDBOX[\s\S]*AEP_API_KEY/);
});

test.each(['prod', 'PROD'])('the sandbox %s is refused before anything is sent', async (name) => {
  const before = simulator.log.length;
  const { exitCode, output } = await run({ ...simulator.env, AEP_SANDBOX: name });
  expect(exitCode).toBe(2);
  expect(output).toContain('ALLOW_PROD=1');
  expect(simulator.log.length).toBe(before);
});

test('the sandbox prod is used with ALLOW_PROD=1', async () => {
  const env = { ...simulator.env, AEP_SANDBOX: 'prod', ALLOW_PROD: '1' };
  const { exitCode, output } = await run(env);
  expect(output).toMatch(/^Calling sandbox prod of /);
  expect(exitCode).toBe(0);
});

test('no difference is exit code 0, and the report shows no secret', async () => {
  const { exitCode, output } = await run(simulator.env);
  expect(exitCode).toBe(0);
  expect(output).toContain('No response differs from the document.');
  expect(output).toContain('Nothing was left behind.');
  expect(JSON.parse(readReport())).toMatchObject({ differences: [], failures: [], left: [] });
  expect(`${output}${readReport()}`).not.toContain(simulator.env['AEP_CLIENT_SECRET']);
});

test('differences from the document that DOCUMENT names are exit code 1, in a table, as JSON and as rows', async () => {
  const other = structuredClone(document);
  for (const { change } of SEEDS) change(other);
  const DOCUMENT = join(folder, 'other.json');
  writeFileSync(DOCUMENT, JSON.stringify(other));
  const { exitCode, output } = await run({ ...simulator.env, DOCUMENT });
  expect(exitCode).toBe(1);
  expect(output).toContain('| fileAction | 201 | status | one of 200, ');
  expect(output).toContain('Proposed rows for docs/known-drift.md:');
  const { differences, proposedRows } = JSON.parse(readReport());
  expect(differences).toHaveLength(SEEDS.flatMap(({ found }) => found).length);
  expect(output).toContain(`docs/known-drift.md:\n${proposedRows.join('\n')}\n\nNothing`);
});

/** A platform whose error responses repeat the credentials that they reject. */
const fetchEchoing: typeof fetch = async (url, init) => {
  const response = await fetch(url, init);
  if (response.status !== 401) return response;
  const detail = `${new Headers(init?.headers).get('authorization')} ${init?.body}`;
  return Response.json({ detail, error_description: detail }, { status: 401 });
};

test.each<[string, NodeJS.ProcessEnv]>([
  ['a wrong secret', { AEP_CLIENT_SECRET: 'a-wrong-secret-1234' }],
  ['a token that is not valid', { AEP_ACCESS_TOKEN: 'a-wrong-token-12345', AEP_API_KEY: 'key' }],
])('%s makes calls fail by name, with exit code 1, and is not shown', async (_, wrong) => {
  const before = simulator.log.length;
  const { exitCode, output } = await run({ ...simulator.env, ...wrong }, { fetch: fetchEchoing });
  expect(exitCode).toBe(1);
  expect(output).toContain('[secret]');
  expect(output).toMatch(/failed: listDatasets: .*401/);
  expect(output).toContain('Nothing was left behind.');
  expect(`${output}${readReport()}`).not.toMatch(/a-wrong-(?:secret|token)/);
  const statuses = simulator.log.slice(before).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401]));
});

test('the batch is created in the dataset that DATASET names', async () => {
  const before = simulator.log.length;
  expect((await run({ ...simulator.env, DATASET: 'mine' })).exitCode).toBe(0);
  const targets = simulator.log.slice(before).filter(({ operation }) => operation === 'uploadFile');
  expect(targets.map(({ path }) => path)).toEqual([expect.stringContaining('/datasets/mine/')]);
});

test('a document that cannot be read is exit code 2', async () => {
  const { exitCode, output } = await run({ ...simulator.env, DOCUMENT: join(folder, 'none') });
  expect(exitCode).toBe(2);
  expect(output).toContain('Invalid DOCUMENT');
});

test('SIGINT ends the process in order: its batch is aborted, the report is written, and the exit code is 130', async () => {
  simulator.faults.set({ when: { operation: 'getReceivedRanges' }, then: 'hang' });
  const before = simulator.log.length;
  const tsx = import.meta.resolve('tsx');
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', tsx, main], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...simulator.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const output = text(child.stdout);
  const isHanging = () =>
    simulator.log.slice(before).some(({ operation }) => operation === 'getReceivedRanges');
  for (let turn = 0; turn < 1000 && !isHanging(); turn++) await pause(20);
  child.kill('SIGINT');
  expect(await closed).toBe(130);
  simulator.faults.set();
  expect(await output).toMatch(/Stopped before the end\.\s+Nothing was left behind\./);
  const { left, isStopped, batches } = JSON.parse(readReport());
  expect({ left, isStopped }).toEqual({ left: [], isStopped: true });
  expect(batches.length).toBeGreaterThan(0);
  for (const id of batches) expect(simulator.status(id)).toBe('aborted');
});
