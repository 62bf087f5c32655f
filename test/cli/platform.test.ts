/** What the command makes of odd responses of the platform, and of failures that last. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';
import { type Play, respondWith, useServer } from '../support/server.js';

jest.setTimeout(20_000); // a process or more a test, on a machine that may be busy
const desk = useDesk();
const server = useServer();
const SECRET = 'client-secret-of-the-test-0123456789';

/** An environment whose platform and token service are the test server. */
const environment = () => ({
  AEP_API_KEY: undefined,
  AEP_ACCESS_TOKEN: undefined,
  AEP_CLIENT_ID: 'client-id',
  AEP_CLIENT_SECRET: SECRET,
  AEP_ORIGIN: server.origin,
  AEP_IMS_ORIGIN: server.origin,
});
const token = (fields: object = { access_token: 'a-token' }) =>
  respondWith(200, { token_type: 'bearer', expires_in: 86_399, ...fields });

test.each([
  ['without an access token', {}],
  ['with an access token that no header can hold', { access_token: 'a\nb' }],
])('a token response %s is exit 1, and nothing is sent with it', async (_, fields) => {
  server.play(token(fields));
  const ended = await desk.run(['status', 'b1', '--json'], { env: environment() });

  expect(ended.code).toBe(1);
  expect(expectJson(ended, 'error')['error']).toMatchObject({ name: 'InvalidResponseError' });
  expect(server.seen).toEqual(['POST /ims/token/v3']);
});

describe('a status that cannot be read for long', () => {
  const limited = { status: 429, headers: { 'retry-after': '600' } };
  const WARNING = /^warning: The status of batch \w+ cannot be read for now; .*429/m;

  test('is a warning of ingest, resume and wait, which go on until a signal', async () => {
    await desk.file('rows.jsonl', '{"a":1}\n');
    desk.simulator.faults.add({ when: { operation: 'getBatch' }, then: limited });
    const interrupt = async (args: string[]) => {
      const running = desk.start([...args, '--json', '--quiet']);
      await running.waitForText('cannot be read for now');
      running.child.kill('SIGINT');
      return running.ended;
    };
    const ingest = await interrupt(['ingest', 'rows.jsonl', '--dataset', 'd', '--journal', 'j']);
    const { batchId } = ingest.json()['error'] as { batchId: string };
    const resume = await interrupt(['resume', 'j']);
    const wait = await interrupt(['wait', batchId]);

    for (const ended of [ingest, resume, wait]) {
      expect([ended.code, ended.stderr]).toEqual([130, expect.stringMatching(WARNING)]);
    }
  });
});

describe('errors --out', () => {
  const LIST = { data: [{ name: 'part-1', length: '1' }] };
  const END = { data: [] };
  const ROW = { _errors: [{ code: '1401', message: 'bad' }], _corrupt_record: 'a\u202eb a-token' };

  /** Responds to a download with neither Content-Length nor chunks. */
  const respondUntilClosed = (text: string) => {
    const report: Play = (_, { socket }) => {
      socket?.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${text}`);
    };
    server.play(token(), LIST, report, END);
  };
  const run = () =>
    desk.run(['errors', 'b1', '--out', 'bad.jsonl', '--json'], { env: environment() });
  const readOut = () => readFile(join(desk.folder, 'bad.jsonl'), 'utf8');

  test('warns when a response may have ended early, and keeps its rows', async () => {
    respondUntilClosed(`${JSON.stringify(ROW)}\n`);
    const ended = await run();

    expect(ended.stderr).toMatch(/^warning: part-1: .* rows may be missing at its end/m);
    expect([ended.code, expectJson(ended, 'errorsOut')['count']]).toEqual([0, 1]);
  });

  test('fails when such a response ends within a line', async () => {
    respondUntilClosed(JSON.stringify(ROW).slice(0, -3));
    const ended = await run();

    expect([ended.code, expectJson(ended, 'error')['error']]).toMatchObject([
      1,
      { name: 'ParseError' },
    ]);
  });

  test('does not warn when the response is complete', async () => {
    server.play(token(), LIST, respondWith(200, `${JSON.stringify(ROW)}\n`), END);
    expect((await run()).stderr).not.toContain('warning:');
  });

  test('writes rows as --json prints them, to a file for the user alone', async () => {
    server.play(token(), LIST, respondWith(200, `${JSON.stringify(ROW)}\n`), END);
    await run();
    const text = await readOut();

    expect(statSync(join(desk.folder, 'bad.jsonl')).mode & 0o777).toBe(0o600);
    expect(text).not.toMatch(/a-token|\u202e/);
    expect(JSON.parse(text)).toMatchObject({ code: '1401', record: 'a\u202eb [secret]' });
  });
});
