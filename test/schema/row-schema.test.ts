import { describe, expect, test } from '@jest/globals';
import type { RowSchemaOptions } from '../../src/schema/options.js';
import { RowSchema } from '../../src/schema/row-schema.js';

const schema = {
  $id: 'https://ns.adobe.com/acme/schemas/1',
  title: 'Members',
  type: 'object',
  version: '1.4',
  'meta:class': 'https://ns.adobe.com/xdm/context/profile',
  'meta:extends': ['https://ns.adobe.com/xdm/data/record'],
  'meta:registryMetadata': { eTag: 'abc' },
  required: ['name'],
  properties: {
    name: { type: 'string', 'meta:xdmType': 'string' },
    note: { type: 'string' },
    age: { type: 'integer', 'meta:xdmType': 'short', minimum: 1, maximum: 32767 },
    count: { type: 'integer' },
    points: { type: 'integer', 'meta:xdmType': 'long' },
    tiny: { type: 'integer', 'meta:xdmType': 'byte', minimum: -128, maximum: 128 },
    price: { type: 'number', minimum: 0 },
    isActive: { type: 'boolean' },
    born: { type: 'string', format: 'date' },
    seen: { type: 'string', format: 'date-time' },
    gender: { type: 'string', enum: ['male', 'female'], default: 'male' },
    level: { type: 'string', 'meta:enum': { gold: 'Gold' } },
    mail: { type: 'string', format: 'email' },
    code: { type: 'string', pattern: '^[A-Z]+$', minLength: 2, maxLength: 3 },
    tags: { type: 'array', items: { type: 'string' } },
    scores: { type: 'object', 'meta:xdmType': 'map', additionalProperties: { type: 'integer' } },
    place: {
      type: 'object',
      required: ['city', 'country'],
      properties: { city: { type: 'string' }, country: { type: 'string', default: 'DE' } },
    },
    free: {},
  },
};
const rows = RowSchema.from(schema);
const check = (fields: object, checked = rows) => checked.check({ name: 'a', ...fields });
const shown = (fields: object, checked = rows) =>
  check(fields, checked).map(({ level, rule, effect, path }) =>
    [level, rule, effect ?? '-', path].join(' '),
  );

test('a schema says what rows of it are', () => {
  expect(rows).toMatchObject({
    kind: 'record',
    id: 'https://ns.adobe.com/acme/schemas/1',
    title: 'Members',
    version: '1.4',
    eTag: 'abc',
    requiredFields: ['/name', '/place/city', '/place/country'],
    identityFields: [],
    isProfileEnabled: false,
  });
});

test('a row with a value of each type has no findings', () => {
  const sound = {
    note: 'x',
    age: 12.0,
    count: -(2 ** 31),
    points: 2 ** 53 - 1,
    tiny: -128,
    price: 1.5,
    isActive: false,
    born: '2024-02-29',
    seen: '2026-01-31T12:00:00.123456789+01:00',
    gender: 'male',
    level: 'gold',
    mail: 'a@b.c',
    code: 'ABC',
    tags: ['a'],
    scores: { 'xdm:any key': 1 },
    place: { city: 'x', country: 'y' },
    free: { 'a:b': [null, ''] },
  };
  expect(check(sound)).toEqual([]);
  expect(check({ seen: 1_700_000_000_000, born: 1_700_000_000_000 })).toEqual([]);
});

describe('each rule has its level and its effect:', () => {
  test.each<[object, ...string[]]>([
    [{ note: true }, 'error type batch-fails /note'],
    [{ note: 5 }, 'note type - /note'],
    [{ note: {} }, 'error type batch-fails /note'],
    [{ age: 'x' }, 'error type row-rejected /age'],
    [{ age: '' }, 'error type row-rejected /age'],
    [{ age: '12' }, 'note type - /age'],
    [{ age: '99999' }, 'error range row-rejected /age'],
    [{ age: 12.5 }, 'warning type - /age'],
    [{ age: true }, 'error type batch-fails /age'],
    [{ age: 0 }, 'error range row-rejected /age'],
    [{ age: 32768 }, 'error range row-rejected /age'],
    [{ tiny: 128 }, 'warning range - /tiny'],
    [{ tiny: 129 }, 'error range row-rejected /tiny'],
    [{ count: 2 ** 31 }, 'warning range - /count'],
    [{ count: 2 ** 31 + 1 }, 'error range row-rejected /count'],
    [{ points: 2 ** 53 }, 'warning range - /points'],
    [{ points: 2 ** 54 }, 'error range row-rejected /points'],
    [{ price: -1 }, 'error range row-rejected /price'],
    [{ price: '1e3' }, 'note type - /price'],
    [{ price: Number.POSITIVE_INFINITY }, 'error range row-rejected /price'],
    [{ isActive: 'true' }, 'error type batch-fails /isActive'],
    [{ isActive: 1 }, 'error type batch-fails /isActive'],
    [{ born: '2023-02-29' }, 'error date row-rejected /born'],
    [{ born: '2026-01-31T00:00:00Z' }, 'error date row-rejected /born'],
    [{ born: 1_700_000_000 }, 'warning date - /born'],
    [{ seen: '2026-01-31' }, 'error date row-rejected /seen'],
    [{ seen: '2026-01-31T12:00:00' }, 'error date row-rejected /seen'],
    [{ seen: '2026-01-31T12:00:00+0200' }, 'error date row-rejected /seen'],
    [{ seen: '2026-01-31t12:00:00z' }, 'error date row-rejected /seen'],
    [{ seen: '2026-01-31T12:00:00.1234567890Z' }, 'error date row-rejected /seen'],
    [{ seen: 1.5e12 + 0.5 }, 'error type batch-fails /seen'],
    [{ seen: false }, 'error type batch-fails /seen'],
    [{ gender: 'mail' }, 'error enum row-rejected /gender'],
    [{ gender: '' }, 'error enum row-rejected /gender'],
    [{ level: 'silver' }, 'note enum not-checked /level'],
    [{ mail: 'nobody' }, 'warning format not-checked /mail'],
    [{ code: 'abc' }, 'warning pattern not-checked /code'],
    [{ code: 'ABCD' }, 'warning length not-checked /code'],
    [{ note: null }, 'error null row-rejected /note'],
    [{ name: null }, 'error null row-rejected /name'],
    [{ note: '' }, 'warning empty - /note'],
    [{ tags: [] }, 'warning empty - /tags'],
    [{ tags: ['a', null] }, 'error null row-rejected /tags/1'],
    [{ tags: 'a' }, 'error type batch-fails /tags'],
    [{ scores: {} }, 'warning empty - /scores'],
    [{ scores: { 'a/b': 'x' } }, 'error type row-rejected /scores/a~1b'],
    [{ place: [] }, 'error type batch-fails /place'],
    [{ place: { country: 'y' } }, 'error required row-rejected /place/city'],
    [{ place: { city: 'y' } }, 'note required - /place/country'],
    [{ nme: 1 }, 'warning unknown-field - /nme'],
    [{ 'xdm:note': 1 }, 'error name row-rejected /xdm:note'],
    [{ '@id': 1 }, 'error name row-rejected /@id'],
    [{ Note: 'x' }, 'note name - /Note'],
    [{ Note: null }, 'note name - /Note', 'error null row-rejected /Note'],
  ])('%j', (fields, ...expected) => {
    expect(shown(fields)).toEqual(expected);
  });

  test('a required field that is missing is named by its own path', () => {
    expect(rows.check({})).toMatchObject([{ rule: 'required', path: '/name' }]);
    expect(rows.check({ NAME: 'a' })).toMatchObject([{ rule: 'name', suggestion: 'name' }]);
    expect(rows.check({ 'xdm:name': 'a' })).toMatchObject([{ rule: 'name', suggestion: 'name' }]);
  });

  test.each([[null], [[]], ['text'], [1], [undefined]])('%j is not a row', (row) => {
    expect(rows.check(row)).toMatchObject([{ level: 'error', rule: 'type', path: '' }]);
  });
});

test('a finding says what was probably meant', () => {
  expect(check({ tag: ['a'] })).toMatchObject([
    {
      suggestion: 'tags',
      message: '/tag: the schema does not have this field. Did you mean "tags"?',
    },
  ]);
  expect(check({ gender: 'femal' })).toMatchObject([{ suggestion: 'female', value: 'femal' }]);
  expect(check({ 'repo:createDate': 1 })).toMatchObject([{ suggestion: '_repo.createDate' }]);
});

test('long values are shortened', () => {
  expect(check({ age: 'x'.repeat(1000) })[0]?.value).toBe(`${'x'.repeat(100)}…`);
});

test('options decide what the pages of the platform leave open', () => {
  const from = (options: object) => RowSchema.from(schema, options);
  expect(shown({ note: '' }, from({ empty: 'error' }))).toEqual(['error empty row-rejected /note']);
  expect(shown({ note: '', tags: [], scores: {} }, from({ empty: 'ignore' }))).toEqual([]);
  expect(shown({ x: 1 }, from({ unknown: 'error' }))).toEqual([
    'error unknown-field row-rejected /x',
  ]);
  expect(shown({ x: 1 }, from({ unknown: 'ignore' }))).toEqual([]);
  expect(shown({ note: 5 }, from({ strict: true }))).toEqual(['error type - /note']);
});

describe('events', () => {
  const events = RowSchema.from({
    type: 'object',
    'meta:extends': ['https://ns.adobe.com/xdm/data/time-series'],
    'meta:immutableTags': ['union'],
    properties: {
      _id: { type: 'string' },
      timestamp: { type: 'string', format: 'date-time' },
      text: { type: 'string' },
    },
  });

  test('need an _id and a timestamp, which is not in the future', () => {
    expect(events).toMatchObject({ kind: 'time-series', isProfileEnabled: true });
    expect(events.check({ text: 'x' })).toMatchObject([
      { rule: 'required', path: '/_id' },
      { rule: 'required', path: '/timestamp' },
    ]);
    expect(events.check({ _id: '1', timestamp: '2026-01-31T12:00:00Z' })).toEqual([]);
    const future = { level: 'warning', rule: 'date', effect: 'not-checked', path: '/timestamp' };
    expect(events.check({ _id: '1', timestamp: '2999-01-31T12:00:00Z' })).toMatchObject([future]);
    expect(events.check({ _id: '1', timestamp: 4e13 })).toMatchObject([future]);
  });

  test('are at most 10 kB where Profile reads them', () => {
    const row = { _id: '1', timestamp: '2026-01-31T12:00:00Z', text: 'x'.repeat(10_000) };
    expect(events.check(row)).toMatchObject([{ rule: 'size', effect: 'profile-skips', path: '' }]);
    expect(events.check(row, 9_999)).toEqual([]);
  });
});

describe('identities', () => {
  const identitySchema = {
    $id: 'https://ns.adobe.com/acme/schemas/2',
    type: 'object',
    'meta:immutableTags': ['union'],
    properties: {
      identityMap: {
        type: 'object',
        'meta:xdmType': 'map',
        additionalProperties: {
          type: 'array',
          items: {
            type: 'object',
            properties: { id: { type: 'string' }, primary: { type: 'boolean', default: false } },
          },
        },
      },
      person: {
        type: 'object',
        properties: { mail: { type: 'string' }, name: { type: 'string' } },
      },
    },
  };
  const profile = RowSchema.from(identitySchema);
  const ecid = '1'.repeat(38);

  test('that Profile skips are warnings where it reads the dataset', () => {
    const map = (identities: object) => profile.check({ identityMap: identities });
    expect(map({ ECID: [{ id: ecid, primary: true }] })).toEqual([]);
    const skipped = { level: 'warning', rule: 'identity', effect: 'profile-skips' };
    expect(map({ ECID: [{ id: '123' }] })).toMatchObject([
      { ...skipped, path: '/identityMap/ECID/0/id', value: '123' },
    ]);
    expect(map({ Email: [{ id: 'x'.repeat(1025) }] })).toMatchObject([skipped]);
    expect(map({ Email: [{ id: '' }] })).toMatchObject([skipped]);
    const plain = RowSchema.from(identitySchema, { isProfileEnabled: false });
    expect(plain.check({ identityMap: { ECID: [{ id: '123' }] } })).toEqual([]);
    const two = {
      identityMap: {
        A: [
          { id: '1', primary: true },
          { id: '2', primary: true },
        ],
      },
    };
    expect(plain.check(two)).toMatchObject([{ ...skipped, path: '/identityMap' }]);
  });

  test('need a primary one if descriptors were passed', () => {
    const row = { person: { name: 'x' } };
    expect(profile.check(row)).toEqual([]);
    const withoutField = RowSchema.from(identitySchema, { identities: [] });
    expect(withoutField.check(row)).toMatchObject([{ rule: 'identity', path: '/identityMap' }]);
    const descriptor = {
      '@type': 'xdm:descriptorIdentity',
      'xdm:sourceSchema': identitySchema.$id,
      'xdm:sourceProperty': '/xdm:person/xdm:mail',
      'xdm:namespace': 'Email',
      'xdm:isPrimary': true,
    };
    const withField = RowSchema.from(identitySchema, { identities: [descriptor] });
    expect(withField.identityFields).toEqual([
      { path: '/person/mail', namespace: 'Email', isPrimary: true },
    ]);
    expect(withField.check(row)).toMatchObject([{ rule: 'required', path: '/person/mail' }]);
    expect(withField.check({ identityMap: { A: [{ id: '1' }] } })).toMatchObject([
      { rule: 'required', path: '/person' },
    ]);
    expect(withField.check({ person: { mail: '' } })).toMatchObject([{ rule: 'identity' }]);
    const other = { ...descriptor, 'xdm:sourceSchema': 'https://ns.adobe.com/acme/schemas/3' };
    expect(RowSchema.from(identitySchema, { identities: [other] }).identityFields).toEqual([]);
  });
});

test('rows of up to 10,000 fields are checked, at every depth', () => {
  const many = (count: number) => ({
    free: { a: Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at])) },
  });
  expect(check(many(9_997))).toEqual([]);
  expect(shown(many(9_998))).toEqual(['error size row-rejected ']);
});

test('schemas and rows may be nested 100 deep', () => {
  let [field, row]: [object, unknown] = [{ type: 'string' }, 5];
  for (let depth = 0; depth < 100; depth++) {
    field = { type: 'object', properties: { a: field } };
    row = { a: row };
  }
  const [found] = RowSchema.from(field).check(row);
  expect(found).toMatchObject({ level: 'note', rule: 'type', path: '/a'.repeat(100) });
});

test('a row with data of any depth where the schema says nothing is checked', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  expect(check({ free: deep })).toEqual([]);
});

describe('what is not a schema, or contradicts itself, is an error that names the place:', () => {
  const field = (node: object) => ({
    type: 'object',
    properties: { a: { type: 'object', properties: { b: node } } },
  });
  test.each<[unknown, string]>([
    [null, 'Invalid schema: expected a schema of the Schema Registry, received null.'],
    [[], 'received an empty array'],
    ['text', 'received "text"'],
    [{}, 'received an object without properties'],
    [{ properties: {} }, 'expected a schema with fields'],
    [{ properties: [] }, 'at /properties: expected an object'],
    [{ properties: { a: 1 } }, 'at /properties/a: expected an object, received 1'],
    [{ type: 'array', properties: { a: {} } }, 'expected a schema with fields'],
    [
      { allOf: [{ $ref: 'https://ns.adobe.com/x' }] },
      'at /allOf/0: expected a schema without references',
    ],
    [{ properties: { 'xdm:name': {} } }, 'expected names as in rows'],
    [{ required: 'a', properties: { a: {} } }, 'at /required: expected a list of names'],
    [field({ type: 'strng' }), 'at /properties/a/properties/b/type: expected one of'],
    [field({ 'meta:xdmType': 'strng' }), 'at /properties/a/properties/b/meta:xdmType'],
    [
      field({ type: 'string', 'meta:xdmType': 'int' }),
      'expected type "integer" for meta:xdmType "int", received type "string"',
    ],
    [field({ type: 'number', 'meta:xdmType': 'long' }), 'expected type "integer"'],
    [field({ type: 'integer', 'meta:xdmType': 'string' }), 'expected type "string"'],
    [
      field({ type: 'string', format: 'date', 'meta:xdmType': 'string' }),
      'expected no format of dates',
    ],
    [
      field({ type: 'string', format: 'date', 'meta:xdmType': 'date-time' }),
      'expected format "date-time"',
    ],
    [field({ type: 'string', format: 'email', 'meta:xdmType': 'date' }), 'expected format "date"'],
    [
      field({ type: 'integer', 'meta:xdmType': 'byte', maximum: 129 }),
      'expected a maximum from -128 to 127',
    ],
    [
      field({ type: 'integer', 'meta:xdmType': 'short', minimum: -32769 }),
      'expected a minimum from',
    ],
    [field({ type: 'integer', minimum: 2, maximum: 1 }), 'expected a minimum up to the maximum'],
    [
      field({ type: 'integer', minimum: '1' }),
      'at /properties/a/properties/b/minimum: expected a number',
    ],
    [field({ enum: [] }), 'at /properties/a/properties/b/enum: expected a list of values'],
    [field({ $ref: '#/definitions/x' }), 'received a $ref'],
  ])('%j', (json, message) => {
    const error = expect.objectContaining({
      name: 'InvalidInputError',
      message: expect.stringContaining(message),
    });
    expect(() => RowSchema.from(json)).toThrow(error);
    expect(() => RowSchema.from(json, { source: 'a.json' })).toThrow(/^Invalid a\.json/);
  });

  test('a schema that is nested without end', () => {
    let node: object = {};
    for (let depth = 0; depth < 50_000; depth++) node = { type: 'object', properties: { a: node } };
    expect(() => RowSchema.from(node)).toThrow('nested at most 256 deep');
  });
});

test('an option that cannot be used is rejected by its name', () => {
  const wrong: Record<keyof RowSchemaOptions, readonly unknown[]> = {
    empty: ['warning', null, true],
    unknown: ['', 5],
    strict: ['yes', 0, null],
    identities: [null, {}, [5], 'x'],
    isProfileEnabled: ['no', null],
    dataset: [null, 5, 'd'],
    source: ['', 5, null],
  };
  for (const [option, values] of Object.entries({ ...wrong, sources: ['a'] })) {
    for (const value of values) {
      expect(() => RowSchema.from(schema, { [option]: value })).toThrow(
        expect.objectContaining({ name: 'InvalidInputError', field: option }),
      );
    }
  }
});
