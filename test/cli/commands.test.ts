import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { Output, openStreams } from '../../src/cli/output.js';
import { expectJson, MAIN, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a process or more a test, on a machine that may be busy
const desk = useDesk();
const ROWS = '{"a":1}\n{"a":2}\n';
const FAST = ['--poll-interval-ms', '1'];

describe('ingest', () => {
  test('ingests a file, with only the receipt on stdout and the sandbox on stderr', async () => {
    await desk.file('rows.jsonl', ROWS);
    const ended = await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', '--json', ...FAST]);

    const receipt = expectJson(ended, 'ingest');
    expect(ended.code).toBe(0);
    expect(receipt).toMatchObject({ outcome: 'success', status: 'success' });
    expect(receipt['records']).toEqual({ input: 2, output: 2, failed: 0 });
    const [sent] = desk.simulator.files(String(receipt['batchId']));
    expect(receipt['files']).toEqual([
      { path: 'rows.jsonl', sizeBytes: ROWS.length, sha256: await sent?.sha256() },
    ]);
    expect(ended.stderr).toContain(`Sandbox dev of SIMULATOR@AdobeOrg at ${desk.simulator.origin}`);
  });

  test('deletes its own journal once the batch is loaded', async () => {
    await desk.file('rows.jsonl', ROWS);
    await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', ...FAST]);

    expect(await readdir(join(desk.folder, 'state', 'aep-batch'))).toEqual(['runs']);
  });

  test('keeps the journal given with --journal, readable by the user alone and without a secret', async () => {
    await desk.file('rows.jsonl', ROWS);
    await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', '--journal', 'j', ...FAST]);

    const journal = join(desk.folder, 'j');
    expect(statSync(journal).mode & 0o777).toBe(0o600);
    expect(readFileSync(journal, 'utf8')).not.toMatch(/simulator-client|bearer|eyJ/i);
    expect(readFileSync(journal, 'utf8')).toContain('"outcome":"success"');
  });

  test.each(['', '\n \n'])(
    'creates no batch for standard input without rows: %j',
    async (input) => {
      const ended = await desk.run(['ingest', '-', '--dataset', 'd', '--json'], { input });
      expect(ended.code).toBe(2);
      expect(ended.json()).toMatchObject({ error: { name: 'InvalidInputError' } });
      expect(desk.simulator.log).toEqual([]);
    },
  );

  test('takes JSON Lines from standard input', async () => {
    const args = ['ingest', '-', '--dataset', 'd', '--json', ...FAST];
    const ended = await desk.run(args, { input: ROWS });

    expect(expectJson(ended, 'ingest')).toMatchObject({ outcome: 'success' });
    expect(await readdir(join(desk.folder, 'state', 'aep-batch'))).toEqual(['runs']);
  });

  test('stores the files of a folder under their paths in it, and uploads large files in parts', async () => {
    await mkdir(join(desk.folder, 'data', 'day=1'), { recursive: true });
    await desk.file('data/day=1/rows.jsonl', ROWS);
    const parts = ['--large-file-threshold-bytes', '0', '--part-size-bytes', '5'];
    const format = ['--format', 'json', '--external-id', 'mine', '--error-diagnostics'];
    const args = ['ingest', 'data', '--dataset', 'd', '--concurrency', '2', '--json'];
    const ended = await desk.run([...args, ...parts, ...format, ...FAST]);

    const receipt = expectJson(ended, 'ingest');
    expect(receipt).toMatchObject({ externalId: 'mine', outcome: 'success' });
    expect(receipt['files']).toMatchObject([{ path: 'day=1/rows.jsonl' }]);
    const patches = desk.simulator.log.filter(({ operation }) => operation === 'uploadFilePart');
    expect(patches).toHaveLength(4);
  });

  test('with --no-wait the outcome is accepted', async () => {
    await desk.file('rows.jsonl', ROWS);
    const ended = await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', '--no-wait', '--json']);

    expect(expectJson(ended, 'ingest')).toMatchObject({ outcome: 'accepted' });
    const text = await desk.run(['ingest', 'rows.jsonl', '--dataset', 'd', '--no-wait']);
    expect(text.stdout).toMatch(/^Batch \w+: accepted$/m);
    expect(ended.code).toBe(0);
  });

  test('with --dry-run shows the plan and the calls, masks secrets and sends nothing', async () => {
    await desk.file('rows.jsonl', ROWS);
    const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--dry-run', '--part-size-bytes', '5'];
    const ended = await desk.run([...args, '--json', '--large-file-threshold-bytes', '0']);

    const plan = expectJson(ended, 'dryRun');
    expect(plan['files']).toEqual([{ path: 'rows.jsonl', sizeBytes: ROWS.length, parts: 4 }]);
    const calls = plan['calls'] as { step: string; curl: string }[];
    expect(calls).toHaveLength(7);
    expect(calls.map(({ curl }) => curl).join('\n')).toContain('content-range: bytes 0-4');
    expect(desk.simulator.log).toEqual([]);
    expect((await desk.run(args)).stdout).toContain('Nothing is sent.');
  });

  test.each<[string, string[], Record<string, string>]>([
    ['an origin with a password', [], { AEP_ORIGIN: 'https://u:passw0rd@127.0.0.1:1' }],
    ['plain http off loopback', [], { AEP_ORIGIN: 'http://example.com' }],
    ['an invalid dataset id', ['--dataset', 'x$(id)"y/z'], {}],
    ['files beside standard input', ['-'], {}],
    ['a sandbox in capitals', ['--sandbox', 'DEV'], {}],
  ])('a dry run rejects what an ingest rejects: %s', async (_, more, env) => {
    await desk.file('rows.jsonl', ROWS);
    const args = ['ingest', 'rows.jsonl', '--dataset', 'd', ...more];
    const dry = await desk.run([...args, '--dry-run'], { env });

    expect([dry.code, (await desk.run(args, { env })).code]).toEqual([2, 2]);
    expect(`${dry.stdout}${dry.stderr}`).not.toContain('passw0rd');
    expect(desk.simulator.log).toEqual([]);
  });

  test('the calls of a dry run load the batch when they are pasted into a shell', async () => {
    await desk.file("it's.jsonl", ROWS);
    const args = ['ingest', "it's.jsonl", '--dataset', 'd', '--dry-run', '--json'];
    const calls = expectJson(await desk.run(args), 'dryRun')['calls'] as { curl: string }[];
    const [token = '', create = '', ...others] = calls.map(({ curl }) => curl);
    const field = (name: string) => `node -pe 'JSON.parse(fs.readFileSync(0)).${name}'`;
    const script = [
      'set -e',
      `AEP_ACCESS_TOKEN=$(${token} -sf | ${field('access_token')})`,
      `BATCH_ID=$(${create} -sf | ${field('id')})`,
      ...others.map((call) => `${call} -sf > /dev/null`),
      'echo "$BATCH_ID" > id',
    ];
    await writeFile(join(desk.folder, 'calls.sh'), script.join('\n'));
    const running = desk.start([], { shell: 'bash calls.sh' });
    const { code, stderr } = await running.ended;

    expect([code, stderr]).toEqual([0, '']);
    const id = readFileSync(join(desk.folder, 'id'), 'utf8').trim();
    expect(desk.simulator.files(id)).toMatchObject([{ path: "it's.jsonl" }]);
  });
});

test('create, upload, complete, wait and status take a batch through, step by step', async () => {
  await desk.file('rows.jsonl', ROWS);
  const created = expectJson(
    await desk.run(['create', '--dataset', 'd', '--format', 'json', '--json']),
    'create',
  );
  const id = String(created['batchId']);
  const uploaded = await desk.run(['upload', id, 'rows.jsonl', '--dataset', 'd', '--json']);
  expect(expectJson(uploaded, 'upload')['files']).toMatchObject([{ path: 'rows.jsonl' }]);
  const parts = ['--large-file-threshold-bytes', '0', '--part-size-bytes', '9'];
  await desk.file('more.jsonl', ROWS);
  await desk.run(['upload', id, 'more.jsonl', '--dataset', 'd', ...parts]);

  expectJson(await desk.run(['complete', id, '--json']), 'complete');
  const waited = await desk.run(['wait', id, '--json', ...FAST]);
  expect(expectJson(waited, 'wait')).toMatchObject({
    outcome: 'success',
    records: { input: 4, output: 4, failed: 0 },
  });
  const status = await desk.run(['status', id, '--json']);
  expect(expectJson(status, 'status')).toMatchObject({ batchId: id, status: 'success' });
});

test('create sends only the dataset by default, and --verbose shows every request', async () => {
  const plain = expectJson(await desk.run(['create', '--dataset', 'd', '--json']), 'create');
  expect(plain['batch']).toMatchObject({ inputFormat: { format: 'parquet' } });
  desk.simulator.faults.set({ when: { operation: 'createBatch', nth: 1 }, then: { status: 503 } });
  const { stderr } = await desk.run(['create', '--dataset', 'd', '--verbose']);

  // Every request, that for the token and that which was made again too.
  const lines = stderr.split('\n').filter((line) => /^[<>!]/.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/^> 1 POST http:\S+\/ims\/token\/v3 client_secret: \[secret\]$/),
    expect.stringMatching(/^< 200 POST \/ims\/token\/v3 \(\d+ ms, request id \S+\)$/),
    expect.stringMatching(/^> 2 POST http:\S+\/batches authorization: \[secret\]$/),
    expect.stringMatching(/^< 503 POST \S+\/batches \(/),
    expect.stringMatching(/^! createBatch, attempt 1: .* Retrying in \d+ ms\.$/),
    expect.stringMatching(/^> 3 POST http:\S+\/batches authorization: \[secret\]$/),
    expect.stringMatching(/^< 201 POST \S+\/batches \(/),
  ]);
});

test('abort aborts an open batch, revert an ingested one', async () => {
  const open = String((await desk.run(['create', '--dataset', 'd', '--json'])).json()['batchId']);
  expectJson(await desk.run(['abort', open, '--json']), 'abort');
  expect(desk.simulator.status(open)).toBe('aborted');

  await desk.file('rows.jsonl', ROWS);
  const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', ...FAST];
  const loaded = String((await desk.run(args)).json()['batchId']);
  const asked = await desk.run(['revert', loaded, '--json']);
  expect([asked.code, expectJson(asked, 'error')['outcome']]).toEqual([2, null]);
  expectJson(await desk.run(['revert', loaded, '--yes', '--json']), 'revert');
  expect(desk.simulator.status(loaded)).toBe('inactive');
});

test('list returns at most --limit batches, of the given dataset and status', async () => {
  for (const dataset of ['d', 'd', 'e']) await desk.run(['create', '--dataset', dataset]);
  const two = expectJson(await desk.run(['list', '--limit', '2', '--json']), 'list');
  const ofE = expectJson(
    await desk.run(['list', '--dataset', 'e', '--status', 'loading', '--json']),
    'list',
  );

  expect(two['batches']).toHaveLength(2);
  expect(ofE['batches']).toHaveLength(1);
  expect((await desk.run(['list'])).stdout).toContain('loading');
});

test('errors shows the first 1000 rejected rows, and --out writes all of them', async () => {
  await desk.file('rows.jsonl', `${'bad\n'.repeat(1001)}${'{"a":1}\n'.repeat(20)}`);
  const args = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', '--error-diagnostics'];
  const partial = ['--partial-ingestion-percent', '100', ...FAST];
  const id = String((await desk.run([...args, ...partial])).json()['batchId']);

  const shown = await desk.run(['errors', id, '--json']);
  const rows = expectJson(shown, 'errors');
  expect(rows).toMatchObject({ more: true });
  expect(rows['errors']).toHaveLength(1000);
  expect(shown.stderr).toContain('Only the first 1000 are shown');

  const written = await desk.run(['errors', id, '--out', 'bad.jsonl', '--json']);
  expect(expectJson(written, 'errorsOut')).toMatchObject({ count: 1001 });
  expect(written.stderr).toContain('without --replace');
  const text = await readFile(join(desk.folder, 'bad.jsonl'), 'utf8');
  expect(text.trimEnd().split('\n')).toHaveLength(1001);

  // What was in a file is kept for a batch that is not there.
  expect((await desk.run(['errors', 'nosuch', '--out', 'bad.jsonl'])).code).toBe(1);
  expect(await readFile(join(desk.folder, 'bad.jsonl'), 'utf8')).toBe(text);

  const head = await desk.run(['errors', id], { shell: '"$@" | head -1' });
  expect(head.stdout.trimEnd().split('\n')).toHaveLength(1);
});

test('control characters in a file name do not reach the terminal', async () => {
  await desk.file('evil\u001b]0;pwn\u0007.jsonl', '');
  const { stderr, stdout } = await desk.run(['check', '.']);

  expect(`${stderr}${stdout}`).toContain('evil');
  for (const control of ['\u0007', '\u001b']) expect(`${stderr}${stdout}`).not.toContain(control);
});

test('colours in what the platform sent do not reach the terminal', () => {
  const row = new Output({}, openStreams(process.stdout, process.stderr)).clean(
    'b1  \u001b[31mloading\u001b[39m',
  );
  expect(row).toBe('b1  \\u001b[31mloading\\u001b[39m');
});

test('check needs no account and sends nothing', async () => {
  const env = { AEP_ORG_ID: '', AEP_SANDBOX: '', AEP_CLIENT_SECRET: '' };
  await desk.file('rows.jsonl', ROWS);
  await desk.file('empty.jsonl', '');
  const good = await desk.run(['check', 'rows.jsonl', '--deep', '--json'], { env });
  const bad = await desk.run(['check', 'empty.jsonl', '--json'], { env });

  expect(expectJson(good, 'check')).toMatchObject({ format: 'json', files: 1, findings: [] });
  expect(good.code).toBe(0);
  expect(expectJson(bad, 'check')['findings']).toMatchObject([{ level: 'error' }]);
  expect(bad.code).toBe(2);
  expect(desk.simulator.log).toEqual([]);
});

test('simulate prints environment variables that other commands work with', async () => {
  const running = desk.start(['simulate', '--port', '0', '--json']);
  await running.waitForText('A simulated platform is listening');
  const { env } = JSON.parse(running.stdout()) as { env: Record<string, string> };
  const created = await desk.run(['create', '--dataset', 'd', '--json'], { env });
  running.child.kill('SIGINT');
  const ended = await running.ended;

  expectJson(created, 'create');
  expectJson(ended, 'simulate');
  expect(ended.code).toBe(130);
});

test('simulate quotes every value that it prints, so that a shell runs none of them', async () => {
  const sandbox = "x'$(touch p)'`touch p`\\\\";
  const running = desk.start(['simulate', '--port', '0', '--sandbox', sandbox]);
  await running.waitForText('is listening at');
  const shell = `${running.stdout()}\nprintf %s "$AEP_SANDBOX"`;
  const read = execFileSync('bash', ['-c', shell], { cwd: desk.folder }).toString();
  running.child.kill('SIGINT');

  expect(read).toBe(sandbox);
  expect(await readdir(desk.folder)).not.toContain('p');
  expect((await running.ended).code).toBe(130);
});

test('simulate rejects a sandbox that no header can hold', async () => {
  const ended = await desk.run(['simulate', '--port', '0', '--sandbox', 'x\ny', '--json']);

  expect([ended.code, expectJson(ended, 'error')['error']]).toMatchObject([
    2,
    { name: 'InvalidInputError' },
  ]);
});

describe('init', () => {
  const CONSOLE = {
    project: {
      org: { ims_org_id: 'SIMULATOR@AdobeOrg' },
      workspace: {
        details: {
          credentials: [
            { api_key: {} },
            {
              oauth_server_to_server: {
                client_id: 'simulator-client-id',
                client_secrets: ['simulator-client-secret'],
                scopes: ['openid', 'AdobeID', 'read_organizations'],
              },
            },
          ],
        },
      },
    },
  };
  /** Nothing from the environment but where the simulator is. */
  const bare = () => ({
    ...Object.fromEntries(Object.keys(desk.simulator.env).map((name) => [name, undefined])),
    AEP_ORIGIN: desk.simulator.origin,
    AEP_IMS_ORIGIN: desk.simulator.origin,
  });

  test('writes a .env that only the user can read, and that other commands work with', async () => {
    await desk.file('console.json', JSON.stringify(CONSOLE));
    const args = ['init', 'console.json', '--sandbox', 'dev', '--check', '--json'];
    const ended = await desk.run(args, { env: bare() });

    expect(expectJson(ended, 'init')).toMatchObject({ checked: true, gitWouldTrack: false });
    expect(statSync(join(desk.folder, '.env')).mode & 0o777).toBe(0o600);
    expect((await desk.run(['list', '--json'], { env: bare() })).code).toBe(0);
  });

  test('--check tests the values written, not those of the environment', async () => {
    await desk.file('console.json', JSON.stringify(CONSOLE).replace('-secret"', '-wrong"'));
    const ended = await desk.run(['init', 'console.json', '--sandbox', 'dev', '--check']);

    expect(ended.code).toBe(7);
    expect(ended.stderr).toMatch(/\.env was written/);
    expect(ended.stderr).toMatch(/Check clientId and clientSecret/);
    const again = await desk.run(['init', 'console.json', '--sandbox', 'DEV']);
    expect(again.stderr).toContain('lower case');
  });

  test('never overwrites an existing .env', async () => {
    await desk.file('.env', 'MINE=1');
    const ended = await desk.run(['init', '--json']);

    expect(ended.code).toBe(2);
    expectJson(ended, 'error');
    expect(readFileSync(join(desk.folder, '.env'), 'utf8')).toBe('MINE=1');
  });

  test('warns where git would track it, and not where it is ignored', async () => {
    execFileSync('git', ['init', '-q'], { cwd: desk.folder });
    const tracked = await desk.run(['init', '--json']);
    expect(tracked.stderr).toContain('git would track .env');
    execFileSync('rm', ['.env'], { cwd: desk.folder });
    await desk.file('.gitignore', '.env\n');

    expect(expectJson(await desk.run(['init', '--json']), 'init')['gitWouldTrack']).toBe(false);
  });

  test('an error about the credentials file quotes nothing of it', async () => {
    await desk.file('console.json', '{"client_secrets": simulator-client-secret}');
    const broken = await desk.run(['init', 'console.json']);
    await desk.file('console.json', '{"project":{}}');
    const lacking = await desk.run(['init', 'console.json']);

    expect([broken.code, lacking.code]).toEqual([2, 2]);
    expect(broken.stderr).toContain('not valid JSON');
    expect(lacking.stderr).toContain('missing project.org.ims_org_id');
  });
});

describe('the help', () => {
  /** The URLs of all modules that a run of the command loads. */
  async function listLoaded(...args: string[]): Promise<string[]> {
    await desk.run(args, { env: { NODE_V8_COVERAGE: desk.folder } });
    const names = await readdir(desk.folder);
    const [report = ''] = names.filter((name) => name.startsWith('coverage-'));
    const { result } = JSON.parse(await readFile(join(desk.folder, report), 'utf8')) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url);
  }
  const toModules = (urls: string[]) =>
    urls.flatMap((url) => /\/dist\/(?:src\/)?(.+)$/.exec(url)?.[1] ?? []);

  test('is printed without loading the client, the simulator, or a dependency but commander', async () => {
    const urls = await listLoaded('--help');
    const modules = toModules(urls);
    const packages = urls.flatMap((url) => /node_modules\/([^/]+)/.exec(url)?.[1] ?? []);

    expect(modules).toContain('cli/main.js');
    const heavy = ['core', 'uploads', 'ingest', 'load'].map((name) => `chunks/${name}.js`);
    expect(await readdir(join(dirname(MAIN), '../../chunks'))).toEqual(
      expect.arrayContaining(heavy.map((path) => basename(path))),
    );
    const loaded = modules.filter((path) => heavy.includes(path) || path.startsWith('testing/'));
    expect(loaded).toEqual([]);
    expect([...new Set(packages)]).toEqual(['commander']);
    expect(urls).not.toContain('node:http');
  });

  test('of one subcommand is printed without loading the others', async () => {
    const modules = toModules(await listLoaded('status', '--help'));
    const commands = modules.filter((module) => module.startsWith('chunks/cli-commands-'));

    expect(commands).toEqual(['chunks/cli-commands-batches.js']);
  });

  test('has examples for every subcommand', async () => {
    const { stdout, code } = await desk.run(['--help']);
    const names = [...stdout.matchAll(/^ {2}([\w-]+) \[options\]/gm)].map(([, name]) => name ?? '');
    expect(code).toBe(0);
    expect(names).toHaveLength(25);
    for (const name of names) {
      expect((await desk.run([name, '--help'])).stdout).toContain(`$ aep-batch ${name}`);
    }
  });

  test('suggests the right word for a mistyped one', async () => {
    const command = await desk.run(['ingets', 'x']);
    const option = await desk.run(['ingest', 'x', '--datset', 'd', '--json']);

    expect(command.stderr).toContain('Did you mean ingest?');
    expect(option.stderr).toContain('Did you mean --dataset?');
    expectJson(option, 'error');
    expect([command.code, option.code]).toEqual([2, 2]);
  });
});
