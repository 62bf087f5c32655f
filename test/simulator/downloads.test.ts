import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { NotFoundError, RangeNotSatisfiableError } from '../../src/index.js';
import { all, thrownBy } from '../support/client.js';
import { bytes, completed, stage, statuses } from '../support/simulator.js';

const TEXT = '{"a":1}\n{"a":2}\n';

async function loaded() {
  const here = await stage();
  const id = await completed(here, TEXT);
  await statuses(here, id, 2);
  const [file] = await all(here.client.batches.files(id));
  return { here, id, fileId: file?.id ?? '', file };
}

describe('the files of a loaded batch', () => {
  test('a file is listed with its rows and its size, and has one part', async () => {
    const { here, fileId, file } = await loaded();

    expect(file).toMatchObject({ records: 2, sizeBytes: TEXT.length });
    expect(await all(here.client.files.parts(fileId))).toEqual([
      { name: 'rows.json', sizeBytes: TEXT.length, dataSetFileId: fileId },
    ]);
    expect(await here.client.files.head(fileId, 'rows.json')).toMatchObject({
      sizeBytes: TEXT.length,
    });
  });

  test.each([
    [undefined, TEXT],
    [{ start: 0, end: 7 }, '{"a":1}'],
    [{ start: 8 }, '{"a":2}\n'],
    [{ start: 8, end: 9999 }, '{"a":2}\n'],
  ])('a file is downloaded with the range %j', async (range, text) => {
    const { here, fileId } = await loaded();
    const options = range === undefined ? {} : { range };
    const { body } = await here.client.files.download(fileId, 'rows.json', options);

    expect(await new Response(body).text()).toBe(text);
  });

  test('a range beyond the end of a file is rejected with 416', async () => {
    const { here, fileId } = await loaded();
    const error = await thrownBy(
      here.client.files.download(fileId, 'rows.json', { range: { start: TEXT.length } }),
    );
    expect(error).toBeInstanceOf(RangeNotSatisfiableError);
  });

  test.each(['bytes=-8', 'bytes=-9999'])(
    'the range %s counts from the end of the file',
    async (range) => {
      const { here, fileId } = await loaded();
      const { response, data } = await here.client.raw.GET(
        '/data/foundation/export/files/{dataSetFileId}',
        {
          params: {
            path: { dataSetFileId: fileId },
            query: { path: 'rows.json' },
            header: { Range: range },
          },
          parseAs: 'text',
        },
      );
      expect(response.status).toBe(206);
      expect(data).toBe(TEXT.slice(-8 * (range === 'bytes=-8' ? 1 : 2)));
    },
  );

  test('a file exists neither before the batch is loaded nor after it was reverted', async () => {
    const { here, id, fileId } = await loaded();
    const fresh = await completed(here, TEXT);
    expect(await all(here.client.batches.files(fresh))).toEqual([]);
    await here.client.batches.revert(id);

    expect(await all(here.client.batches.files(id))).toEqual([]);
    expect(await thrownBy(all(here.client.files.parts(fileId)))).toBeInstanceOf(NotFoundError);
    expect(await thrownBy(here.client.files.head(fileId, 'rows.json'))).toBeInstanceOf(
      NotFoundError,
    );
  });

  test('the files of a batch are listed page by page', async () => {
    const here = await stage();
    const [datasetId, inputFormat] = ['d', { format: 'json' as const }];
    const { id: batchId } = await here.client.batches.create({ datasetId, inputFormat });
    for (let at = 0; at < 120; at++) {
      await here.client.files.put({ batchId, datasetId, path: `${at}` }, bytes('{}'));
    }
    await here.client.batches.complete(batchId);
    await statuses(here, batchId, 2);

    expect(await all(here.client.batches.files(batchId))).toHaveLength(120);
  });
});

describe('the preview', () => {
  const preview = async (format: 'csv' | 'json' | 'parquet', content: Uint8Array, nrow = 2) => {
    const here = await stage();
    const { id: batchId } = await here.client.batches.create({ datasetId: 'd' });
    await here.client.files.put({ batchId, datasetId: 'd', path: 'a' }, content);
    return here.client.batches.preview({ batchId, datasetId: 'd' }, { format, nrow });
  };
  const columns = [
    { cid: '0', name: 'id' },
    { cid: '1', name: 'points' },
  ];

  test('a CSV preview has its columns and the first rows', async () => {
    expect(await preview('csv', bytes('id,points\n1,10\n2,20\n3,30\n'))).toEqual({
      formatParams: { format: 'csv' },
      preview: {
        columns,
        rows: [
          { 0: '1', 1: '10' },
          { 0: '2', 1: '20' },
        ],
      },
    });
  });

  test('a JSON preview has the columns of all its rows', async () => {
    const { preview: table } = await preview('json', bytes('{"id":1}\n{"id":2,"points":5}\n'), 5);
    expect(table).toEqual({ columns, rows: [{ 0: 1 }, { 0: 2, 1: 5 }] });
  });

  test('a Parquet preview has the columns alone', async () => {
    const file = readFileSync(new URL('../fixtures/three-rows.parquet', import.meta.url));
    expect((await preview('parquet', file)).preview).toEqual({ columns, rows: [] });
  });

  test('a preview of a file that is not Parquet is rejected with 400', async () => {
    expect(await thrownBy(preview('parquet', bytes('no')))).toMatchObject({ status: 400 });
  });
});
