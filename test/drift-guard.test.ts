import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type ClientOptions, createBatchClient, type DriftEvent } from '../src/index.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A client of a server that sends one response to everything, and what its `onDrift` got. */
async function startClient(reply: Reply, options: Partial<ClientOptions> = {}) {
  const server = createServer((request, response) => {
    request.resume();
    const headers = { 'content-type': 'application/json', 'x-request-id': 'platform-1' };
    response.writeHead(reply.status ?? 200, { ...headers, ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
  });
  server.keepAliveTimeout = 0; // on a busy machine it would end between two calls
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const events: DriftEvent[] = [];
  const client = createBatchClient({
    orgId: 'ORG@AdobeOrg',
    sandbox: 'dev',
    apiKey: 'key',
    credentials: 'secret-token-1234',
    origin: `http://127.0.0.1:${port}`,
    maxRetries: 0,
    onDrift: (event) => events.push(event),
    ...options,
  });
  closers.push(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, events };
}

/** Until the checks of what was received have run: a bounded number of turns. */
async function untilReported(events: readonly unknown[], count = 1) {
  for (let turn = 0; turn < 2000 && events.length < count; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const id = 'b1';

test('a response that differs from the document is reported with its place and its request id', async () => {
  const body = { [id]: { status: 'success', created: 'yesterday' } };
  const { client, events } = await startClient({ body });
  const batch = await client.batches.get(id);
  expect(batch.status).toBe('success');
  await untilReported(events);
  expect(events).toEqual([
    {
      operation: 'getBatch',
      status: 200,
      path: 'body/b1/created',
      expected: expect.any(String),
      received: '"yesterday"',
      requestId: 'platform-1',
    },
  ]);
});

test('a status that the document does not have is reported, and the call fails as without a listener', async () => {
  const { client, events } = await startClient({ status: 418, body: {} });
  await expect(client.batches.get(id)).rejects.toMatchObject({ status: 418 });
  await untilReported(events);
  expect(events).toMatchObject([{ path: 'status', received: '418' }]);
});

test('a content type that the document does not have is reported', async () => {
  const headers = { 'content-type': 'text/plain' };
  const { client, events } = await startClient({ headers, body: { [id]: { status: 'success' } } });
  await client.batches.get(id);
  await untilReported(events);
  expect(events).toMatchObject([
    { path: 'content-type', expected: 'one of application/json', received: '"text/plain"' },
  ]);
});

test('each kind of difference is reported three times, whatever the ids are', async () => {
  const { client, events } = await startClient({ body: { [id]: { status: 7 } } });
  for (let call = 0; call < 6; call++) await client.raw.GET('/data/foundation/catalog/batches');
  // Checked last, so that all before it were checked.
  await client.raw.GET('/data/foundation/catalog/batches/{batchId}', {
    params: { path: { batchId: id } },
  });
  await untilReported(events, 4);
  expect(events.map(({ operation }) => operation)).toEqual([
    ...['listBatches', 'listBatches', 'listBatches', 'getBatch'],
  ]);
});

test('what was received is shortened, and secrets in it are masked', async () => {
  const created = `secret-token-1234 ${'x'.repeat(5000)}`;
  const { client, events } = await startClient({ body: { [id]: { status: 'success', created } } });
  await client.batches.get(id);
  await untilReported(events);
  expect(events[0]?.received).toMatch(/^"\[secret\] x+…$/);
  expect(events[0]?.received.length).toBeLessThanOrEqual(201);
});

test('a listener that throws or rejects changes no result', async () => {
  const seen: DriftEvent[] = [];
  const onDrift = (event: DriftEvent) => {
    seen.push(event);
    if (seen.length === 1) throw new Error('from a listener');
    return Promise.reject(new Error('later'));
  };
  const { client } = await startClient(
    { body: { [id]: { status: 'success', created: 'x' } } },
    { onDrift },
  );
  await expect(client.batches.get(id)).resolves.toMatchObject({ status: 'success' });
  await expect(client.batches.get(id)).resolves.toMatchObject({ status: 'success' });
  await untilReported(seen, 2);
  expect(seen).toHaveLength(2);
});

test("a caller's own fetch is checked, too", async () => {
  const fetch = async () => Response.json({ [id]: { status: 'success', created: 'x' } });
  const { client, events } = await startClient({}, { fetch });
  await client.batches.get(id);
  await untilReported(events);
  expect(events).toMatchObject([{ operation: 'getBatch', path: 'body/b1/created' }]);
});

test('a response that fits the document, with fields that it does not name, is not reported', async () => {
  const bodies = [
    { status: 'success', more: 1 },
    { status: 'success', created: 'x' },
  ];
  const fetch = async () => Response.json({ [id]: bodies.shift() });
  const { client, events } = await startClient({}, { fetch });
  await client.batches.get(id);
  // Responses are checked in order, so that the second one shows that the first was checked.
  await client.batches.get(id);
  await untilReported(events);
  expect(events).toMatchObject([{ path: 'body/b1/created' }]);
});

test('the result is delivered before it is checked, and what the caller changes in it is not reported', async () => {
  const { client, events } = await startClient({
    body: { [id]: { status: 'success', created: 'x' } },
  });
  const batch: { status: unknown } = await client.batches.get(id);
  expect(events).toEqual([]);
  batch.status = 7;
  await untilReported(events);
  expect(events).toMatchObject([{ path: 'body/b1/created' }]);
});

test('without the option the checks, ajv and the document are in no static import of the library', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-drift-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const { metafile } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
    outdir: folder,
    packages: 'external',
    logLevel: 'silent',
  });
  const entry = Object.entries(metafile.outputs).find(
    ([, one]) => one.entryPoint === 'src/index.ts',
  );
  const loaded = new Set<string>();
  const queue = entry === undefined ? [] : [entry[0]];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const output = metafile.outputs[file];
    for (const name of Object.keys(output?.inputs ?? {})) loaded.add(name);
    const imports = (output?.imports ?? []).filter(({ kind }) => kind === 'import-statement');
    queue.push(...imports.map(({ path }) => path));
  }
  expect(loaded).toContain('src/typed-client/client.ts');
  expect(
    [...loaded].filter((name) => /drift-guard|\/drift\/|generated\/document/.test(name)),
  ).toEqual([]);
});

test('without the option a call loads none of it, and with the option it does', async () => {
  const script = `
    const { default: Module } = await import('node:module');
    const { createBatchClient } = await import(process.argv[1]);
    const fetch = async () => Response.json({ b1: { status: 'success', created: 'x' } });
    const base = { orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'k', credentials: 'token', fetch };
    const loaded = () => Object.keys(Module._cache).filter((name) => name.includes('ajv')).length > 0;
    await createBatchClient(base).batches.get('b1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const without = loaded();
    await new Promise((resolve) => void createBatchClient({ ...base, onDrift: resolve }).batches.get('b1'));
    console.log(JSON.stringify({ without, with: loaded() }));
  `;
  const file = new URL('../dist/src/index.js', import.meta.url).href;
  const output = await new Promise<string>((resolve, reject) => {
    const args = ['--input-type=module', '-e', script, file];
    execFile(process.execPath, args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  expect(JSON.parse(output)).toEqual({ without: false, with: true });
});
