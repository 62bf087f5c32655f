import { describe, expect, test } from '@jest/globals';
import type { SchemaQuirks } from '../../src/testing/platform/schema/constraints.js';
import { DatasetSchema } from '../../src/testing/platform/schema/dataset-schema.js';

const LENIENT: SchemaQuirks = { unknownFields: 'ignored', emptyValues: 'accepted' };
const STRICT: SchemaQuirks = { unknownFields: 'rejected', emptyValues: 'rejected' };

const text = { type: 'string' };
const integer = (xdmType: string, more: object = {}) => ({
  type: 'integer',
  'meta:xdmType': xdmType,
  ...more,
});
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

/** The codes and columns of the reasons for which a row is rejected, or the error that fails the batch. */
async function verdict(properties: object, row: object, quirks = LENIENT, more: object = {}) {
  const schema = await DatasetSchema.create(object(properties, more), quirks);
  try {
    return schema.check(row).map(({ code, column = '' }) => `${code} ${column}`.trim());
  } catch (error) {
    return String(error);
  }
}

const FIELDS = {
  string: text,
  double: { type: 'number' },
  long: integer('long'),
  int: integer('int'),
  short: integer('short'),
  byte: integer('byte'),
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  'date-time': { type: 'string', format: 'date-time' },
  object: object({ a: text }),
  array: { type: 'array', items: text },
  map: { type: 'object', 'meta:xdmType': 'map', additionalProperties: text },
};
type Type = keyof typeof FIELDS;
const NUMBERS: readonly Type[] = ['double', 'long', 'int', 'short', 'byte'];
const VALUES: [string, unknown, readonly Type[]][] = [
  ['a text', 'x', ['string', ...NUMBERS, 'date', 'date-time']],
  ['an integer', 5, ['string', ...NUMBERS, 'date', 'date-time']],
  ['a number with a fraction', 5.5, ['string', ...NUMBERS]],
  ['a boolean', true, ['boolean']],
  ['an object', { a: 'x' }, ['object', 'map']],
  ['an array', ['x'], ['array']],
];

describe('conversion', () => {
  test.each(VALUES)(
    '%s is converted to some types, and fails the batch at others',
    async (_, value, types) => {
      const failing: string[] = [];
      for (const [name, field] of Object.entries(FIELDS)) {
        const result = await verdict({ f: field }, { f: value });
        if (typeof result === 'string') failing.push(name);
        if (typeof result === 'string')
          expect(result).toMatch(/^TypeCompatibilityException: .* at \/f$/);
      }
      expect(failing).toEqual(
        Object.keys(FIELDS).filter((name) => !types.some((one) => one === name)),
      );
    },
  );

  test.each([
    ['12', 'int', []],
    ['1e3', 'int', ['DCVS-1104-400 /f']],
    ['12.5', 'int', ['DCVS-1104-400 /f']],
    ['1e3', 'double', []],
    ['abc', 'double', ['DCVS-1104-400 /f']],
    ['', 'double', ['DCVS-1104-400 /f']],
    ['300', 'byte', ['INGEST-1554-400 /f']],
    ['2026-02-29', 'date', ['DCVS-1105-400 /f']],
    ['2024-02-29', 'date', []],
    ['2026-01-31T12:00:00Z', 'date', ['DCVS-1105-400 /f']],
    ['2026-01-31', 'date-time', ['DCVS-1105-400 /f']],
    ['2026-01-31T12:00:00', 'date-time', ['DCVS-1105-400 /f']],
    ['2026-01-31T12:00:00+0200', 'date-time', ['DCVS-1105-400 /f']],
    ['2026-01-31t12:00:00z', 'date-time', ['DCVS-1105-400 /f']],
    ['2026-01-31T24:00:00Z', 'date-time', ['DCVS-1105-400 /f']],
    ['2026-01-31T12:00:00.123456789+02:00', 'date-time', []],
    ['2026-01-31T12:00:00.Z', 'date-time', ['DCVS-1105-400 /f']],
  ] satisfies [string, Type, string[]][])(
    'the text %j is parsed for %s',
    async (value, type, expected) => {
      expect(await verdict({ f: FIELDS[type] }, { f: value })).toEqual(expected);
    },
  );
});

describe('checks', () => {
  test.each([
    ['byte', 128],
    ['short', 32_768],
    ['int', 2_147_483_648],
    ['long', 2 ** 53],
  ] satisfies [Type, number][])(
    '%s takes values up to the larger published bound',
    async (type, most) => {
      const check = (value: number) => verdict({ f: FIELDS[type] }, { f: value });
      expect(await check(most)).toEqual([]);
      expect(await check(most * 2)).toEqual(['INGEST-1554-400 /f']);
      expect(await check(-most * 2)).toEqual(['INGEST-1554-400 /f']);
    },
  );

  test('bounds and enums of the schema are checked; patterns, formats and lengths are not', async () => {
    const properties = {
      n: { type: 'number', minimum: 1, exclusiveMaximum: 2 },
      e: { type: 'string', enum: ['a', 'b'] },
      m: { type: 'string', 'meta:enum': { a: 'A' } },
      t: { type: 'string', pattern: '^x$', format: 'email', minLength: 5, maxLength: 6 },
    };
    expect(await verdict(properties, { n: 1.5, e: 'a', m: 'z', t: 'q' })).toEqual([]);
    expect(await verdict(properties, { n: 2, e: 'c' })).toEqual([
      'INGEST-1554-400 /n',
      'DCVS-1106-400 /e',
    ]);
  });

  test('null rejects a row whatever `required` says, except where the schema says nothing', async () => {
    const properties = {
      id: text,
      l: { type: 'array', items: text },
      o: object({ a: text }, { required: ['a'] }),
      any: {},
    };
    const row = { id: null, l: [null], o: { a: null }, any: { x: null } };
    expect(await verdict(properties, row, LENIENT, { required: ['id'] })).toEqual([
      'INGEST-1555-400 /id',
      'DCVS-1101-400 /l/0',
      'INGEST-1555-400 /o/a',
    ]);
  });

  test('required fields may be missing if they have a default, and count in every case of letters', async () => {
    const properties = {
      _id: text,
      timestamp: FIELDS['date-time'],
      d: { type: 'string', default: 'x' },
      o: object({ a: text, b: text }, { required: ['a', 'b'] }),
    };
    const required = ['@id', 'xdm:timestamp', 'd'];
    expect(await verdict(properties, { o: { A: 'x' } }, STRICT, { required })).toEqual([
      'INGEST-1555-400 /_id',
      'INGEST-1555-400 /timestamp',
      'INGEST-1555-400 /o/b',
    ]);
    expect(await verdict(properties, { _ID: 1, Timestamp: 0 }, STRICT, { required })).toEqual([]);
  });

  test('unknown fields and empty values are ignored or rejected, as the quirks say', async () => {
    const properties = { o: object({ a: text }), l: { type: 'array' }, t: text, any: {} };
    const row = { o: { a: 'x', b: 1 }, l: [], t: '', any: { z: [] }, u: null };
    expect(await verdict(properties, row)).toEqual([]);
    expect(await verdict(properties, row, STRICT)).toEqual([
      'INGEST-1002-400 /u',
      'INGEST-1002-400 /o/b',
      'INGEST-1002-400 /l',
      'INGEST-1002-400 /t',
    ]);
  });

  test('names of schemas reject a row, except as keys of maps', async () => {
    const properties = { name: text, m: FIELDS.map };
    const row = { 'xdm:name': 'x', '@id': 'y', m: { 'a:b': 'c' } };
    expect(await verdict(properties, row)).toEqual([
      'INGEST-1002-400 /xdm:name',
      'INGEST-1002-400 /@id',
    ]);
  });

  test('a row of 10,000 fields is checked; one more rejects it', async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `f${at}`);
    const properties = Object.fromEntries(names.map((name) => [name, integer('int')]));
    const schema = await DatasetSchema.create(object(properties, { required: names }), STRICT);
    const row = Object.fromEntries(names.map((name) => [name, 1]));

    expect(schema.check(row)).toEqual([]);
    expect(schema.check({ ...row, f7: 'x' })).toMatchObject([{ column: '/f7' }]);
    expect(schema.check({ ...row, more: 1 })).toHaveLength(2);
  });

  test('schemas and rows nested 100 deep are checked, and any depth where the schema says nothing', async () => {
    let field: object = integer('int');
    let value: unknown = 'x';
    for (let depth = 0; depth < 100; depth++) {
      field = object({ a: field });
      value = { a: value };
    }
    const deep = JSON.parse(`${'[{"a":'.repeat(8000)}null${'}]'.repeat(8000)}`);

    expect(await verdict({ f: field, any: {} }, { f: value, any: deep })).toEqual([
      `DCVS-1104-400 /f${'/a'.repeat(100)}`,
    ]);
  });
});
