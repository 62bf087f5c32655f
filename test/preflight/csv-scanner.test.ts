import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitRow } from '../../src/preflight/csv-cells.js';
import { CsvScanner, NONE } from '../../src/preflight/csv-scanner.js';
import { chooseCount } from '../support/scale.js';

interface Row {
  line: number;
  values: string[];
}

/** Reads rows by the rules of docs/csv.md, one character at a time. Written for this test alone. */
function readRows(text: string, delimiter: string, quote: string, mark: string) {
  const rows: Row[] = [];
  let [line, rowLine, value, at] = [1, 1, '', 0];
  let values: string[] = [];
  let isBlank = true;
  let isOpen = false;
  const lineEnd = () => /^(\r\n|\n|\r)/.exec(text.slice(at))?.[0];
  const endRow = () => {
    if (!isBlank) rows.push({ line: rowLine, values: [...values, value] });
    [values, value, isBlank, rowLine] = [[], '', true, line];
  };
  while (at < text.length) {
    const end = lineEnd();
    if (end !== undefined) {
      at += end.length;
      line++;
      endRow();
      continue;
    }
    isBlank = false;
    if (text[at] === delimiter) {
      values.push(value);
      value = '';
      at++;
    } else if (text[at] === quote && value === '') {
      at++;
      value = '';
      isOpen = true;
      while (at < text.length) {
        const inner = lineEnd();
        if (text[at] === mark && mark !== quote) {
          at++;
          const escaped = lineEnd();
          if (escaped !== undefined) line++;
          at += escaped?.length ?? 1;
        } else if (text[at] === quote && mark === quote && text[at + 1] === quote) at += 2;
        else if (text[at] === quote) {
          isOpen = false;
          at++;
          break;
        } else if (inner !== undefined) {
          line++;
          at += inner.length;
        } else at++;
      }
      value = ' '; // not the beginning of a value any more
    } else {
      value += text[at];
      at++;
    }
  }
  endRow();
  return { rows: rows.map(({ line: of, values: all }) => [of, all.length]), isOpen };
}

function scan(text: string, sizes: readonly number[], [delimiter, quote, mark]: string) {
  const byte = (character?: string) => character?.charCodeAt(0) ?? NONE;
  const rows: number[][] = [];
  const csv = { delimiter: byte(delimiter), quote: byte(quote), escape: byte(mark) };
  const scanner = new CsvScanner(csv, ({ line, columns }) => rows.push([line, columns]));
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    // A copy that is overwritten: the reader uses its buffers again.
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    scanner.push(chunk);
    chunk.fill(0x22);
    at += size;
  }
  const isOpen = scanner.openQuoteLine !== undefined;
  scanner.end();
  return { rows, isOpen };
}

describe('rows, columns and lines are those of the written rules, wherever chunks are divided', () => {
  test.each([',"\\', ',""', ";''", '\t"\\'])('with delimiter, quote and escape %j', (dialect) => {
    const [delimiter = '', quote = '', mark = ''] = dialect;
    const unit = fc.constantFrom(
      delimiter,
      quote,
      mark,
      '\n',
      '\r',
      '\r\n',
      'a',
      ' ',
      'é',
      '{',
      '\0',
    );
    const property = fc.property(
      fc.array(unit, { maxLength: 40 }).map((units) => units.join('')),
      fc.array(fc.nat(9), { maxLength: 12 }),
      (text, sizes) => {
        expect(scan(text, sizes, dialect)).toEqual(readRows(text, delimiter, quote, mark));
      },
    );
    fc.assert(property, { numRuns: chooseCount({ quick: 200, deep: 800 }) });
  });
});

test('the values of a row are read as they were written', () => {
  const csv = { delimiter: 0x2c, quote: 0x22, escape: 0x22 };
  const property = fc.property(
    fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1, maxLength: 5 }),
    (values) => {
      const row = values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');
      expect(splitRow(Buffer.from(row), csv)).toEqual(values);
      const escaped = values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',');
      expect(splitRow(Buffer.from(escaped), { ...csv, escape: 0x5c })).toEqual(values);
    },
  );
  fc.assert(property, { numRuns: chooseCount({ quick: 125, deep: 500 }) });
});

test('what other tests of CSV readers expect: rows and columns of one file each', () => {
  const expectRows = (text: string, columns: number[], dialect = ',""') =>
    expect(scan(text, [], dialect).rows.map(([, count]) => count)).toEqual(columns);
  expectRows('a,b,c\n1,"",""\n2,3,4\n', [3, 3, 3]);
  expectRows('key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n', [2, 2]);
  expectRows('a,b\n1,"ha\n""ha""\nha"\n3,4\n', [2, 2, 2]);
  expectRows('a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n', [3, 3, 3, 3]);
  expectRows('a,b,c\n1,2,3\n4,5,ʤ\n', [3, 3, 3]);
  expectRows('first,last,address\r\nJohn,Doe,"120 any st.,\r\nAnytown, WW"\r\n', [3, 3]);
  expectRows('a\tb\n1\t"2\t3"\n', [2, 2], '\t""');
  expectRows('', []);
  expectRows('\n\r\n\r', []);
  expectRows('"', [1]);
  expectRows('"a\\"', [1], ',"\\');
});
