import { describe, expect, test } from '@jest/globals';
import { RowSchema, type RowSchemaOptions } from '../../src/schema/index.js';

const toSchema = (properties: object, rest: object = {}): object => ({
  type: 'object',
  properties,
  ...rest,
});
const integer = (xdmType: string, rest: object = {}) => ({
  type: 'integer',
  'meta:xdmType': xdmType,
  ...rest,
});
const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const number = { type: 'number' };
const toMap = (additionalProperties: object) => ({
  type: 'object',
  'meta:xdmType': 'map',
  additionalProperties,
});
const identity = toSchema({ id: text, primary: { type: 'boolean', default: false } });
const identityMap = toMap({ type: 'array', items: identity });
const EVENT = { 'meta:class': 'https://ns.adobe.com/xdm/context/experienceevent' };
const PROFILE = { isProfileEnabled: true };
const describeIdentity = (namespace: string, property: string, isPrimary = false) => ({
  '@type': 'xdm:descriptorIdentity',
  'xdm:sourceProperty': property,
  'xdm:namespace': namespace,
  'xdm:isPrimary': isPrimary,
});

function list(schema: object, row: unknown, options?: RowSchemaOptions): string[] {
  const findings = RowSchema.from(schema, options).check(row);
  return findings.map(({ level, rule, effect = '-', path, suggestion }) =>
    [level, rule, effect, path, suggestion]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
  );
}

type Case = [field: object, value: unknown, ...findings: string[]];

describe('values at the limits of their types:', () => {
  test.each<Case>([
    [number, ' 12', 'error type row-rejected /a'],
    [number, '0x10', 'error type row-rejected /a'],
    [number, 'NaN', 'error type row-rejected /a'],
    [number, '1e999', 'error range row-rejected /a'],
    [integer('int'), '12.0', 'error type row-rejected /a'],
    [integer('int'), '1e3', 'error type row-rejected /a'],
    [integer('int'), 1e3],
    [integer('byte'), 127.5, 'warning type - /a'],
    [integer('byte'), '128', 'warning range - /a'],
    [integer('byte', { minimum: -128, maximum: 127 }), 128, 'error range row-rejected /a'],
    [integer('short', { maximum: 100 }), 32_768, 'error range row-rejected /a'],
    [integer('int'), 2_147_483_648, 'warning range - /a'],
    [integer('int'), -2_147_483_649, 'error range row-rejected /a'],
    [integer('long'), '9007199254740992', 'warning range - /a'],
    [integer('long'), '9007199254740993', 'error range row-rejected /a'],
    [{ type: 'integer', minimum: 0, maximum: 100 }, 101, 'error range row-rejected /a'],
    [{ type: 'integer', minimum: -(2 ** 40) }, 2 ** 40],
    [{ type: 'integer' }, 3e9, 'error range row-rejected /a'],
    [integer('int', { maximum: 10 }), 10.5, 'warning type - /a'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, 'error range row-rejected /a'],
    [{ type: 'number', maximum: 1.5 }, '1.6', 'error range row-rejected /a'],
    [time, 2 ** 60, 'error date row-rejected /a'],
    [{ type: 'string', format: 'date' }, 1e300, 'error date row-rejected /a'],
    [time, -1, 'warning date - /a'],
    [time, '2024-01-01T24:00:00Z', 'error date row-rejected /a'],
    [time, '2024-01-01T23:59:60Z', 'error date row-rejected /a'],
    [time, '2024-01-01T00:00Z', 'error date row-rejected /a'],
    [time, '2024-01-01T00:00:00.Z', 'error date row-rejected /a'],
    [time, '2024-01-01T00:00:00+02', 'error date row-rejected /a'],
    [time, '2024-01-01T00:00:00Z\n', 'error date row-rejected /a'],
    [time, '', 'error date row-rejected /a'],
    [{ type: 'string', minLength: 2 }, '😀', 'warning length not-checked /a'],
    [{ type: 'string', pattern: '(?<x' }, 'x'],
  ])('%j takes %j as it should', (field, value, ...findings) => {
    expect(list(toSchema({ a: field }), { a: value })).toEqual(findings);
  });
});

describe('values of other types, nulls and enums:', () => {
  test.each<Case>([
    [{ type: 'integer', enum: [1, 2] }, '1', 'note type - /a'],
    [{ type: 'string', enum: ['1', '2'] }, 1, 'note type - /a'],
    [{ type: 'string', enum: ['gold'] }, 'gold ', 'error enum row-rejected /a gold'],
    [
      { type: 'string', enum: ['gold'], 'meta:enum': { silver: 'S' } },
      'silver',
      'error enum row-rejected /a',
    ],
    [{ type: ['string', 'null'] }, null, 'error null row-rejected /a'],
    [toSchema({ b: text }), [], 'error type batch-fails /a'],
    [toSchema({ b: text }), null, 'error null row-rejected /a'],
    [{ type: 'array', items: text }, {}, 'error type batch-fails /a'],
    [{ type: 'array', items: text }, [''], 'warning empty - /a/0'],
    [toMap(text), { x: null }, 'error null row-rejected /a/x'],
    [toMap(integer('int')), { 'x:y': 'z' }, 'error type row-rejected /a/x:y'],
    [{}, [null, { 'x:y': null }]],
  ])('%j takes %j as it should', (field, value, ...findings) => {
    expect(list(toSchema({ a: field }), { a: value })).toEqual(findings);
  });
});

describe('names:', () => {
  const field = toSchema({ name: text, b: text });
  test.each<[row: object, ...findings: string[]]>([
    [{ nmae: 'x' }, 'warning unknown-field - /nmae name'],
    [{ c: 'x' }, 'warning unknown-field - /c'],
    [{ 'xdm:name': 'x' }, 'error name row-rejected /xdm:name name'],
    [{ '@id': 'x' }, 'error name row-rejected /@id _id'],
    [{ 'repo:createDate': 'x' }, 'error name row-rejected /repo:createDate _repo.createDate'],
    [JSON.parse('{"__proto__": 1}'), 'warning unknown-field - /__proto__'],
    [{ constructor: 'x' }, 'warning unknown-field - /constructor'],
  ])('%j', (row, ...findings) => {
    expect(list(field, row)).toEqual(findings);
  });

  test('fields with the names of members that all objects have are ordinary fields', () => {
    const schema = toSchema({ constructor: text, name: text }, { required: ['constructor'] });
    expect(list(schema, { name: 'x' })).toEqual(['error required row-rejected /constructor']);
    const proto = JSON.parse('{"properties": {"__proto__": {"type": "integer"}}}');
    expect(list(proto, JSON.parse('{"__proto__": "x"}'))).toEqual([
      'error type row-rejected /__proto__',
    ]);
  });
});

describe('identities where Profile reads the dataset:', () => {
  const id = (namespace: string, ...ids: [id: unknown, primary: boolean][]) => ({
    identityMap: { [namespace]: ids.map(([one, primary]) => ({ id: one, primary })) },
  });
  const skipped = (path: string) => `warning identity profile-skips ${path}`;
  test.each<[row: object, ...findings: string[]]>([
    [id('ECID', ['1'.repeat(38), true])],
    [id('ecid', ['123', true]), skipped('/identityMap/ecid/0/id')],
    [
      id('ECID', [123, true]),
      'note type - /identityMap/ECID/0/id',
      skipped('/identityMap/ECID/0/id'),
    ],
    [id('Email', ['', true]), skipped('/identityMap/Email/0/id')],
    [id('Email', ['a'.repeat(1024), true])],
    [id('Email', ['a'.repeat(1025), true]), skipped('/identityMap/Email/0/id')],
    [id('Email', ['a', true], ['b', true]), skipped('/identityMap')],
    [id('Email', ['a', false]), skipped('/identityMap')],
  ])('%j', (row, ...findings) => {
    expect(list(toSchema({ identityMap }), row, { ...PROFILE, identities: [] })).toEqual(findings);
  });

  test('a primary identity field is required, and so is all on the way to it', () => {
    const schema = toSchema({ mail: toSchema({ address: text }), x: text });
    const options = {
      ...PROFILE,
      identities: [describeIdentity('Email', '/xdm:mail/xdm:address', true)],
    };
    expect(list(schema, { x: 'a' }, options)).toEqual(['error required row-rejected /mail']);
    expect(list(schema, { mail: {}, x: 'a' }, options)).toEqual([
      'error required row-rejected /mail/address',
    ]);
  });
});

test('events need an _id and a time, and the default of a required field is enough', () => {
  expect(list(toSchema({ x: text }, EVENT), { x: 'a' })).toEqual([
    'error required row-rejected /_id',
    'error required row-rejected /timestamp',
  ]);
  const schema = toSchema({ a: { ...text, default: 'x' }, b: text }, { required: ['a'] });
  expect(list(schema, { b: 'y' })).toEqual(['note required - /a']);
});

test.each<[field: object, message: string]>([
  [{ type: 'foo' }, '/properties/a/type'],
  [{ type: 'string', 'meta:xdmType': 'strin' }, '/properties/a/meta:xdmType'],
  [{ type: 'integer', 'meta:xdmType': 'string' }, 'type "integer"'],
  [integer('byte', { maximum: 1000 }), '1000'],
  [{ type: 'string', 'meta:xdmType': 'date', format: 'date-time' }, 'format "date-time"'],
  [{ type: 'integer', minimum: 5, maximum: 1 }, '5 to 1'],
  [{ type: 'number', exclusiveMinimum: 5, maximum: 5 }, '5 to 5'],
  [{ type: 'number', exclusiveMinimum: 6, exclusiveMaximum: 2 }, '6 to 2'],
  [{ type: 'string', minLength: 5, maxLength: 2 }, '5 to 2'],
  [integer('int', { enum: ['x'] }), '/properties/a/enum'],
  [{ type: 'boolean', enum: ['true'] }, '/properties/a/enum'],
  [{ type: 'string', enum: [] }, '/properties/a/enum'],
  [{ type: 'array', items: [text] }, '/properties/a/items'],
  [{ $ref: 'x' }, '/properties/a'],
])('the field %j contradicts itself or is none, and the error names it', (field, message) => {
  expect(() => RowSchema.from(toSchema({ a: field }))).toThrow(message);
});
