import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { RowSchema } from '../../src/schema/index.js';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../spec/examples/${name}.json`, import.meta.url), 'utf8'))
    .value;

test('the published schema of loyalty members checks rows, and what it leaves open is data', () => {
  const schema = RowSchema.from(read('schema-loyalty-members'));
  expect(schema).toMatchObject({ kind: 'record', version: '1.4', isProfileEnabled: true });
  const [tenant = ''] = [...schema.root.properties.keys()].filter(
    (name) => name.startsWith('_') && schema.root.properties.get(name)?.properties.has('loyalty'),
  );
  const row = (loyalty: object) => ({ person: { 'any:name': null }, [tenant]: { loyalty } });
  const sound = { loyaltyId: 'a', loyaltyPoints: 5, memberSince: '2018-05-01T00:00:00Z' };
  expect(schema.check(row(sound))).toEqual([]);
  expect(schema.check(row({ ...sound, loyaltyPoints: 'many' }))).toMatchObject([
    { rule: 'type', effect: 'row-rejected', path: `/${tenant}/loyalty/loyaltyPoints` },
  ]);
  expect(schema.check(row({ ...sound, memberSince: '2018-05-01' }))).toMatchObject([
    { rule: 'date', path: `/${tenant}/loyalty/memberSince` },
  ]);
  expect(schema.check({ [tenant]: { loyalty: { loyaltyID: 'a' } } })).toMatchObject([
    { level: 'note', rule: 'name', suggestion: 'loyaltyId' },
  ]);
});

test('a published schema with references is rejected with the form to get', () => {
  expect(() => RowSchema.from(read('schema-hotels'))).toThrow(
    'application/vnd.adobe.xed-full+json',
  );
});
