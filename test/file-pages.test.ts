/** Where the lists of files end, and which of their entries are one file. */
import { describe, expect, test } from '@jest/globals';
import type { BatchClient } from '../src/index.js';
import { all, clientFor, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const client = () => clientFor(server.origin, { maxRetries: 0 });
/** What comes behind the last page of a list. */
const END = { data: [] };
const starts = () =>
  server.seen.map((call) =>
    new URL(call.split(' ')[1] ?? '', server.origin).searchParams.get('start'),
  );

describe.each([
  ['batches.files', ({ batches }: BatchClient) => batches.files('b1')],
  ['diagnostics.failedFiles', ({ diagnostics }: BatchClient) => diagnostics.failedFiles('b1')],
  ['files.parts', ({ files }: BatchClient) => files.parts('f1')],
] as const)('the list of %s', (list, open) => {
  const entries = () => all<object>(open(client()));
  const entry = (name: string) =>
    list === 'batches.files' ? { dataSetFileId: name } : { name, length: '1' };
  const page = (names: string[], limit: number, next?: string) => ({
    data: names.map(entry),
    _page: { limit, count: names.length },
    ...(next === undefined ? {} : { _links: { next: { href: `?start=${next}&limit=${limit}` } } }),
  });
  const names = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);

  test.each([400, 404, 416])('is an error where its first page is a %i', async (status) => {
    server.play(respondWith(status, { title: 'no such list' }));
    expect(await thrownBy(entries())).toMatchObject({ status, detail: 'no such list' });
  });

  test.each<[string, object]>([
    ['of 100', page(names(100), 100)],
    ['of the limit that the platform keeps to', page(['a', 'b'], 2)],
  ])('is an error where a full page %s is followed by a 404', async (_, full) => {
    server.play(full, 404);
    expect(await thrownBy(entries())).toMatchObject({ name: 'NotFoundError' });
  });

  test('that has links goes on behind a full page without one, by the limit that the platform keeps to', async () => {
    server.play(page(['a', 'b'], 2, '2'), page(['c', 'd'], 2), page(['e'], 2));
    expect(await entries()).toHaveLength(5);
    expect(starts().slice(1)).toEqual(['2', '4']);
  });

  test('that has links ends with a short page without one', async () => {
    server.play(page(['a', 'b'], 2, '2'), page(['c'], 2));
    expect(await entries()).toHaveLength(3);
  });
});

test('files of one name in two folders are two files, and the same one on the next page is none', async () => {
  const page = (...paths: string[]) => ({
    data: paths.map((path) => ({
      name: 'part-0.json',
      length: '1',
      _links: { self: { href: `?path=${encodeURIComponent(path)}` } },
    })),
    _page: { limit: 100, count: paths.length },
  });
  server.play(page('a/part-0.json', 'b/part-0.json'), page('a/part-0.json', 'c/part-0.json'), END);
  const files = await all(client().diagnostics.failedFiles('b1'));
  expect(files.map(({ name }) => name[0])).toEqual(['a', 'b', 'c']);
});
