/**
 * The smoke suite of `make test-runtimes`: it runs in a folder that has nothing but the installed tarball, on each
 * runtime and from each bundle. Prints one line of JSON for each check: its name and, if it failed, the reason.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBatchClient, IngestError, VERSION } from 'aep-batch';
import { startSimulator } from 'aep-batch/testing';

const DATASET = { datasetId: 'd', pollIntervalMs: 1 };
const folder = await mkdtemp(join(tmpdir(), 'aep-batch-smoke-'));
const simulator = await startSimulator();
const client = createBatchClient(simulator.clientOptions);

const countUploads = () =>
  simulator.log.filter(({ operation }) => operation === 'uploadFile').length;

const servers = [];

/** @returns a URL that serves ranges of the text. */
async function serveRows(text) {
  const server = createHttpServer(({ headers }, response) => {
    const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.range) ?? [];
    const range = `bytes ${start}-${Math.min(end, text.length - 1)}/${text.length}`;
    response.writeHead(206, { etag: '"1"', 'content-range': range });
    response.end(text.slice(start, Number(end) + 1));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}/served.jsonl`;
}

const CHECKS = {
  async simulator() {
    const { id } = await client.batches.create({ datasetId: 'd', inputFormat: { format: 'json' } });
    assert.equal((await client.batches.get(id)).status, 'loading');
    assert.equal(simulator.status(id), 'loading');
  },

  async ingest() {
    const sources = {
      'rows.jsonl': '{"a":1}\n{"a":2}\n',
      'rows.csv': 'a,b\n1,2\n3,4\n',
      'rows.json': '[{"a":1},{"a":2}]',
    };
    for (const [name, text] of Object.entries(sources)) {
      await writeFile(join(folder, name), text);
      const { outcome, records } = await client.ingest(join(folder, name), DATASET);
      assert.deepEqual([name, outcome, records.output], [name, 'success', 2]);
    }
    const url = await serveRows('{"a":1}\n{"a":2}\n');
    const { outcome, records } = await client.ingest(url, DATASET);
    assert.deepEqual([outcome, records.output], ['success', 2]);
  },

  async resume() {
    const file = join(folder, 'resumed.jsonl');
    const journal = join(folder, 'rows.journal');
    await writeFile(file, '{"a":1}\n');
    const before = countUploads();
    simulator.faults.set({ when: { operation: 'batchAction', nth: 1 }, then: { status: 403 } });
    await assert.rejects(client.ingest(file, { ...DATASET, journal }), IngestError);
    const { outcome } = await client.resume(journal, { pollIntervalMs: 1 });
    assert.equal(outcome, 'success');
    assert.equal(countUploads() - before, 1);
  },

  async proxy() {
    const requests = [];
    const proxy = createServer((socket) => {
      socket.once('data', (bytes) => {
        requests.push(String(bytes).split('\r\n')[0]);
        socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      });
      socket.on('error', () => socket.destroy());
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    process.env.HTTPS_PROXY = `http://127.0.0.1:${proxy.address().port}`;
    const origin = 'https://platform.invalid';
    const behind = createBatchClient({
      ...simulator.clientOptions,
      origin,
      credentials: 'token',
      apiKey: 'key',
    });
    try {
      await assert.rejects(behind.batches.get('b1', { maxRetries: 0 }), /502/);
      assert.deepEqual(requests, ['CONNECT platform.invalid:443 HTTP/1.1']);
    } finally {
      delete process.env.HTTPS_PROXY;
      await behind.close();
      proxy.close();
    }
  },
};

/** How this runtime starts the installed command; a bundle has none. */
const command = process.argv.slice(2);
if (command.length > 0) {
  CHECKS.command = async () => {
    assert.equal(await runCommand('--version'), `${VERSION}\n`);
    await writeFile(join(folder, 'loaded.jsonl'), '{"a":1}\n');
    const output = await runCommand('ingest', 'loaded.jsonl', '--dataset', 'd', '--json');
    assert.equal(JSON.parse(output).outcome, 'success');
  };
}

async function runCommand(...args) {
  const [program, ...first] = command;
  const env = { ...process.env, ...simulator.env, XDG_STATE_HOME: folder };
  const child = spawn(program, [...first, ...args], { cwd: folder, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `${args.join(' ')} ended with code ${code}: ${stderr}`);
  return stdout;
}

for (const [check, run] of Object.entries(CHECKS)) {
  try {
    await run();
    console.log(JSON.stringify({ check }));
  } catch (error) {
    console.log(JSON.stringify({ check, reason: String(error?.message ?? error) }));
  }
}
await client.close();
await simulator.stop();
for (const server of servers) server.close();
await rm(folder, { recursive: true, force: true });
console.log(JSON.stringify({ check: 'end' }));
