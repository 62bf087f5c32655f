import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { parseYaml } from '@redocly/openapi-core';
import { openStreams } from '../../src/cli/output.js';
import { buildProgram } from '../../src/cli/program.js';
import { startSimulator } from '../../src/testing/index.js';

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const COMMAND = join(ROOT, 'dist/src/cli/main.js');
const read = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');
const programs = readdirSync(EXAMPLES).filter((name) => /\.(sh|yml|py)$/.test(name));
const hasPython = spawnSync('python3', ['--version']).status === 0;

test('the examples call only subcommands and options that the command has', async () => {
  const nowhere = new Writable({ write: (_bytes, _encoding, done) => done() });
  const { commands } = await buildProgram(openStreams(nowhere, nowhere), () => undefined);
  for (const name of programs) {
    const calls = [...read(name).matchAll(/^[^#\n]*?\baep-batch (\w+)\b([^|>\n]*)/gm)];
    expect([name, calls.length]).not.toEqual([name, 0]);
    for (const [, subcommand, args = ''] of calls) {
      const known = commands.find((command) => command.name() === subcommand);
      const options = known?.options.map(({ long }) => long) ?? [];
      const used = args.match(/--[a-z-]+/g) ?? [];
      expect([name, subcommand, used.filter((option) => !options.includes(option))]).toEqual([
        name,
        known?.name(),
        [],
      ]);
    }
  }
});

test('the workflow is YAML whose jobs have steps, and whose secrets are secrets', () => {
  interface Workflow {
    on: Record<string, unknown>;
    jobs: Record<
      string,
      { steps: { run?: string; uses?: string }[]; env?: Record<string, string> }
    >;
  }
  const workflow = parseYaml(read('github-actions.yml')) as Workflow;
  expect(Object.keys(workflow.on)).toEqual(['pull_request', 'schedule']);
  for (const { steps } of Object.values(workflow.jobs)) {
    expect(steps.filter(({ run, uses }) => (run === undefined) === (uses === undefined))).toEqual(
      [],
    );
  }
  expect(workflow.jobs['load']?.env?.['AEP_CLIENT_SECRET']).toMatch(/^\$\{\{ secrets\.\w+ \}\}$/);
  expect(workflow.jobs['check']?.env).toBeUndefined();
});

(hasPython ? test : test.skip)('the DAG is valid Python', () => {
  const parse = 'import ast, sys; ast.parse(sys.stdin.read())';
  const { status, stderr } = spawnSync('python3', ['-c', parse], {
    input: read('airflow_dag.py'),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  // Its shell script, too.
  const [, script = ''] = /^LOAD = """\n([\s\S]*?)"""/m.exec(read('airflow_dag.py')) ?? [];
  expect(script).toContain('aep-batch ingest');
  expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0);
});

test('the script for cron loads a folder once, however often it is started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-example-'));
  await using simulator = await startSimulator();
  try {
    await mkdir(join(folder, 'exports'));
    await writeFile(join(folder, 'exports/rows.jsonl'), '{"a":1}\n');
    const start = `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`;
    await writeFile(join(folder, 'aep-batch'), start);
    await chmod(join(folder, 'aep-batch'), 0o755);
    const credential = Object.entries(simulator.env).map(([name, value]) => `${name}='${value}'\n`);
    await writeFile(join(folder, 'credential'), credential.join(''));
    const env = {
      PATH: `${folder}:${process.env['PATH']}`,
      XDG_STATE_HOME: join(folder, 'state'),
      AEP_BATCH_ENV: join(folder, 'credential'),
    };
    const args = [join(EXAMPLES, 'cron.sh'), 'exports', 'd'];
    const load = async () => JSON.parse((await execute('sh', args, { cwd: folder, env })).stdout);

    expect(await load()).toMatchObject({ outcome: 'success' });
    expect(await load()).toMatchObject({ outcome: 'skipped' });
    await expect(
      execute('sh', [join(EXAMPLES, 'cron.sh'), 'missing', 'd'], { cwd: folder, env }),
    ).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was sent') });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
