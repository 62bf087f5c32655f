/** What a download says about the bytes that come, and when it is an error. */
import { describe, expect, test } from '@jest/globals';
import { all, clientFor, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const client = () => clientFor(server.origin, { maxRetries: 0 });
const download = async (status: number, headers: Record<string, string>) => {
  server.play(respondWith(status, '0123456789', headers));
  const { body, ...rest } = await client().files.download('f1', 'a');
  await body.cancel();
  return rest;
};

describe('a download', () => {
  test('of the whole file is no range, whatever range its headers name, and has the total of its length', async () => {
    const headers = { 'content-length': '10', 'content-range': 'bytes 0-9/*' };
    expect(await download(200, headers)).toMatchObject({
      range: undefined,
      sizeBytes: 10,
      totalBytes: 10,
    });
  });

  test('of a range has no total where its headers do not name one: its length is that of the range', async () => {
    const headers = { 'content-length': '10', 'content-range': 'bytes 20-29/*' };
    expect(await download(206, headers)).toMatchObject({
      range: { start: 20, end: 30 },
      sizeBytes: 10,
      totalBytes: undefined,
    });
  });

  test.each([400, 403, 404, 416])('with %i is an error, and no bytes come', async (status) => {
    const error = respondWith(status, { title: 'not here' });
    server.play(error, error);
    const { files, diagnostics } = client();
    for (const ask of [files.download('f1', 'a'), diagnostics.downloadFailed('b1', 'a')]) {
      expect(await thrownBy(ask)).toMatchObject({ status, detail: 'not here' });
    }
  });
});

test('a file of a report that cannot be read is an error, and no row', async () => {
  const entry = {
    name: 'a.json',
    length: '9',
    _links: { self: { href: '?path=row_errors/a.json' } },
  };
  const error = respondWith(404, '{"title":"not here"}');
  server.play({ data: [entry], _page: { limit: 100, count: 1 } }, error);
  const rows = all(client().diagnostics.rowErrors('b1'));
  expect(await thrownBy(rows)).toMatchObject({ status: 404, detail: 'not here' });
});

test.each([
  ['inputFiles', 'input_files'],
  ['rowErrors', 'row_errors'],
] as const)('diagnostics.%s looks for its files in %s', async (method, folder) => {
  server.play({ data: [] });
  expect(await all<unknown>(client().diagnostics[method]('b1'))).toEqual([]);
  const { searchParams } = new URL(server.seen[0]?.split(' ')[1] ?? '', server.origin);
  expect(searchParams.get('path')).toBe(folder);
});
