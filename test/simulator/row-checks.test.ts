import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { InputFormat } from '../../src/index.js';
import type { PlatformQuirks, SimulatedSchema } from '../../src/testing/index.js';
import { all } from '../support/client.js';
import { bytes, stage, statuses } from '../support/simulator.js';

const $id = 'https://ns.adobe.com/acme/schemas/members';
const FIELDS = {
  _id: { type: 'string' },
  points: { type: 'integer', 'meta:xdmType': 'int', minimum: 0 },
  level: { type: 'string', enum: ['gold', 'silver'] },
  since: { type: 'string', format: 'date-time' },
  isActive: { type: 'boolean' },
};
const NESTED: SimulatedSchema = {
  $id,
  required: ['_id'],
  properties: {
    ...FIELDS,
    place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
};
const FLAT: SimulatedSchema = {
  $id,
  'meta:extends': ['https://ns.adobe.com/xdm/data/adhoc'],
  properties: { _acme: { type: 'object', required: ['_id'], properties: FIELDS } },
};
const JSON_LINES: InputFormat = { format: 'json' };

interface Load {
  format?: InputFormat;
  schema?: SimulatedSchema;
  percent?: number;
  quirks?: Partial<PlatformQuirks>;
}

/** Loads one file into a dataset with a schema; half of the rows may be rejected. */
async function load(content: string | Uint8Array, options: Load = {}) {
  const { format = JSON_LINES, schema = NESTED, percent = 50, quirks = {} } = options;
  const datasetId = 'members';
  const schemaRef = { id: $id, contentType: 'application/vnd.adobe.xed+json;version=1' };
  const datasets = { [datasetId]: { schemaRef } };
  const here = await stage({ datasets, schemas: [schema], quirks });
  const { batches, files, diagnostics } = here.client;
  const { id: batchId } = await batches.create({
    datasetId,
    inputFormat: format,
    enableErrorDiagnostics: true,
    partialIngestionPercent: percent,
  });
  const body = typeof content === 'string' ? bytes(content) : content;
  await files.put({ batchId, datasetId, path: 'rows' }, body);
  await batches.complete(batchId);
  await statuses(here, batchId, 1);
  const batch = await batches.get(batchId);
  const rejected = await all(diagnostics.rowErrors(batchId));
  return { status: batch.status, errors: batch.errors ?? [], batch, rejected };
}

const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('rows that do not fit the schema of their dataset', () => {
  test('are rejected with their reasons, while the others are loaded', async () => {
    const good = { _id: 'a', points: '7', place: { city: 'Rome' }, more: null };
    const bad = { _id: 'b', points: -1, level: 'tin', place: {} };
    const { batch, errors, rejected } = await load(`${lines(good, good, bad, good)}{bad\n`);

    expect(batch).toMatchObject({ status: 'success', recordCount: 5, failedRecordCount: 2 });
    expect(batch.metrics).toMatchObject({ outputRecordCount: 3, failedRecordCount: 2 });
    expect(rejected).toEqual([
      {
        ...bad,
        _errors: [
          expect.objectContaining({ code: 'INGEST-1554-400', column: '/points' }),
          expect.objectContaining({ code: 'DCVS-1106-400', column: '/level' }),
          expect.objectContaining({ code: 'INGEST-1555-400', column: '/place/city' }),
        ],
        _filename: 'rows',
        diagnosticFile: 'conversion_errors_0.json',
      },
      expect.objectContaining({ _corrupt_record: '{bad' }),
    ]);
    expect(errors.map(({ code, recordCount }) => ({ code, recordCount }))).toEqual([
      { code: 'INGEST-1212-400', recordCount: undefined },
      { code: 'INGEST-1554-400', recordCount: 1 },
      { code: 'DCVS-1106-400', recordCount: 1 },
      { code: 'INGEST-1555-400', recordCount: 1 },
      { code: 'INGEST-1401-400', recordCount: 1 },
    ]);
  });

  test('fail the batch if they are more than partialIngestionPercent allows', async () => {
    const rows = lines({ _id: 'a' }, { _id: null });
    expect((await load(rows, { percent: 50 })).status).toBe('success');
    expect((await load(rows, { percent: 49 })).status).toBe('failed');
  });

  test('are found in arrays, too', async () => {
    const format: InputFormat = { format: 'json', isMultiLineJson: true };
    const { rejected } = await load('[{"_id":"a"},{"_id":"b","since":"2026-01-31"}]', { format });

    expect(rejected).toMatchObject([{ _id: 'b', _errors: [{ code: 'DCVS-1105-400' }] }]);
  });

  test('include rows with unknown fields and empty values where the quirks say so', async () => {
    const rows = lines({ _id: 'a', other: 1 }, { _id: 'b', tags: [] }, { _id: 'c' }, { _id: 'd' });
    const lenient = await load(rows);
    const strict = await load(rows, {
      quirks: { unknownFields: 'rejected', emptyValues: 'rejected' },
    });

    expect(lenient.rejected).toEqual([]);
    expect(strict.rejected.map(({ _errors }) => _errors[0]?.column)).toEqual(['/other', '/tags']);
  });
});

test('a value that cannot be converted fails the whole batch', async () => {
  const rows = lines({ _id: 'a' }, { _id: 'b', isActive: 'true' }, { _id: 'c' });
  const { batch, errors } = await load(rows, { percent: 99 });

  expect(batch).toMatchObject({ status: 'failed', metrics: { outputRecordCount: 0 } });
  expect(errors).toMatchObject([
    {
      code: 'TypeCompatibilityException',
      description: 'The file rows: string cannot be converted to boolean at /isActive',
    },
  ]);
});

test('a dataset whose schema the registry does not have takes any row', async () => {
  const schema = { ...NESTED, $id: 'https://ns.adobe.com/acme/schemas/other' };
  expect((await load('{"_id":null}\n', { schema, percent: 0 })).status).toBe('success');
});

describe('CSV', () => {
  const format: InputFormat = { format: 'csv', nullMarker: 'NULL' };

  test('is loaded into a flat schema; empty cells and null markers are missing values', async () => {
    const rows = [
      ' _ID,points,since,isActive,other',
      'a,7,2026-01-31T12:00:00Z,true,x',
      'b,,NULL,,',
      'c,,1769860800000,false,',
      ',1,,,',
      'd,x,,,',
      'e,1,,,',
    ];
    const { rejected, status } = await load(`${rows.join('\n')}\n`, { format, schema: FLAT });

    expect(status).toBe('success');
    expect(
      rejected.map(({ _errors }) => _errors.map(({ code, column }) => [code, column])),
    ).toEqual([[['INGEST-1555-400', '/_id']], [['DCVS-1104-400', '/points']]]);
  });

  test('fails the batch for a boolean that is not true or false, and for a blank in a header', async () => {
    const boolean = await load('_id,isActive\na,yes\n', { format, schema: FLAT });
    const blank = await load('_id,is active\na,\n', { format, schema: FLAT });

    expect(boolean.errors).toMatchObject([{ code: 'TypeCompatibilityException' }]);
    expect(blank.errors).toMatchObject([{ code: '118' }]);
    expect([boolean.status, blank.status]).toEqual(['failed', 'failed']);
  });

  test('without a header is not checked: its columns have no names', async () => {
    const headless: InputFormat = { format: 'csv', header: false };
    expect((await load('a,x\n', { format: headless, schema: FLAT })).rejected).toEqual([]);
  });

  test('fails the batch if the schema is not flat', async () => {
    const { status, errors } = await load('_id\na\n', { format });

    expect(status).toBe('failed');
    expect(errors).toMatchObject([{ code: 'ERR-BI-106' }]);
  });
});

describe('Parquet', () => {
  const format: InputFormat = { format: 'parquet' };
  const write = (...columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
    new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 }));

  test('rows are checked in every row group; a null is a missing value', async () => {
    const file = write(
      { name: '_id', type: 'STRING', data: ['a', 'b', 'c', null, 'e'] },
      { name: 'points', type: 'INT64', data: [1n, null, -3n, 4n, 5n] },
      { name: 'since', type: 'TIMESTAMP', data: [null, new Date(), null, null, new Date(0)] },
      { name: 'tags', type: 'JSON', data: [null, null, null, null, null] },
    );
    const schema = {
      ...NESTED,
      properties: { ...NESTED.properties, tags: { type: 'string' } },
    };
    const { batch, rejected } = await load(file, { format, schema });

    expect(batch).toMatchObject({ status: 'success', recordCount: 5, failedRecordCount: 2 });
    expect(rejected).toMatchObject([
      { _id: 'c', points: -3, _errors: [{ code: 'INGEST-1554-400' }] },
      { points: 4, _errors: [{ code: 'INGEST-1555-400' }] },
    ]);
  });

  test('a column whose type is not converted fails the batch, and so does an unknown one', async () => {
    const id = { name: '_id', type: 'STRING' as const, data: ['a'] };
    const type = await load(write(id, { name: 'since', type: 'INT32', data: [1] }), { format });
    const unknown = await load(write(id, { name: 'other', data: ['x'] }), { format });

    expect(type.errors).toMatchObject([
      {
        code: 'TypeCompatibilityException',
        description: 'The file rows: int cannot be converted to date-time at /since',
      },
    ]);
    expect(unknown.errors).toMatchObject([
      { code: '200', description: 'The file rows: the column /other is not in the schema' },
    ]);
    expect([type.status, unknown.status]).toEqual(['failed', 'failed']);
  });

  test('rows are decompressed by Node; of a codec that it does not have, they are only counted', async () => {
    const data = ['a', null, 'c'];
    const create = (codec: 'GZIP' | 'LZO', compress: (input: Uint8Array) => Uint8Array) => {
      const columnData = [{ name: '_id', type: 'STRING' as const, data }];
      const compressors = { [codec]: compress };
      return new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors }));
    };
    const gzip = await load(
      create('GZIP', (input) => new Uint8Array(gzipSync(input))),
      { format },
    );
    const lzo = await load(
      create('LZO', (input) => input.slice(1)),
      { format },
    );

    expect(gzip.batch).toMatchObject({ recordCount: 3, failedRecordCount: 1 });
    expect(lzo.batch).toMatchObject({ recordCount: 3, failedRecordCount: 0 });
  });

  test('columns of objects, lists and maps are checked field by field', async () => {
    const schema = {
      ...NESTED,
      properties: {
        ...NESTED.properties,
        scores: {
          type: 'object',
          'meta:xdmType': 'map',
          additionalProperties: { type: 'integer' },
        },
      },
    };
    const file = parquetWriteBuffer({
      columnData: [
        { name: '_id', data: ['a', 'b'] },
        { name: 'place', data: [{ city: 'Rome' }, { city: null }] },
        { name: 'tags', data: [['x', 'y'], []] },
      ],
      schema: [
        { name: 'root', num_children: 3 },
        { name: '_id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'place', num_children: 1, repetition_type: 'OPTIONAL' },
        { name: 'city', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'tags', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        {
          name: 'element',
          type: 'BYTE_ARRAY',
          converted_type: 'UTF8',
          repetition_type: 'OPTIONAL',
        },
      ],
    });
    const { rejected, errors } = await load(new Uint8Array(file), { format, schema });

    expect(errors.map(({ code }) => code)).toEqual(['INGEST-1212-400', 'INGEST-1555-400']);
    expect(rejected).toMatchObject([{ _id: 'b', _errors: [{ column: '/place/city' }] }]);
  });
});
