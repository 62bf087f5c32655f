import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readParquetFooter } from '../../src/preflight/parquet-footer.js';
import { createRandom } from '../../src/shared/random.js';

const TIME = new Date('2026-01-31T12:00:00Z');
const written = () =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'text', data: ['a', null, 'c', 'd'], type: 'STRING' },
        { name: 'number', data: [1.5, 2.5, 3.5, -1], type: 'DOUBLE' },
        { name: 'big', data: [1n, 2n, 3n, -(2n ** 40n)], type: 'INT64' },
        { name: 'time', data: [TIME, TIME, TIME, null], type: 'TIMESTAMP' },
        { name: 'json', data: [{ a: 1 }, {}, {}, {}], type: 'JSON' },
        { name: 'flag', data: [true, false, true, true], type: 'BOOLEAN' },
      ],
      rowGroupSize: 2,
    }),
  );
const cutFooter = (file: Buffer): Buffer =>
  file.subarray(file.length - 8 - file.readUInt32LE(file.length - 8));

test('the footer is read as another reader reads it', async () => {
  const real = await readFile(new URL('../fixtures/three-rows.parquet', import.meta.url));
  for (const file of [written(), real]) {
    const footer = cutFooter(file);
    const [own, other] = [
      readParquetFooter(footer),
      parquetMetadata(footer, { geoparquet: false }),
    ];

    expect(own.num_rows).toBe(Number(other.num_rows));
    expect(own.schema).toEqual(
      other.schema.map(({ field_id: _, type_length: __, ...element }) =>
        Object.fromEntries(Object.entries(element).filter(([, value]) => value !== undefined)),
      ),
    );
    expect(
      own.row_groups.map(({ columns }) => columns.map(({ meta_data: data }) => data)),
    ).toMatchObject(
      other.row_groups.map(({ columns }) =>
        columns.map(({ meta_data: data }) => ({
          num_values: Number(data?.num_values),
          total_compressed_size: Number(data?.total_compressed_size),
          data_page_offset: Number(data?.data_page_offset),
          null_count: Number(data?.statistics?.null_count ?? 0),
        })),
      ),
    );
  }
});

test('a damaged footer is read or is an error, and nothing else', () => {
  const footer = cutFooter(written());
  const next = createRandom(7);
  let errors = 0;
  for (let round = 0; round < 2000; round++) {
    const damaged = Buffer.from(footer);
    for (let change = 0; change < 3; change++) {
      damaged[Math.floor(next() * footer.length)] = Math.floor(next() * 256);
    }
    const cut = round % 2 === 0 ? damaged : damaged.subarray(0, Math.floor(next() * footer.length));
    try {
      expect(readParquetFooter(cut).schema.length).toBeLessThanOrEqual(footer.length);
    } catch (error) {
      errors++;
      expect(['TypeError', 'RangeError']).toContain((error as Error).name);
    }
  }
  expect(errors).toBeGreaterThan(500);
});
