/** Rows that wait, and the samples that rows are recognised by. */
import { describe, expect, test } from '@jest/globals';
import { RowSamples } from '../../src/ingest/rejected/row-hash.js';
import { RowSpool } from '../../src/ingest/rejected/row-spool.js';

async function spool(rows: readonly object[]): Promise<object[]> {
  const held = new RowSpool<object>();
  const read: object[] = [];
  try {
    for (const row of rows) await held.add(row);
    for await (const group of held.read()) read.push(...group);
  } finally {
    await held.close();
  }
  return read;
}

describe('rows that wait until all are known', () => {
  const long = (length: number, character: string) => ({ text: character.repeat(length) });
  test.each([
    ['no row', []],
    ['a few rows', [{ n: 1 }, { text: 'a\nb\u2028€😀' }]],
    [
      'many rows',
      Array.from({ length: 20_000 }, (_, n) => ({ n, text: `é${'x'.repeat(n % 90)}` })),
    ],
    ['a row longer than what is held', [{ n: 1 }, long(400_000, '€'), { n: 2 }]],
    [
      'a longer row after many',
      [long(200_000, 'a'), long(90_000, '😀'), { n: 1 }, long(1 << 20, 'b')],
    ],
  ])('come out in their order: %s', async (_, rows) => {
    expect(await spool(rows)).toEqual(rows);
  });
});

describe('samples of rows', () => {
  const bytes = Buffer.from('xx{"id":12345,"name":"somebody"}yy');
  test('know each row that was added, wherever it stands and whatever its length', () => {
    for (let length = 1; length <= bytes.length; length++) {
      const samples = new RowSamples();
      const row = bytes.subarray(0, length);
      samples.add(row, 0, length);
      const moved = Buffer.concat([Buffer.from('abc'), row, Buffer.from('d')]);
      expect(samples.mayHave(moved, 3, 3 + length)).toBe(true);
    }
  });

  test('know most rows that were not added, where their ends or lengths differ', () => {
    const samples = new RowSamples();
    samples.add(bytes, 2, bytes.length - 2);
    let found = 0;
    for (let end = 3; end < bytes.length - 2; end++) {
      if (samples.mayHave(bytes, 2, end)) found++;
    }
    expect(found).toBeLessThan(3);
  });
});
