import { describe, expect, jest, test } from '@jest/globals';
import { MemorySchemaStore, SchemaCache } from '../../src/schema/cache.js';
import { hasLabel } from '../../src/schema/dataset-info.js';
import { readDatasetSchema, toRowSchema } from '../../src/schema/dataset-schema.js';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';
import { stage } from '../support/simulator.js';

jest.setTimeout(20_000); // a machine that may be busy

const ID = 'https://ns.adobe.com/acme/schemas/1';
const schema = {
  $id: ID,
  version: '1.2',
  type: 'object',
  required: ['name'],
  'meta:extends': ['https://ns.adobe.com/xdm/data/record'],
  properties: { name: { type: 'string', 'meta:xdmType': 'string' } },
  'meta:registryMetadata': { eTag: 'e1' },
};
const schemaRef = { id: ID, contentType: 'application/vnd.adobe.xed+json;version=1' };
const identity = {
  '@id': 'd',
  '@type': 'xdm:descriptorIdentity',
  'xdm:sourceSchema': ID,
  'xdm:sourceProperty': '/name',
  'xdm:namespace': 'Email',
  'xdm:isPrimary': true,
};
const datasets = {
  a: { schemaRef, tags: { unifiedProfile: ['enabled: true'] } },
  b: {},
  c: { schemaRef: { id: 'https://ns.adobe.com/acme/schemas/none' } },
  d: { schemaRef: { id: 'no-uri' } },
};
const open = () => stage({ datasets, schemas: [schema], descriptors: [identity] });

describe('rowSchema', () => {
  test('is the schema of the dataset, with its version and tag, and checks rows', async () => {
    const { client } = await open();
    const rows = await client.rowSchema('a');

    expect(rows).toMatchObject({ id: ID, version: '1.2', eTag: 'e1', kind: 'record' });
    expect(rows.isProfileEnabled).toBe(true);
    expect(rows.check({ name: 'x' })).toEqual([]);
    expect(rows.check({}).map(({ rule }) => rule)).toEqual(['required']);
  });

  test('reads a schema once in five minutes, and identities where they are asked for', async () => {
    const { client, simulator } = await open();
    await client.rowSchema('a');
    const rows = await client.rowSchema('a', { identities: true, strict: true, unknown: 'error' });

    expect(rows.identityFields).toHaveLength(1);
    expect(simulator.log.map(({ operation }) => operation).slice(1)).toEqual([
      ...['getDataset', 'getSchema', 'getDataset', 'listDescriptors'],
    ]);
  });

  test('of a dataset or schema that is missing fails with its id, and of both where the schema is', async () => {
    const { client } = await open();
    const errors = ['x', 'c', 'd', 'b'].map((id) => thrownBy(client.rowSchema(id)));
    const [unknown, missing, odd, none] = (await Promise.all(errors)).map(String);

    expect(unknown).toContain('There is no dataset x');
    expect(missing).toContain('Dataset c has the schema https://ns.adobe.com/acme/schemas/none.');
    expect(odd).toContain('Dataset d has the schema no-uri.');
    expect(none).toContain('expected a dataset with a schema, received b');
  });

  test('is read offline from what was kept, and fails without', async () => {
    const { client, simulator } = await open();
    const before = await thrownBy(client.rowSchema('a', { offline: true }));
    await client.rowSchema('a');
    const sent = simulator.log.length;
    const rows = await client.rowSchema('a', { offline: true });
    const without = await thrownBy(client.rowSchema('a', { offline: true, identities: true }));

    expect(before).toMatchObject({ name: 'InvalidInputError', field: 'offline' });
    expect(rows).toMatchObject({ version: '1.2', isProfileEnabled: true });
    expect(String(without)).toContain('whose descriptors were not');
    expect(simulator.log).toHaveLength(sent);
  });

  test('rejects options that cannot be used, before anything is sent', async () => {
    const { client, simulator } = await open();
    const wrong = [
      { offline: 'yes' },
      { empty: 'no' },
      { strict: 1 },
      { identities: [] },
      { x: 1 },
    ];
    for (const options of wrong) {
      const error = await thrownBy(client.rowSchema('a', options as never));
      expect(error).toMatchObject({ name: 'InvalidInputError' });
    }
    expect(await thrownBy(client.rowSchema('a/b'))).toMatchObject({ field: 'datasetId' });
    expect(simulator.log).toEqual([]);
  });
});

test('a dataset without a schema is returned alone, and a schema with all that was read', async () => {
  const { client } = await open();
  const cache = new SchemaCache(new MemorySchemaStore(), () => 7);
  const { datasets: source, schemas, origin, orgId, sandbox } = client;
  const target = { origin, orgId, sandbox };
  const read = (id: string, options = {}) =>
    readDatasetSchema({ datasets: source, schemas, cache, target }, id, options);

  expect(Object.keys(await read('b'))).toEqual(['dataset']);
  const found = await read('a', { identities: true });
  expect(found).toMatchObject({ dataset: { id: 'a' }, version: '1.2', eTag: 'e1', fetchedAtMs: 7 });
  expect(found.descriptors).toMatchObject([identity]);
  expect(toRowSchema(found, { empty: 'error' }).check({ name: '' })).toHaveLength(1);
});

test('the simulator has the dataset Loyalty Members, with a schema that checks rows, beside others', async () => {
  const { client } = await stage(loyaltyMembers);
  const rows = await client.rowSchema(LOYALTY_DATASET_ID, { identities: true });
  const row = { _id: '1', personalEmail: { address: 'a@b.example' } };
  const loyalty = { loyaltyPoints: 5, memberSince: '2020-01-01T00:00:00Z' };

  expect(rows.check({ ...row, _acme: { loyalty } })).toEqual([]);
  expect(rows.check({ ...row, _acme: { loyalty: { loyaltyPoints: 'x' } } })).toHaveLength(1);
  expect((await client.datasets.get('any')).name).toBe('Dataset any');
});

test('a label has its value with and without blanks, in any case', () => {
  const has = (value: string) =>
    hasLabel({ tags: { unifiedProfile: [value] } }, 'unifiedProfile', 'enabled:true');
  expect(['enabled:true', 'Enabled : TRUE ', 'enabled: true'].map(has)).toEqual([true, true, true]);
  expect(['enabled:false', '', 'disabled:true'].map(has)).toEqual([false, false, false]);
  expect(hasLabel({}, 'unifiedProfile', 'enabled:true')).toBe(false);
});
