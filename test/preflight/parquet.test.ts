import { describe, expect, test } from '@jest/globals';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { formatFinding } from '../../src/preflight/format-finding.js';
import { preflight } from '../../src/preflight/preflight.js';
import { useFolder } from '../support/sources.js';

const createSource = useFolder();
const check = async (bytes: Uint8Array, path = 'a.parquet') => {
  const { findings, rows, format } = await preflight([await createSource(path, bytes)]);
  const found = findings.map((each) => `${each.level}: ${formatFinding(each)}`);
  return { found, rows, format };
};

const writeParquet = (rows: number, rowGroupSize = 1000): Buffer =>
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
/** The same file with a changed footer. */
function withFooter(bytes: Buffer, change: (metadata: FileMetaData) => void): Buffer {
  const metadata = parquetMetadata(bytes);
  const footer = new ByteWriter();
  const before = bytes.subarray(0, bytes.length - 8 - metadata.metadata_length);
  change(metadata);
  writeMetadata(footer, metadata);
  return Buffer.concat([before, footer.getBytes(), Buffer.from('PAR1')]);
}
const inGroup = (change: (group: Row) => void) => (metadata: FileMetaData) => {
  for (const group of metadata.row_groups.slice(1, 2)) change(group);
};
type ColumnData = NonNullable<Row['columns'][number]['meta_data']>;
const inColumn = (change: (data: ColumnData) => void) =>
  inGroup(({ columns }) => {
    for (const { meta_data } of columns.slice(0, 1)) if (meta_data) change(meta_data);
  });
const movePages = (offset: bigint) => (data: ColumnData) => {
  data.data_page_offset = offset;
  data.dictionary_page_offset = offset;
};

describe('a sound file has no findings, and its rows are counted by its footer', () => {
  test.each([
    ['one row group', writeParquet(10), 10],
    ['several, with nulls and lists', writeParquet(2500), 2500],
    [
      'an empty row group',
      withFooter(writeParquet(5), (metadata) => {
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
      withFooter(writeParquet(5), (metadata) => {
        metadata.key_value_metadata = [{ key: 'note', value: 'x'.repeat(3_000_000) }];
      }),
      5,
    ],
    [
      'a dictionary at 0, as some writers put it',
      withFooter(
        writeParquet(2500),
        inColumn((data) => {
          data.total_compressed_size -=
            data.data_page_offset - (data.dictionary_page_offset ?? data.data_page_offset);
          data.dictionary_page_offset = 0n;
        }),
      ),
      2500,
    ],
  ])('%s', async (_, bytes, rows) => {
    expect(await check(bytes)).toEqual({ found: [], rows, format: 'parquet' });
    expect((await check(bytes, 'part-0')).found).toEqual([]);
  });
});

describe('a footer that contradicts itself or the file is an error', () => {
  test.each<[string, (metadata: FileMetaData) => void, string]>([
    [
      'about all rows',
      (metadata) => {
        metadata.num_rows = 2501n;
      },
      'the footer says 2501 rows, but its row groups have 2500',
    ],
    [
      'about a group',
      inGroup((group) => {
        group.num_rows = 900n;
      }),
      'the footer says 2500 rows, but its row groups have 2400',
    ],
    [
      'about a negative number of rows',
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
      'row group 2: column "id" has 999 values for 1000 rows',
    ],
    [
      'about where a column is',
      inColumn(movePages(10_000_000n)),
      'column "id" is at bytes 10000000',
    ],
    [
      'about how long it is',
      inColumn((data) => {
        data.total_compressed_size = 10_000_000n;
      }),
      'but the data ends at',
    ],
    [
      'about a negative size',
      inColumn((data) => {
        data.total_compressed_size = -5n;
      }),
      'column "id" is at bytes',
    ],
    ['about where it begins', inColumn(movePages(0n)), 'column "id" is at bytes 0 to'],
    [
      'about its columns',
      inGroup((group) => {
        group.columns.pop();
      }),
      'row group 2: expected 3 columns, received 2',
    ],
    [
      'about another file',
      inGroup((group) => {
        for (const column of group.columns) column.file_path = 'b.parquet';
      }),
      'column "id" is in another file',
    ],
    [
      'about a column without metadata',
      inGroup((group) => {
        for (const column of group.columns) delete column.meta_data;
      }),
      'column "id" has no metadata',
    ],
  ])('%s', async (_, change, says) => {
    const { found } = await check(withFooter(writeParquet(2500), change));
    expect(found).toEqual([expect.stringContaining(says)]);
    expect(found[0]).toMatch(/^error: a\.parquet: not valid Parquet: .*Write the file again\.$/);
  });
});

describe('an incomplete file is an error', () => {
  const sound = writeParquet(100);
  const withLength = (length: number) => {
    const bytes = Buffer.from(sound);
    bytes.writeUInt32LE(length, bytes.length - 8);
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ['cut off', sound.subarray(0, -20), 'the file is cut off: expected PAR1 at the end'],
    ['only PAR1', Buffer.from('PAR1'), 'the file is too short'],
    ['PAR1 twice', Buffer.from('PAR1PAR1'), 'the file is too short'],
    [
      'a footer longer than the file',
      withLength(2 ** 31),
      'a footer of 2,147,483,648 bytes does not fit',
    ],
    ['no footer', withLength(0), 'a footer of 0 bytes'],
    ['another footer', withLength(100), 'the footer cannot be read'],
    ['no rows', writeParquet(0), 'there are no rows'],
    [
      'no columns',
      withFooter(sound, (metadata) => {
        metadata.schema = [{ name: 'root', num_children: 0 }];
        metadata.row_groups = [];
        metadata.num_rows = 0n;
      }),
      'the footer has no columns',
    ],
  ])('%s', async (_, bytes, says) => {
    expect((await check(bytes)).found).toEqual([expect.stringContaining(says)]);
  });
});

test('any byte of a footer may be wrong, and nothing is thrown', async () => {
  const sound = writeParquet(100);
  const start = sound.length - 8 - parquetMetadata(sound).metadata_length;
  for (let at = start; at < sound.length; at += 5) {
    const bytes = Buffer.from(sound);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    expect((await check(bytes)).format).toBe('parquet');
  }
});
