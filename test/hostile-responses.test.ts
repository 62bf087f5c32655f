import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AepBatchError, type BatchClient, checkFiles } from '../src/index.js';
import { all, clientFor } from './support/client.js';
import { isDeep } from './support/scale.js';

/** What each request gets, byte for byte; then the connection is ended. */
let reply: Buffer = Buffer.alloc(0);
let server: Server;
let origin = '';
let folder = '';
const sockets = new Set<Socket>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-hostile-'));
  await writeFile(join(folder, 'rows.jsonl'), '{"a":1}\n');
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => socket.end(reply));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

const head = (status: string, headers: readonly string[], length?: number) =>
  [`HTTP/1.1 ${status}`, ...headers, ...(length === undefined ? [] : [`content-length: ${length}`])]
    .map((line) => `${line}\r\n`)
    .join('');
/** A response with a body. */
const response = (body: string | Buffer, status = '200 OK', headers: readonly string[] = []) => {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`${head(status, headers, bytes.length)}\r\n`, 'latin1'),
    bytes,
  ]);
};
const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
const packed = gzipSync('{"b1":{"status":"success"}}');

const HOSTILE: [name: string, reply: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['garbage', Buffer.from('\u0000\u0001garbage\r\n\r\n')],
  ['half a head', Buffer.from('HTTP/1.1 200 OK\r\ncontent-le')],
  ['a body that is cut', Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"b1":')],
  ['an empty body', response('')],
  ...[
    'null',
    '5',
    '1e999',
    '"x"',
    'true',
    '[]',
    '[null]',
    '[[1]]',
    '{}',
    '{"b1":null}',
    '{"b1":5}',
    '{"b1":[]}',
    '{"b1":{}}',
    '{"id":null}',
    '{"id":{}}',
    '{"id":"\\ud800"}',
    '{"\\ud800":{}}',
    '{"b1":{"status":{}}}',
    '{"data":null}',
    '{"data":{}}',
    '{"data":[null]}',
    '{"data":[{}]}',
    '{"data":[{"name":"\\ud800"}]}',
    '{"data":[{"name":"n","_links":{"self":{"href":"?path=%"}}}]}',
    '{"data":[{"name":"n","length":1e308,"_links":null}],"_page":null,"_links":{"next":5}}',
    '{"data":[{"dataSetFileId":"../x"}]}',
    // A template that the platform did not fill in; the caller is not to blame.
    '{"data":[{"dataSetFileId":"$\u007bid}"}]}',
    '{"__proto__":{"status":"success"}}',
    '{"errors":[[]]}',
    '{"constructor":{"prototype":1}}',
    '{"b1":',
    'NaN',
    '<html><title>x</title></html>',
  ].map((body): [string, Buffer] => [`200 ${body}`, response(body)]),
  ['200 deep lists', response(deep('[', ']'))],
  ['200 deep objects', response(`${'{"b1":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
  ['200 deep within data', response(`{"data":[{"name":"n","x":${deep('[', ']')}}]}`)],
  ['200 deep within a batch', response(`{"b1":{"status":"failed","x":${deep('[', ']')}}}`)],
  ['invalid UTF-8', response(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0xc3, 0x28, 0x7d]))],
  ['UTF-16', response(Buffer.from('\ufeff{"b1":{}}', 'utf16le'))],
  ['another type', response('{"b1":{}}', '200 OK', ['content-type: image/png'])],
  ['cut gzip', response(packed.subarray(0, 12), '200 OK', ['content-encoding: gzip'])],
  ['no gzip', response('{"b1":{}}', '200 OK', ['content-encoding: gzip'])],
  ['an unknown encoding', response('{"b1":{}}', '200 OK', ['content-encoding: zstd, x'])],
  ['204 without a body', Buffer.from(`${head('204 No Content', [])}\r\n`)],
  ['204 with a body', response('{"b1":{}}', '204 No Content')],
  ['205', response('', '205 Reset Content')],
  ['206', response('x', '206 Partial Content', ['content-range: bytes 9-1/x'])],
  ['100 and no more', Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')],
  [
    '101',
    Buffer.from(`${head('101 Switching Protocols', ['upgrade: x', 'connection: upgrade'])}\r\n`),
  ],
  ['103 and no more', Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n')],
  ...['301', '302', '304', '307', '399'].map((status): [string, Buffer] => [
    status,
    response('x', `${status} R`, ['location: http://[']),
  ]),
  ...['099', '400', '401', '403', '404', '409', '416', '428', '500', '599', '600', '999'].map(
    (status): [string, Buffer] => [status, response('{"title":[]}', `${status} \u0007\u00ff`)],
  ),
  ['400 deep', response(deep('[', ']'), '400 Bad')],
  ['404 with lone surrogates', response('{"title":"\\ud800","code":"\\udfff"}', '404 No')],
  ['400 with odd fields', response('{"error_code":{},"type":5,"errors":"x","report":[]}', '400 B')],
  [
    'header garbage',
    response('{"b1":{}}', '200 OK', ['x-request-id: \u0001\u00ff', 'range: \u00ff']),
  ],
  ['two lengths', response('{}', '200 OK', ['content-length: 5'])],
  ['a thousand headers', response('{}', '200 OK', Array(1000).fill('x-a: b'))],
  ['a long range', response('', '200 OK', [`range: bytes=${' '.repeat(8000)}1-2`])],
  [
    'odd ranges',
    response('', '200 OK', ['range: bytes=9-1,99999999999999999999999-1', 'range: x']),
  ],
];

const address = { batchId: 'b1', datasetId: 'd1', path: 'p' };
const read = async ({ body }: { body: ReadableStream<Uint8Array> }) => all(body);
const bytes = Buffer.from('{"a":1}\n');
const IMPORT = '/data/foundation/import/batches';
const GET = '/data/foundation/catalog/batches/{batchId}';
const path = { batchId: 'b1' };

const SURFACE: [name: string, call: (client: BatchClient) => Promise<unknown>][] = [
  ['batches.create', ({ batches }) => batches.create({ datasetId: 'd1', externalId: 'e' })],
  ['batches.get', ({ batches }) => batches.get('b1')],
  ['batches.list', ({ batches }) => all(batches.list())],
  ['batches.complete', ({ batches }) => batches.complete('b1')],
  ['batches.abort', ({ batches }) => batches.abort('b1')],
  ['batches.fail', ({ batches }) => batches.fail('b1')],
  ['batches.revert', ({ batches }) => batches.revert('b1')],
  ['batches.wait', ({ batches }) => batches.wait('b1', { waitTimeoutMs: 1, pollIntervalMs: 1 })],
  ['batches.preview', ({ batches }) => batches.preview(address, { format: 'json' })],
  ['batches.files', ({ batches }) => all(batches.files('b1'))],
  ['files.put', ({ files }) => files.put(address, bytes)],
  ['files.upload', ({ files }) => files.upload(address, bytes, { maxPartRetries: 0 })],
  ['files.initialize', ({ files }) => files.initialize(address)],
  ['files.uploadPart', ({ files }) => files.uploadPart(address, { start: 0 }, bytes)],
  ['files.receivedRanges', ({ files }) => files.receivedRanges(address)],
  ['files.complete', ({ files }) => files.complete(address)],
  ['files.parts', ({ files }) => all(files.parts('f1'))],
  ['files.head', ({ files }) => files.head('f1', 'n')],
  ['files.download', ({ files }) => files.download('f1', 'n').then(read)],
  ['diagnostics.rowErrors', ({ diagnostics }) => all(diagnostics.rowErrors('b1'))],
  ['diagnostics.inputFiles', ({ diagnostics }) => all(diagnostics.inputFiles('b1'))],
  ['diagnostics.failedFiles', ({ diagnostics }) => all(diagnostics.failedFiles('b1'))],
  ['diagnostics.failedRows', ({ diagnostics }) => all(diagnostics.failedRows('b1', 'n'))],
  [
    'diagnostics.downloadFailed',
    ({ diagnostics }) => diagnostics.downloadFailed('b1', 'n').then(read),
  ],
  ['rejectedRows', (client) => all(client.rejectedRows('b1'))],
  ['raw.GET', ({ raw }) => raw.GET(GET, { params: { path } })],
  ['raw.GET as text', ({ raw }) => raw.GET(GET, { params: { path }, parseAs: 'text' })],
  ['raw.GET as a blob', ({ raw }) => raw.GET(GET, { params: { path }, parseAs: 'blob' })],
  ['raw.POST', ({ raw }) => raw.POST(IMPORT, { body: { datasetId: 'd1' } })],
  [
    'ingest of a file',
    (client) => client.ingest(join(folder, 'rows.jsonl'), { datasetId: 'd1', ...QUICK }),
  ],
  [
    'ingest of records',
    (client) => client.ingest({ records: [{ a: 1 }] }, { datasetId: 'd1', ...QUICK }),
  ],
];
const QUICK = { waitTimeoutMs: 1, pollIntervalMs: 1 };

/** In `make test` every seventh reply, and other ones for the next call: each reply meets some call. */
const STEP = isDeep ? 1 : 7;
const selectReplies = (call: number) => HOSTILE.filter((_, at) => (at + call) % STEP === 0);

/** A connection that the server has just ended must not be reused: the reply would not be read. */
async function waitForClosedSockets(): Promise<void> {
  // Bounded, because a download that nobody reads keeps its connection.
  for (let turn = 0; sockets.size > 0 && turn < 200; turn++) await setImmediate();
}

describe('whatever a server sends, a call resolves or throws an AepBatchError, in bounded time', () => {
  test.each(SURFACE.map(([name, call], at) => ({ name, call, replies: selectReplies(at) })))(
    '$name',
    async ({ call, replies }) => {
      const client = clientFor(origin, { maxRetries: 0, timeoutMs: 2000 });
      for (const [name, bytesSent] of replies) {
        await waitForClosedSockets();
        reply = bytesSent;
        const thrown = await call(client).then(
          () => undefined,
          (error: unknown) => error,
        );

        if (thrown !== undefined && !(thrown instanceof AepBatchError)) {
          throw new Error(`${name}: ${String(thrown)}`, { cause: thrown });
        }
        if (thrown === undefined) continue;
        expect([name, thrown.message.length < 3000]).toEqual([name, true]);
        expect(() => JSON.stringify(thrown)).not.toThrow();
        expect(thrown.message).not.toContain('undefined');
      }
      await client.close();
    },
    60_000,
  );
});

test('a response that raw hands out can be read in every way, whatever its status is', async () => {
  const client = clientFor(origin, { maxRetries: 0, timeoutMs: 2000 });
  const isEmpty = (status: string) => status === '204' || status === '205';
  for (const status of ['200', '204', '205', '404', '599', '600', '999']) {
    const body = isEmpty(status) ? '' : '{"title":"x"}';
    reply = response(body, `${status} \u0001`, ['x-a: \u00ff', 'connection: close']);
    const { response: got } = await client.raw.GET(GET, { params: { path } });
    expect(got.status).toBe(Number(status));
    expect(await got.text()).toBe(body);
    const copy = got.clone();
    expect(copy.status).toBe(Number(status));
    expect((await copy.arrayBuffer()).byteLength).toBe(body.length);
    expect(copy.ok).toBe(status.startsWith('2'));
    expect([...got.headers.keys()]).toContain('x-a');
  }
});

describe('an ended signal is an AbortError with its reason as cause', () => {
  const reason = new DOMException('too late', 'TimeoutError');
  const signal = AbortSignal.abort(reason);
  const calls: [name: string, call: (client: BatchClient) => Promise<unknown>][] = [
    ['checkFiles', () => checkFiles(folder, { signal })],
    ['files.upload', ({ files }) => files.upload(address, join(folder, 'rows.jsonl'), { signal })],
    ['files.upload of bytes', ({ files }) => files.upload(address, bytes, { signal })],
    ['rejectedRows', (client) => all(client.rejectedRows('b1', [], { signal }))],
    ['batches.wait', ({ batches }) => batches.wait('b1', { signal })],
    ['ingest', (client) => client.ingest(folder, { datasetId: 'd1', signal })],
  ];
  test.each(calls)('%s', async (_, call) => {
    const client = clientFor(origin, { maxRetries: 0 });
    const error = await call(client).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AepBatchError);
    const { name, cause } = error as AepBatchError;
    expect(name === 'AbortError' ? cause : ((cause as Error)?.cause ?? cause)).toBe(reason);
  });
});
