import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type InputFormat, NotFoundError } from '../../src/index.js';
import { all, thrownBy } from '../support/client.js';
import { bytes, completed, type Stage, stage, statuses } from '../support/simulator.js';

const datasetId = 'dataset';
const PARQUET = readFileSync(new URL('../fixtures/three-rows.parquet', import.meta.url));

/** A batch with these files after its ingestion, where 99 % of the rows may be rejected. */
async function ingested(
  here: Stage,
  inputFormat: InputFormat,
  files: Readonly<Record<string, string | Uint8Array>>,
  request: object = { enableErrorDiagnostics: true, partialIngestionPercent: 99 },
) {
  const { batches, files: remote } = here.client;
  const { id: batchId } = await batches.create({ datasetId, inputFormat, ...request });
  for (const [path, text] of Object.entries(files)) {
    const content = typeof text === 'string' ? bytes(text) : text;
    await remote.put({ batchId, datasetId, path }, content);
  }
  await batches.complete(batchId);
  await statuses(here, batchId, 1);
  return batches.get(batchId);
}

const rejected = async (here: Stage, id: string) =>
  (await all(here.client.diagnostics.rowErrors(id))).map((row) => row._corrupt_record);
const codes = ({ errors = [] }: { errors?: { code: string }[] }) => errors.map(({ code }) => code);

const LONG = 'x'.repeat(17_000_000);
const COUNTS: [string, InputFormat, string, number, string[]][] = [
  ['JSON Lines', { format: 'json' }, '{"a":1}\n\n{"a":2}\r\n{"a":3}', 3, []],
  ['JSON Lines with a byte order mark', { format: 'json' }, '\uFEFF{"a":1}\n', 1, []],
  [
    'JSON Lines with bad rows',
    { format: 'json' },
    '{"a":1}\n{a:2}\n7\n[1]\n',
    4,
    ['{a:2}', '7', '[1]'],
  ],
  ['an array where lines are expected', { format: 'json' }, '{}\n[{"a":1}]', 2, ['[{"a":1}]']],
  [
    'a line that is too long',
    { format: 'json' },
    `{"a":1}\n{"a":"${LONG}"}\n{"a":2}\n`,
    3,
    ['the row is longer than 16 MiB'],
  ],
  [
    'an array',
    { format: 'json', isMultiLineJson: true },
    ' [{"a":[1,{"b":2}]},\n{"a":2}]\n',
    2,
    [],
  ],
  [
    'an array with values that are not objects',
    { format: 'json', isMultiLineJson: true },
    '[{"a":1},7,"x"]',
    3,
    ['7', '"x"'],
  ],
  [
    'an array that does not end',
    { format: 'json', isMultiLineJson: true },
    '[{"a":1},{"a":2',
    2,
    ['the array does not end'],
  ],
  [
    'lines where an array is expected',
    { format: 'json', isMultiLineJson: true },
    '{"a":1}\n{"a":2}',
    1,
    ['{"a":1}\n{"a":2}'],
  ],
  ['CSV', { format: 'csv' }, 'id,name\n1,Ada\n2,"Grace, H."\n\n3,"two\nlines"\n', 3, []],
  ['CSV with bad rows', { format: 'csv' }, 'id,name\n1\n2,Grace\n3,a,b\n', 3, ['1', '3,a,b']],
  ['CSV without a header', { format: 'csv', header: false }, '1,Ada\n2,Grace\n', 3, []],
  [
    'CSV of another kind',
    { format: 'csv', delimiter: ';', quote: "'", escape: '"' },
    "id;name\n1;'a;b'\n2;'it\"'s'\n",
    2,
    [],
  ],
  [
    'CSV in another character set',
    { format: 'csv', charset: 'ISO-8859-1' },
    'id,name\n1,Ada\n',
    1,
    [],
  ],
];

describe('counting rows', () => {
  test.each(COUNTS)(
    'the rows of %s are counted, and those that cannot be read are rejected',
    async (_, format, text, input, bad) => {
      const here = await stage();
      const good = format.isMultiLineJson ? '[{"a":0},{"a":0}]' : '{"a":0}\n{"a":0}';
      const filler = format.format === 'csv' ? 'id,name\n0,x\n0,x' : good;
      const batch = await ingested(here, format, { 'a/rows': text, filler });

      expect(batch).toMatchObject({
        status: 'success',
        recordCount: input + 2,
        failedRecordCount: bad.length,
      });
      expect(await rejected(here, batch.id)).toEqual(bad);
    },
  );

  test('Parquet rows are counted by the metadata of the file', async () => {
    const here = await stage();
    const batch = await ingested(
      here,
      { format: 'parquet' },
      { 'a.parquet': PARQUET, 'b.parquet': PARQUET },
    );

    expect(batch.metrics).toEqual({
      inputByteSize: 2 * PARQUET.length,
      inputFileCount: 2,
      inputRecordCount: 6,
      failedRecordCount: 0,
      outputRecordCount: 6,
      outputByteSize: 2 * PARQUET.length,
      outputFileCount: 2,
      partitionCount: 1,
    });
  });

  test('a batch without files succeeds with no rows', async () => {
    const here = await stage();
    expect(await ingested(here, { format: 'json' }, {})).toMatchObject({
      status: 'success',
      recordCount: 0,
    });
  });
});

describe('partialIngestionPercent', () => {
  const rows = '{"a":1}\n{"a":2}\n{"a":3}\nbad\n';
  test.each([
    [undefined, 'failed', 0],
    [0, 'failed', 0],
    [24.9, 'failed', 0],
    [25, 'success', 3],
    [100, 'success', 3],
  ])(
    'with one bad row in four and %p percent, the batch gets the status %s',
    async (percent, status, output) => {
      const here = await stage();
      const request = percent === undefined ? {} : { partialIngestionPercent: percent };
      const batch = await ingested(here, { format: 'json' }, { rows }, request);

      expect(batch).toMatchObject({
        status,
        recordCount: 4,
        failedRecordCount: 1,
        metrics: { inputRecordCount: 4, outputRecordCount: output, failedRecordCount: 1 },
      });
      expect(codes(batch)).toEqual(['INGEST-1212-400', 'INGEST-1211-400']);
    },
  );

  test('partialIngestionPercent and enableErrorDiagnostics are kept as tags', async () => {
    const here = await stage();
    expect((await ingested(here, { format: 'json' }, { rows })).tags).toEqual({
      acp_enableErrorDiagnostics: true,
      acp_partialIngestionPercent: 99,
    });
  });
});

describe('errors that fail a batch at any partialIngestionPercent', () => {
  const CASES: [string, InputFormat, string, string][] = [
    ['an empty file', { format: 'json' }, '', '106'],
    ['an empty CSV header', { format: 'csv' }, '\n1,Ada\n', '118'],
    ['a CSV header of nothing but commas', { format: 'csv' }, ',,\n1,2,3\n', '118'],
    ['a file that is not Parquet', { format: 'parquet' }, 'PAR1 and more', 'INGEST-1401-400'],
  ];
  test.each(CASES)('%s fails the batch', async (_, format, text, code) => {
    const here = await stage();
    const batch = await ingested(here, format, { 'a/file': text });

    expect(batch.status).toBe('failed');
    expect(codes(batch)).toEqual([code]);
    expect(batch.errors?.[0]?.description).toContain('a/file');
  });

  test('a format that the dataset does not take fails the batch', async () => {
    const here = await stage({ datasets: { dataset: { formats: ['parquet'] } } });
    const batch = await ingested(here, { format: 'csv' }, { a: 'id\n1\n' });

    expect(batch.status).toBe('failed');
    expect(codes(batch)).toEqual(['ERR-BI-106']);
  });

  test('errors of the option outcomes are in the batch', async () => {
    const errors = [{ code: 'INGEST-1555-400', description: 'as configured' }];
    const here = await stage({ outcomes: { dataset: { states: ['staging', 'failed'], errors } } });
    const batch = await ingested(here, { format: 'json' }, { a: '{"a":1}\n' });

    expect(batch).toMatchObject({ status: 'failed', errors, recordCount: 1 });
  });
});

describe('diagnostics', () => {
  const bad = (count: number) => Array.from({ length: count }, (_, at) => `bad ${at}\n`).join('');

  test('diagnostics have every rejected row, in as many files and pages as needed', async () => {
    const here = await stage({ rowErrorsPerFile: 2 });
    const batch = await ingested(
      here,
      { format: 'json' },
      { 'x/rows.json': `{}\n${bad(450)}` },
      {
        enableErrorDiagnostics: true,
        partialIngestionPercent: 100,
      },
    );
    const rows = await all(here.client.diagnostics.rowErrors(batch.id));

    expect(rows).toHaveLength(450);
    expect(rows[449]).toEqual({
      _corrupt_record: 'bad 449',
      _errors: [{ code: '1401', message: expect.stringContaining('cannot be read') }],
      _filename: 'x/rows.json',
      diagnosticFile: 'parsing_errors_224.json',
    });
    const lists = here.simulator.log.filter(({ path }) => path.includes('path=row_errors&'));
    expect(lists.map(({ path }) => /start=(\d+)/.exec(path)?.[1])).toEqual(['0', '100', '200']);
    expect(codes(batch)).toEqual(['INGEST-1212-400', 'INGEST-1401-400']);
  });

  test.each(['cut', 'spread', 'missing'] as const)(
    'a %s report loses no row to the client',
    async (report) => {
      const here = await stage({ outcomes: { [datasetId]: { report } }, rowErrorsPerFile: 2 });
      const partialIngestionPercent = report === 'missing' ? 10 : 99;
      const request = { enableErrorDiagnostics: true, partialIngestionPercent };
      const batch = await ingested(here, { format: 'json' }, { a: `{}\n${bad(3)}` }, request);
      const unreadable: (number | undefined)[] = [];
      const rows = await all(
        here.client.rejectedRows(batch.id, [], {
          onUnreadable: ({ line }) => unreadable.push(line),
        }),
      );
      const missing = report === 'missing' && (await thrownBy(rejected(here, batch.id)));

      expect(rows.map(({ record }) => record)).toEqual(['bad 0', 'bad 1', 'bad 2']);
      expect(unreadable).toEqual(report === 'cut' ? [1, 1] : []);
      expect(missing instanceof NotFoundError).toBe(report === 'missing');
    },
  );

  test('row errors of a batch without diagnostics are rejected with 404', async () => {
    const here = await stage();
    const batch = await ingested(here, { format: 'json' }, { rows: bad(1) }, {});
    const error = await thrownBy(rejected(here, batch.id));

    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'INGEST-1211-400' });
  });

  test('the input files are the files that were uploaded', async () => {
    const here = await stage();
    const { id } = await ingested(here, { format: 'json' }, { 'a/1': '{}', 'b/2': '{}' });

    expect(await all(here.client.diagnostics.inputFiles(id))).toEqual(['a/1', 'b/2']);
  });

  test('a failed batch keeps its rejected rows, with diagnostics or without', async () => {
    const here = await stage();
    const { id } = await ingested(here, { format: 'json' }, { rows: `{}\n${bad(2)}` }, {});
    const { diagnostics } = here.client;
    const files = await all(diagnostics.failedFiles(id));

    expect(files.map(({ name }) => name)).toEqual(['_SUCCESS', 'parsing_errors_0.json']);
    expect(await all(diagnostics.failedRows(id, 'parsing_errors_0.json'))).toHaveLength(2);
    expect(await all(diagnostics.failedRows(id, '_SUCCESS'))).toEqual([]);
    expect(await thrownBy(diagnostics.downloadFailed(id, 'none'))).toBeInstanceOf(NotFoundError);
  });

  test('a batch that did not fail has no failed files', async () => {
    const here = await stage();
    const id = await completed(here, '{"a":1}\n');
    await statuses(here, id, 2);

    expect(await all(here.client.diagnostics.failedFiles(id))).toEqual([]);
  });
});
