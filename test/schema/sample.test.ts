import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RowSchema, type RowSchemaOptions, sampleRows } from '../../src/schema/index.js';
import { createRandom } from '../../src/shared/random.js';
import { loyaltyMembers } from '../../src/testing/index.js';
import { chooseCount } from '../support/scale.js';
import { stage } from '../support/simulator.js';
import { createGenerator, createSchema } from '../support/xdm-cases.js';

const text = { type: 'string', 'meta:xdmType': 'string' };
const dateTime = { type: 'string', format: 'date-time', 'meta:xdmType': 'date-time' };
const object = (properties: object, more: object = {}) => ({
  type: 'object',
  'meta:xdmType': 'object',
  properties,
  ...more,
});
const identityMap = {
  type: 'object',
  'meta:xdmType': 'map',
  additionalProperties: {
    type: 'array',
    items: object({
      id: text,
      authenticatedState: { ...text, enum: ['ambiguous', 'authenticated', 'loggedOut'] },
      primary: { type: 'boolean', default: false },
    }),
  },
};
const event = {
  ...object({ _id: text, timestamp: dateTime, identityMap, eventType: text, points: {} }),
  'meta:class': 'https://ns.adobe.com/xdm/context/experienceevent',
  'meta:immutableTags': ['union'],
};

interface Row extends Record<string, unknown> {
  _id: string;
  timestamp: string;
  identityMap: Record<string, { id: string; primary: boolean }[]>;
}
const sample = (schema: object, count: number, options: RowSchemaOptions = {}): Row[] =>
  [...sampleRows(RowSchema.from(schema, options), { count })] as Row[];

/** Whether a text has a pattern that its listed values do not match. */
function isContradictory(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const isText = 'pattern' in node && ('enum' in node || 'meta:enum' in node);
  return isText || Object.values(node).some(isContradictory);
}

test('rows of random schemas have no finding, all required fields and some optional ones', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const node = createSchema(createGenerator(createRandom(seed)));
      const schema = RowSchema.from(node, { empty: 'error', unknown: 'error', strict: true });
      for (const row of sampleRows(schema, { count: 5, seed: Math.abs(seed) })) {
        const findings = schema.check(row);
        const counted = isContradictory(node)
          ? findings.filter(({ level }) => level === 'error')
          : findings;
        expect({ node, row, counted }).toMatchObject({ counted: [] });
      }
    }),
    { numRuns: chooseCount({ quick: 100, deep: 1000 }) },
  );
});

test.each(['schema-loyalty-members', 'schema-loyalty-members-notext'])(
  'rows of the published schema have no finding: %s',
  (name) => {
    const url = new URL(`../../spec/examples/${name}.json`, import.meta.url);
    const schema = JSON.parse(readFileSync(url, 'utf8')).value;
    const rows = sample(schema, 50, { identities: [] });
    const check = RowSchema.from(schema, { identities: [] });

    expect(rows.flatMap((row) => check.check(row))).toEqual([]);
    expect(new Set(rows.map((row) => row._id)).size).toBe(50);
  },
);

test('events have their own _id, a time in the past with its zone, and one primary identity', () => {
  const rows = sample(event, 300, { identities: [] });
  const identities = rows.map((row) => Object.values(row.identityMap).flat());
  const ids = identities.flat().map(({ id }) => id);

  expect(new Set(rows.map(({ _id }) => _id)).size).toBe(300);
  expect(rows.every(({ timestamp }) => /^2025-.*Z$/.test(timestamp))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(identities.every((list) => list.filter(({ primary }) => primary).length === 1)).toBe(true);
  expect(rows.some((row) => 'points' in row)).toBe(false); // its type is not known
});

test('fields with identities have unique ones of their namespace, and then identityMap has none', () => {
  const identity = (path: string, namespace: string, isPrimary: boolean) => ({
    '@type': 'xdm:descriptorIdentity',
    'xdm:sourceProperty': path,
    'xdm:namespace': namespace,
    'xdm:isPrimary': isPrimary,
  });
  const schema = object(
    { mail: text, visitor: text, identityMap },
    { 'meta:immutableTags': ['union'] },
  );
  const identities = [identity('/mail', 'Email', true), identity('/visitor', 'ECID', false)];
  const rows = sample(schema, 100, { identities });

  expect(new Set(rows.map((row) => row['mail'])).size).toBe(100);
  expect(rows.every((row) => /^[^@]+@example\.com$/.test(String(row['mail'])))).toBe(true);
  const visitors = rows.map((row) => row['visitor']).filter((one) => one !== undefined);
  expect(visitors.every((visitor) => /^\d{38}$/.test(String(visitor)))).toBe(true);
  expect(rows.some((row) => 'identityMap' in row)).toBe(false);
});

test.each([
  ['[0-1][0-9]-[0-9][0-9]'],
  ['^[A-Z]{2}\\d{4,6}(?:-[a-f]+)?$'],
  ['^(gold|silver)\\.[^a-z\\s]+$'],
  ['^\\+?[1-9]\\d{1,14}$'],
  ['\\u0041\\x42[\\d\\-_]{3}'],
])('a text matches its pattern: %s', (pattern) => {
  const schema = object({ code: { ...text, pattern } }, { required: ['code'] });
  const rows = sample(schema, 50);
  expect(rows.filter((row) => !new RegExp(pattern, 'u').test(String(row['code'])))).toEqual([]);
});

test('the same seed gives the same rows, and another one others', () => {
  const schema = RowSchema.from(event);
  const draw = (seed: number) => [...sampleRows(schema, { count: 20, seed })];
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('rows of a wide schema stay within what Profile takes', () => {
  const names = Array.from({ length: 3000 }, (_, at) => [`field${at}`, text]);
  const schema = { ...event, properties: { ...event.properties, ...Object.fromEntries(names) } };
  const rows = sample(schema, 5);
  expect(rows.flatMap((row) => RowSchema.from(schema).check(row))).toEqual([]);
  expect(rows.every((row) => Object.keys(row).length > 20)).toBe(true);
});

test('rows nested 100 deep are made where they are required', () => {
  let node: object = text;
  for (let depth = 0; depth < 100; depth++) node = object({ in: node }, { required: ['in'] });
  expect(RowSchema.from(node).check(sample(node, 1)[0])).toEqual([]);
});

test('the address in an object of mail is a mail address', () => {
  const address = object({ address: { type: 'string' } }, { required: ['address'] });
  const mail = object({ personalEmail: address }, { required: ['personalEmail'] });
  expect(sample(mail, 1)).toEqual([
    { personalEmail: { address: expect.stringMatching(/@example\.com$/) } },
  ]);
});

test('a required object has a field, even if the schema says nothing about any of its fields', () => {
  const open = object({ a: object({ b: {} }), c: {} }, { required: ['a'] });
  const [row] = sample(open, 1);
  expect(row).toEqual({ a: { b: expect.anything() } });
});

test('a schema that no row is found for is an error that names the field', () => {
  const impossible = object({ a: { type: 'integer', enum: [5], maximum: 4 } }, { required: ['a'] });
  expect(() => sample(impossible, 1)).toThrow('No row of this schema can be made up');
  expect(() => sampleRows(RowSchema.from(event), { count: -1 })).toThrow('Invalid count');
});

test('a simulated platform takes made-up rows without a reject', async () => {
  const [schema] = loyaltyMembers.schemas;
  const { client } = await stage(loyaltyMembers);
  const [datasetId = ''] = Object.keys(loyaltyMembers.datasets);
  const records = sampleRows(RowSchema.from(schema), { count: 200 });
  const options = { datasetId, pollIntervalMs: 1, checkRows: 'all' } as const;
  const receipt = await client.ingest({ records }, options);
  expect(receipt).toMatchObject({ outcome: 'success', records: { output: 200 } });
});
