import { describe, expect, test } from '@jest/globals';
import { countCodes, explainCode } from '../src/resources/codes.js';

describe('one table explains the codes of batches and of rows', () => {
  test.each([
    ['106', /empty/, 'corrected'],
    ['118', /header/, 'corrected'],
    ['140', /duplicate/, 'no'],
    ['200', /job/, 'perhaps'],
    ['INGEST-1002-400', /schema/, 'corrected'],
    ['INGEST-1211-400', /diagnostics were off/, 'corrected'],
    ['INGEST-1212-400', /Some rows/, 'corrected'],
    ['INGEST-1401-400', /cannot be read/, 'corrected'],
    ['INGEST-1554-400', /schema/, 'corrected'],
    ['INGEST-1555-400', /required/, 'corrected'],
    ['ERR-BI-106', /storage/, 'corrected'],
    ['MAPPER-3700-400', /mapping/, 'corrected'],
    ['MAPPER-3700-199', /without it/, 'no'],
    ['CONNECTOR-2001-500', /uploaded/, 'perhaps'],
    ['TypeCompatibilityException', /converted/, 'corrected'],
    ['DCVS-1101-400', /null/, 'corrected'],
    ['DCVS-1104-400', /type/, 'corrected'],
    ['DCVS-1105-400', /format/, 'corrected'],
    ['DCVS-1106-400', /users report both/, 'corrected'],
    ['DCVS-1111-400', /required/, 'corrected'],
  ])('%s, with what to do and whether loading again helps', (code, meaning, loadAgain) => {
    const info = explainCode(code);
    expect(info?.meaning).toMatch(meaning);
    expect(info?.loadAgain).toBe(loadAgain);
    expect(info?.fix).toMatch(/^[A-Z`].*\.$/);
  });

  test.each([
    ['1401', 'INGEST-1401-400'],
    ['1555', 'INGEST-1555-400'],
    ['ingest-1401-400', 'INGEST-1401-400'],
    [' 106 ', '106'],
    ['DCVS-1106–400', 'DCVS-1106-400'],
    ['DCVS-1106', 'DCVS-1106-400'],
    ['com.adobe.platform.TypeCompatibilityException', 'TypeCompatibilityException'],
  ])('%j is another form of %s', (form, code) => {
    expect(explainCode(form)).toBe(explainCode(code));
  });

  test.each([
    ['INGEST-9999-400', /ingest rows/, 'corrected'],
    ['INGEST-9999-500', /platform failed, not the data/, 'perhaps'],
    ['MAPPER-1-400', /map rows/, 'corrected'],
    ['DPMAP-12-400', /map rows/, 'corrected'],
    ['DCVS-9-400', /schema/, 'corrected'],
    ['CONNECTOR-1001-500', /platform failed, not the data/, 'perhaps'],
  ])('%s, which is not listed, is known by its family', (code, meaning, loadAgain) => {
    expect(explainCode(code)?.meaning).toMatch(meaning);
    expect(explainCode(code)?.loadAgain).toBe(loadAgain);
  });

  test('a code within the text says more than no code, or a general one', () => {
    const text = 'Row 3: DCVS-1104-400 expected type: Number';
    expect(explainCode('', text)).toBe(explainCode('DCVS-1104-400'));
    expect(explainCode('200', text)).toBe(explainCode('DCVS-1104-400'));
    expect(explainCode('200', 'TypeCompatibilityException: a')).toBe(
      explainCode('TypeCompatibilityException'),
    );
    expect(explainCode('106', text)).toBe(explainCode('106'));
  });

  test.each(['', 'unknown', '0070000017', 'err-1494349963436', 'constructor', '9', 'INGEST'])(
    '%j is not known, and nothing is made up about it',
    (code) => {
      expect(explainCode(code)).toBeUndefined();
    },
  );
});

test('codes are counted in the order in which they come, with the rows that the platform states', () => {
  const errors = [
    { code: 'INGEST-1212-400' },
    { code: '1401', recordCount: 2 },
    { code: '1401', recordCount: 3 },
  ];
  expect(countCodes(errors)).toEqual([
    { code: 'INGEST-1212-400', count: 1 },
    { code: '1401', count: 2, recordCount: 5 },
  ]);
  expect(countCodes()).toEqual([]);
});
