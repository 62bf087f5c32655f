import { describe, expect, test } from '@jest/globals';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { preflight } from '../../src/preflight/index.js';
import { useFolder } from '../support/sources.js';

const fileOf = useFolder();
const check = async (bytes: Uint8Array, path = 'a.parquet') => {
  const { findings, rows, format } = await preflight([await fileOf(path, bytes)]);
  return { told: findings.map(({ level, message }) => `${level}: ${message}`), rows, format };
};

const written = (rows: number, rowGroupSize = 1000): Buffer =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: Array.from({ length: rows }, (_, at) => at), type: 'INT32' },
        {
          name: 'name',
          data: Array.from({ length: rows }, (_, at) => (at % 3 ? `n${at}` : null)),
          type: 'STRING',
        },
        { name: 'tags', data: Array.from({ length: rows }, () => ['a', 'b']) },
      ],
      rowGroupSize,
    }),
  );

type Row = FileMetaData['row_groups'][number];
/** The same file with another footer. */
function lying(bytes: Buffer, lie: (metadata: FileMetaData) => void): Buffer {
  const metadata = parquetMetadata(bytes);
  const footer = new ByteWriter();
  const before = bytes.subarray(0, bytes.length - 8 - metadata.metadata_length);
  lie(metadata);
  writeMetadata(footer, metadata);
  return Buffer.concat([before, footer.getBytes(), Buffer.from('PAR1')]);
}
const inGroup = (lie: (group: Row) => void) => (metadata: FileMetaData) => {
  for (const group of metadata.row_groups.slice(1, 2)) lie(group);
};
const inColumn = (lie: (data: NonNullable<Row['columns'][number]['meta_data']>) => void) =>
  inGroup(({ columns }) => {
    for (const { meta_data } of columns.slice(0, 1)) if (meta_data) lie(meta_data);
  });

describe('a sound file has no findings, and its footer tells the rows', () => {
  test.each([
    ['one row group', written(10), 10],
    ['several, with nulls and lists', written(2500), 2500],
    [
      'an empty row group',
      lying(written(5), (metadata) => {
        const { columns } = metadata.row_groups[0] ?? { columns: [] };
        const empty = columns.map(({ meta_data, ...rest }) =>
          meta_data ? { ...rest, meta_data: { ...meta_data, num_values: 0n } } : rest,
        );
        metadata.row_groups.push({ columns: empty, total_byte_size: 0n, num_rows: 0n });
      }),
      5,
    ],
    [
      'a footer of more than a MiB',
      lying(written(5), (metadata) => {
        metadata.key_value_metadata = [{ key: 'note', value: 'x'.repeat(3_000_000) }];
      }),
      5,
    ],
    [
      'a dictionary at 0, as some writers put it',
      lying(
        written(2500),
        inColumn((data) => {
          data.total_compressed_size -=
            data.data_page_offset - (data.dictionary_page_offset ?? data.data_page_offset);
          data.dictionary_page_offset = 0n;
        }),
      ),
      2500,
    ],
  ])('%s', async (_, bytes, rows) => {
    expect(await check(bytes)).toEqual({ told: [], rows, format: 'parquet' });
    expect((await check(bytes, 'part-0')).told).toEqual([]);
  });
});

describe('a footer that lies is an error', () => {
  test.each<[string, (metadata: FileMetaData) => void, string]>([
    [
      'about all rows',
      (metadata) => {
        metadata.num_rows = 2501n;
      },
      'says 2501 rows, while its row groups have 2500',
    ],
    [
      'about a group',
      inGroup((group) => {
        group.num_rows = 900n;
      }),
      'says 2500 rows, while its row groups have 2400',
    ],
    [
      'about rows below none',
      (metadata) => {
        metadata.num_rows = -1n;
      },
      'says -1 rows',
    ],
    [
      'about the values of a column',
      inColumn((data) => {
        data.num_values = 999n;
      }),
      'says 999 values of column "id" and 1000 rows in row group 2',
    ],
    [
      'about where a column is',
      inColumn((data) => {
        data.data_page_offset = 10_000_000n;
        data.dictionary_page_offset = 10_000_000n;
      }),
      'has column "id" at bytes 10000000',
    ],
    [
      'about how long it is',
      inColumn((data) => {
        data.total_compressed_size = 10_000_000n;
      }),
      'and the data ends at',
    ],
    [
      'about a size below nothing',
      inColumn((data) => {
        data.total_compressed_size = -5n;
      }),
      'has column "id" at bytes',
    ],
    [
      'about where it begins',
      inColumn((data) => {
        data.data_page_offset = 0n;
        data.dictionary_page_offset = 0n;
      }),
      'has column "id" at bytes 0 to',
    ],
    [
      'about its columns',
      inGroup((group) => {
        group.columns.pop();
      }),
      'has 2 instead of 3 columns in row group 2',
    ],
    [
      'about another file',
      inGroup((group) => {
        for (const column of group.columns) column.file_path = 'b.parquet';
      }),
      'keeps column "id" in another file',
    ],
    [
      'about nothing of a column',
      inGroup((group) => {
        for (const column of group.columns) delete column.meta_data;
      }),
      'says nothing of column "id"',
    ],
  ])('%s', async (_, lie, says) => {
    const { told } = await check(lying(written(2500), lie));
    expect(told).toEqual([expect.stringContaining(says)]);
    expect(told[0]).toMatch(/^error: a\.parquet .*Write the file again\.$/);
  });
});

describe('what is no whole file is an error', () => {
  const sound = written(100);
  const withLength = (length: number) => {
    const bytes = Buffer.from(sound);
    bytes.writeUInt32LE(length, bytes.length - 8);
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ['cut off', sound.subarray(0, -20), 'does not end with PAR1: it was cut off'],
    ['only PAR1', Buffer.from('PAR1'), 'is too short'],
    ['PAR1 twice', Buffer.from('PAR1PAR1'), 'is too short'],
    [
      'a footer longer than the file',
      withLength(2 ** 31),
      'says that its footer has 2,147,483,648 bytes',
    ],
    ['no footer', withLength(0), 'says that its footer has 0 bytes'],
    ['another footer', withLength(100), 'has a footer that cannot be read'],
    ['no rows', written(0), 'holds no rows'],
    [
      'no columns',
      lying(sound, (metadata) => {
        metadata.schema = [{ name: 'root', num_children: 0 }];
        metadata.row_groups = [];
        metadata.num_rows = 0n;
      }),
      'without columns',
    ],
  ])('%s', async (_, bytes, says) => {
    expect((await check(bytes)).told).toEqual([expect.stringContaining(says)]);
  });
});

test('any byte of a footer may be wrong, and nothing is thrown', async () => {
  const sound = written(100);
  const start = sound.length - 8 - parquetMetadata(sound).metadata_length;
  for (let at = start; at < sound.length; at += 5) {
    const bytes = Buffer.from(sound);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    expect((await check(bytes)).format).toBe('parquet');
  }
});
