import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSimulator } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';
import { bytes, completed, stage } from '../support/simulator.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const datasetId = 'dataset';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-safety-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The response to a request with these `Host` headers, as text. */
async function call(origin: string, ...hosts: string[]): Promise<string> {
  const port = Number(new URL(origin).port);
  const lines = hosts.map((host) => `Host: ${host.replace('PORT', `${port}`)}`);
  const socket = connect(port, '127.0.0.1');
  const head = ['GET /data/foundation/catalog/batches HTTP/1.1', ...lines, 'Connection: close'];
  // Not end(): Node's server drops a request whose client has closed its side.
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return text(socket);
}

describe('the Host header, which keeps web pages out (DNS rebinding)', () => {
  test.each([
    ['127.0.0.1:PORT'],
    ['localhost:PORT'],
    ['LOCALHOST:PORT'],
    ['[::1]:PORT'],
    ['127.9.9.9:PORT'],
    ['aep.test'],
    ['aep.test:1234'],
    ['other.test:99'],
  ])('a request with the Host %s is served', async (host) => {
    const { simulator } = await stage({ allowedHosts: ['aep.test', 'Other.test:99'] });

    expect(await call(simulator.origin, host)).toContain('Oauth token is missing');
  });

  test.each([
    ['rebound.invalid:PORT'],
    ['rebound.invalid'],
    ['127.0.0.1'],
    ['localhost:1'],
    ['localhost.rebound.invalid:PORT'],
    ['127.0.0.1.rebound.invalid:PORT'],
    ['rebound.invalid@127.0.0.1:PORT'],
    ['other.test:98'],
    ['0.0.0.0:PORT'],
    [''],
  ])('a request with the Host %j is rejected with 421 and the origin to call', async (host) => {
    const { simulator } = await stage({ allowedHosts: ['other.test:99'] });
    const response = await call(simulator.origin, host);

    expect(response).toMatch(/^HTTP\/1.1 421 /);
    expect(response).toContain(`call it at ${simulator.origin}`);
    expect(simulator.log.at(-1)?.status).toBe(421);
  });

  test('a request with two Host headers is rejected', async () => {
    const { simulator } = await stage();

    expect(await call(simulator.origin, '127.0.0.1:PORT', 'rebound.invalid')).toMatch(/ 4\d\d /);
  });
});

describe('the log', () => {
  test('the log keeps the last maxLogEntries requests, and goes on counting', async () => {
    const { simulator, client } = await stage({ maxLogEntries: 3 });
    for (let call = 0; call < 5; call++) await client.batches.create({ datasetId });

    // The sixth request is the one for the token.
    expect(simulator.log.map(({ order }) => order)).toEqual([4, 5, 6]);
  });
});

describe('invalid options are rejected before anything starts', () => {
  test.each<[object, RegExp]>([
    [{ fault: [] }, /Unknown option fault\. Did you mean faults\? Expected one of .*faults/],
    [{ quirks: { totalRequird: true } }, /Unknown option quirks\.totalRequird/],
    [{ credentials: [] }, /Invalid credentials: expected at least one/],
    [{ maxLogEntries: 0 }, /Invalid maxLogEntries/],
    [{ allowedHosts: 'aep.test' }, /Invalid allowedHosts: expected an array/],
  ])('the options %j are rejected', async (options, message) => {
    const error = await thrownBy(startSimulator({ temporaryFolder: '/nonexistent', ...options }));

    expect(String(error)).toMatch(message);
  });
});

describe('the temporary folder of a process that ended without stop()', () => {
  const entry = join(ROOT, 'dist/src/testing/index.js');
  const program = (end: string) =>
    `const { startSimulator } = await import(${JSON.stringify(entry)});
     await startSimulator({ temporaryFolder: process.argv[1] });
     ${end}`;
  const leave = (end: string) =>
    run(process.execPath, ['--input-type=module', '-e', program(end), folder]).catch(
      () => undefined,
    );

  test.each([
    ['SIGKILL', "process.kill(process.pid, 'SIGKILL')"],
    ['process.exit()', 'process.exit(0)'],
  ])('a folder left by %s is removed when the next simulator starts', async (_, end) => {
    await leave(end);
    expect(await readdir(folder)).toHaveLength(1);
    const { simulator } = await stage({ temporaryFolder: folder });
    const [own, ...others] = await readdir(folder);
    await simulator.stop();

    expect([own, others]).toEqual([expect.stringContaining(`-${process.pid}-`), []]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('many simulators that start at once remove a left folder without failing', async () => {
    await Promise.all([1, 2, 3].map(() => leave('process.exit(0)')));
    const all = await Promise.all([1, 2, 3, 4].map(() => stage({ temporaryFolder: folder })));

    expect(await readdir(folder)).toHaveLength(4);
    await Promise.all(all.map(({ simulator }) => simulator.stop()));
  });

  test('folders of running processes, of others and links are not removed', async () => {
    await leave('process.exit(0)');
    const [left = ''] = await readdir(folder);
    const [, scope = ''] = /simulator-([0-9a-f]{12})-/.exec(left) ?? [];
    const kept = [
      // Of this process, of another namespace of pids, of an unknown form.
      `aep-batch-simulator-${scope}-${process.pid}-0-abc`,
      `aep-batch-simulator-${'0'.repeat(12)}-99999999-1-abc`,
      'aep-batch-simulator-abc123',
      'somebody-elses',
    ];
    for (const name of kept) await mkdir(join(folder, name));
    await mkdir(join(folder, 'somebody-elses', 'data'));
    const link = `aep-batch-simulator-${scope}-99999999-1-link`;
    await symlink(join(folder, 'somebody-elses'), join(folder, link));
    const { simulator } = await stage({ temporaryFolder: folder });
    await simulator.stop();

    expect((await readdir(folder)).sort()).toEqual([...kept, link].sort());
    expect(await readdir(join(folder, 'somebody-elses'))).toEqual(['data']);
    await rm(folder, { recursive: true });
    await mkdir(folder);
  });

  test('a folder is removed although its pid was reused by another process', async () => {
    await leave('process.exit(0)');
    const [left = ''] = await readdir(folder);
    const [, scope = ''] = /simulator-([0-9a-f]{12})-/.exec(left) ?? [];
    await mkdir(join(folder, `aep-batch-simulator-${scope}-${process.pid}-1-abc`));
    await writeFile(join(folder, `aep-batch-simulator-${scope}-${process.pid}-1-abc`, '1'), 'x');
    const { simulator } = await stage({ temporaryFolder: folder });
    await simulator.stop();

    expect(await readdir(folder)).toEqual([]);
  });
});

describe('files that fail a batch', () => {
  const ingest = async (text: string, inputFormat: object) => {
    const here = await stage();
    const format = inputFormat as { format: 'json' };
    const id = await completed(here, text, { inputFormat: format, partialIngestionPercent: 100 });
    const { batch } = await here.client.batches.wait(id, { pollIntervalMs: 1 });
    return [batch.status, batch.errors?.map(({ code }) => code)];
  };
  const csv = { format: 'csv' };
  const array = { format: 'json', isMultiLineJson: true };

  test.each<[string, string, object]>([
    ['lines that are all empty', '\n\n\r\n', { format: 'json' }],
    ['lines of blanks', '  \n\t\n', { format: 'json' }],
    ['a byte order mark alone', '\ufeff\n', { format: 'json' }],
    ['an array of nothing', ' [ ] ', array],
    ['a header alone', 'a,b\n', csv],
    ['a header and empty lines', 'a,b\r\n\r\n\r\n', csv],
    ['a header that no line ends', 'a,b', csv],
    ['empty lines where there is no header', '\n\n', { ...csv, header: false }],
  ])('%s fails the batch with code 106', async (_, text, format) => {
    expect(await ingest(text, format)).toEqual(['failed', ['106']]);
  });

  test.each([
    ['one empty name', 'a,,c\n1,2,3\n'],
    ['an empty name at the end', 'a,b,\n1,2,3\n'],
    ['a name of blanks', 'a, ,c\n1,2,3\n'],
    ['an empty name in quotes', 'a,"",c\n1,2,3\n'],
    ['no name at all', ',,\n1,2,3\n'],
    ['an empty line in its place', '\na,b\n1,2\n'],
    ['empty lines alone', '\n\n'],
  ])('a CSV header with %s fails the batch with code 118', async (_, text) => {
    expect(await ingest(text, csv)).toEqual(['failed', ['118']]);
  });

  test.each<[string, string, object]>([
    ['a delimiter in a quoted name', '"a,b",c\n1,2\n', csv],
    ['an empty first value where there is no header', ',2\n', { ...csv, header: false }],
    ['one row among empty lines', '\n{"a":1}\n\n', { format: 'json' }],
  ])('%s loads', async (_, text, format) => {
    expect(await ingest(text, format)).toEqual(['success', undefined]);
  });

  test('one empty file fails a batch of good ones', async () => {
    const { client } = await stage();
    const inputFormat = { format: 'json' as const };
    const { id } = await client.batches.create({ datasetId, inputFormat });
    await client.files.put({ batchId: id, datasetId, path: 'good' }, bytes('{"a":1}\n'));
    await client.files.put({ batchId: id, datasetId, path: 'none' }, bytes('\n'));
    await client.batches.complete(id);
    const { batch } = await client.batches.wait(id, { pollIntervalMs: 1 });

    expect(batch.errors).toMatchObject([{ code: '106', description: 'The file none has no rows' }]);
  });
});
