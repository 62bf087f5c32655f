import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { StreamCheck } from '../../src/preflight/stream.js';
import type { Finding } from '../../src/preflight/types.js';

const checkAll = (bytes: Uint8Array, chunkBytes: number, partialIngestionPercent = 0) => {
  const check = new StreamCheck('stdin.json', { partialIngestionPercent });
  let findings: Finding[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes));
    findings = check.push(chunk);
    if (check.errors > 0) break;
    chunk.fill(0x78); // a reader may use its buffer again
  }
  if (check.errors === 0) findings = check.end();
  return { findings, rows: check.rows, errors: check.errors };
};

describe.each([1, 7, 1000])('in chunks of %i bytes,', (chunkBytes) => {
  test('a stream of sound lines has no findings', () => {
    const text = '{"größe":"日本"}\r\n\n{"a":2}\n{"a":3}';
    expect(checkAll(Buffer.from(text), chunkBytes)).toEqual({ findings: [], rows: 3, errors: 0 });
  });

  test.each<[string, string | Buffer, number | undefined, string]>([
    ['a bad line', '{"a":1}\n{"a":2}\n{"a":}\n', 3, 'not valid JSON: unexpected `}` at column 6'],
    [
      'invalid UTF-8',
      Buffer.from('{"aaaaaaaaaa":1}\n{"a":"\xe9"}', 'latin1'),
      2,
      'not valid UTF-8: invalid byte 7 of the line',
    ],
    ['an object over several lines', '{\n"a":1\n}\n', 1, 'an object continues on the next line'],
    ['an array over several lines', '[\n{"a":1}\n]\n', 1, 'an array continues on the next line'],
    ['an array', '[{"a":1}]', 1, 'received an array'],
    ['gzip', gzipSync('{"a":1}'), undefined, 'this is gzip'],
    ['UTF-16', Buffer.from('{"a":1}\n{"a":1}', 'utf16le'), undefined, 'looks like UTF-16'],
    ['a byte order mark', '\ufeff{"a":1}', undefined, 'byte order mark'],
    ['nothing', '', undefined, 'there are no bytes'],
    ['only whitespace', '\n \n', undefined, 'there are no rows'],
  ])('a stream of %s is one error with the reason', (_, bytes, line, says) => {
    const { findings } = checkAll(Buffer.from(bytes), chunkBytes);
    expect(findings).toHaveLength(1);
    expect(findings).toMatchObject([
      {
        level: 'error',
        file: 'stdin.json',
        ...(line === undefined ? {} : { line }),
        message: expect.stringContaining(says),
      },
    ]);
  });
});

test('a finding comes with the chunk that ends its line', () => {
  const check = new StreamCheck('stdin.json');
  expect(check.push(Buffer.from('{"a":1}\n{"a":1}\nnonsense'))).toEqual([]);
  expect(check.push(Buffer.from('\n{"a":'))).toMatchObject([{ line: 3 }]);
  expect(check.push(Buffer.from('4}\n'))).toHaveLength(1);
});

test('bad lines of one kind are one finding, with their number and the first places', () => {
  const { findings, errors } = checkAll(Buffer.from(`{"a":1}\n${'x\n'.repeat(500)}`), 64, 5);
  expect(errors).toBe(0);
  expect(findings).toMatchObject([{ level: 'warning', line: 2, count: 500 }]);
  expect(findings[0]?.places.map(({ line }) => line)).toEqual(
    Array.from({ length: 20 }, (_, at) => at + 2),
  );
});

test('a line that never ends is not held', () => {
  const check = new StreamCheck('stdin.json');
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const found = Array.from({ length: 40 }, () => check.push(chunk)).at(-1);
  expect(found).toMatchObject([{ level: 'error', effect: 'row-rejected', line: 1, count: 1 }]);
  expect(check.push(Buffer.from('\n{"a":1}\n?\n'))).toMatchObject([{ line: 1 }, { line: 3 }]);
});
