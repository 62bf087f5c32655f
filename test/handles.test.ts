import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { cut, respondWith, useServer } from './support/server.js';

const server = useServer();
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Calls that end in every way, and then nothing: whatever is left would keep the process alive. */
const PROGRAM = `
import { createBatchClient } from 'aep-batch';
const client = createBatchClient({
  orgId: 'o', sandbox: 's', apiKey: 'the-key', origin: process.env.AEP_ORIGIN,
  credentials: { clientId: 'i', clientSecret: 'the-secret', scopes: 'x', origin: process.env.AEP_ORIGIN },
  clock: { now: Date.now, random: Math.random, sleep: async () => {} },
});
const abort = new AbortController();
await client.batches.get('b1');
await client.batches.get('missing').catch(() => {});
await client.batches.get('cut').catch(() => {});
await client.batches.get('hangs', { timeoutMs: 20 }).catch(() => {});
setTimeout(() => abort.abort(), 20);
await client.batches.get('hangs', { signal: abort.signal }).catch(() => {});
await client.files.put({ batchId: 'b', datasetId: 'd', path: 'p' }, new Uint8Array(3000000));
const { body } = await client.files.download('f', 'a');
await body.cancel();
if (process.env.CLOSE) await client.close();
// A socket that was destroyed is gone a few turns later.
await new Promise((resolve) => setTimeout(resolve, 50));
const left = process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Immediate/.test(name));
console.log(process.env.CLOSE ? 'left: ' + left : 'done');
`;

test.each(['1', ''])(
  'a program that made its calls ends by itself (closed: %p)',
  async (close) => {
    server.respond = (request, response, seen) => {
      const token = { access_token: 'a-token', token_type: 'bearer', expires_in: 86399 };
      if (seen.call.includes('/ims/')) response.end(JSON.stringify(token));
      else if (seen.call.includes('missing')) response.writeHead(404).end();
      else if (seen.call.includes('/cut')) (cut as typeof server.respond)(request, response, seen);
      else if (seen.call.includes('hangs')) return;
      else if (seen.call.includes('/export/')) response.writeHead(200).write('endless');
      else
        (respondWith(200, { b1: { status: 'success' } }) as typeof server.respond)(
          request,
          response,
          seen,
        );
    };
    const env = { ...process.env, AEP_ORIGIN: server.origin, CLOSE: close };
    const args = ['--input-type=module', '-e', PROGRAM];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);

    expect(code).toBe(0);
    expect(printed.trim()).toBe(close ? 'left:' : 'done');
  },
  20_000,
);

/** Node warns where more than ten listen to one signal; jest would keep that to itself. */
const MANY = `
import { createBatchClient } from 'aep-batch';
const origin = process.env.AEP_ORIGIN;
const client = createBatchClient({
  orgId: 'o', sandbox: 's', apiKey: 'the-key', origin,
  credentials: { clientId: 'i', clientSecret: 'the-secret', scopes: 'x', origin },
});
const { signal } = new AbortController();
const calls = (options) => Array.from({ length: 50 }, () => client.batches.get('b1', options));
await Promise.all([...calls(), ...calls({ signal })]);
await client.close();
`;

test('fifty calls may wait for one token, and one signal may end fifty calls, without a warning', async () => {
  server.respond = (_, response) => {
    const token = { access_token: 'a-token', token_type: 'bearer', expires_in: 86399 };
    response.end(JSON.stringify({ ...token, b1: { status: 'success' } }));
  };
  const child = spawn(process.execPath, ['--input-type=module', '-e', MANY], {
    cwd: ROOT,
    env: { ...process.env, AEP_ORIGIN: server.origin },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);

  expect([said, code]).toEqual(['', 0]);
});
