import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MemorySchemaStore, SchemaCache, type SchemaStore } from '../src/schema/cache.js';
import { FileSchemaStore } from '../src/schema/file-store.js';
import { thrownBy } from './support/client.js';

const KEY = {
  origin: 'http://127.0.0.1:1',
  orgId: 'A@AdobeOrg',
  sandbox: 'dev',
  id: 'https://ns.adobe.com/acme/schemas/1',
  major: 1,
};
const MINUTE = 60_000;
let folder: string;
let now: number;
let fetches: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schema-cache-'));
  now = 1_700_000_000_000;
  fetches = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const createSchema = (version: string) => ({
  ...{ $id: KEY.id, version, properties: { a: { type: 'string' } } },
  'meta:registryMetadata': { etag: `tag-${version}`, 'repo:lastModifiedDate': 5 },
});
const fetch = async () => createSchema(`1.${++fetches}`);
const fail = () => Promise.reject(new Error('no network'));
const cacheOn = (store: SchemaStore) => new SchemaCache(store, () => now);

describe.each([
  ['memory', () => new MemorySchemaStore()],
  ['a folder', () => new FileSchemaStore(join(folder, 'schemas'))],
])('a schema that is kept in %s', (_, createStore) => {
  test('is used for five minutes, with its version and tag, and then read again', async () => {
    const cache = cacheOn(createStore());
    const first = await cache.get(KEY, { fetch });
    now += 5 * MINUTE;
    const second = await cache.get(KEY, { fetch });
    now += 1;
    const third = await cache.get(KEY, { fetch });

    expect(first).toEqual({
      schema: createSchema('1.1'),
      version: '1.1',
      eTag: 'tag-1.1',
      lastModifiedMs: 5,
      fetchedAtMs: 1_700_000_000_000,
    });
    expect(second).toEqual(first);
    expect(third.version).toBe('1.2');
  });

  test('is never used in place of one that cannot be read', async () => {
    const cache = cacheOn(createStore());
    await cache.get(KEY, { fetch });
    now += 6 * MINUTE;

    expect(await thrownBy(cache.get(KEY, { fetch: fail }))).toMatchObject({
      message: 'no network',
    });
    now -= 7 * MINUTE; // the clock was set back
    expect((await cache.get(KEY, { fetch })).version).toBe('1.2');
  });

  test('is used at any age offline; without one nothing is sent', async () => {
    const cache = cacheOn(createStore());
    const lookup = { fetch: fail, isOffline: true };
    const error = await thrownBy(cache.get(KEY, lookup));
    await cache.get(KEY, { fetch });
    now += 1e9;

    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'offline' });
    expect(String(error)).toContain(`${KEY.id} in version 1`);
    expect((await cache.get(KEY, lookup)).version).toBe('1.1');
  });

  test('is another one in another sandbox, organisation, origin or major version', async () => {
    const cache = cacheOn(createStore());
    await cache.get(KEY, { fetch });
    const others = [
      { sandbox: 'prod' },
      { orgId: 'B' },
      { origin: 'x' },
      { major: 2 },
      { id: 'b' },
    ];
    for (const other of others) await cache.get({ ...KEY, ...other }, { fetch });

    expect(fetches).toBe(1 + others.length);
    await cache.get(KEY, { fetch });
    expect(fetches).toBe(1 + others.length);
  });

  test('is not changed by who changes what was returned', async () => {
    const cache = cacheOn(createStore());
    const first = await cache.get(KEY, { fetch });
    delete first.schema.properties;

    expect((await cache.get(KEY, { fetch })).schema).toEqual(createSchema('1.1'));
  });
});

test('a store that fails costs a request, and nothing else', async () => {
  const cache = cacheOn({ read: fail, write: fail });
  expect((await cache.get(KEY, { fetch })).version).toBe('1.1');
  expect((await cache.get(KEY, { fetch })).version).toBe('1.2');
});

test('memory holds at most a hundred schemas', async () => {
  const cache = cacheOn(new MemorySchemaStore());
  for (let major = 1; major <= 101; major++) await cache.get({ ...KEY, major }, { fetch });
  await cache.get({ ...KEY, major: 101 }, { fetch });
  expect(fetches).toBe(101);
  await cache.get({ ...KEY, major: 1 }, { fetch });
  expect(fetches).toBe(102);
});

describe('a folder of schemas', () => {
  const at = () => join(folder, 'schemas');
  const cache = () => cacheOn(new FileSchemaStore(at()));
  const findFile = async () => join(at(), (await readdir(at()))[0] ?? '');

  test('can be read by its user alone, and has whole files alone', async () => {
    await Promise.all(Array.from({ length: 8 }, () => cache().get(KEY, { fetch })));

    expect((await stat(at())).mode & 0o777).toBe(0o700);
    expect(await readdir(at())).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.schema\.json$/)]);
    expect((await stat(await findFile())).mode & 0o777).toBe(0o600);
  });

  test('is shared by processes', async () => {
    await cache().get(KEY, { fetch });
    expect((await cache().get(KEY, { fetch: fail })).version).toBe('1.1');
  });

  test('with a file that is damaged, of another schema or writable by others is read again', async () => {
    await cache().get(KEY, { fetch });
    const path = await findFile();
    const whole = await readFile(path, 'utf8');
    const swapped = whole.replace('dev', 'prod');
    const damaged = ['', '{', 'null', '[]', whole.slice(0, -9), swapped];
    for (const text of [...damaged, JSON.stringify({ ...JSON.parse(whole), fetchedAtMs: 'x' })]) {
      await writeFile(path, text);
      const before = fetches;
      await cache().get(KEY, { fetch });
      expect([text, fetches]).toEqual([text, before + 1]);
    }
    await chmod(path, 0o666);
    const before = fetches;
    await cache().get(KEY, { fetch });
    expect(fetches).toBe(before + 1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('in a place that cannot be written is not used', async () => {
    await writeFile(at(), 'a file');
    expect((await cache().get(KEY, { fetch })).version).toBe('1.1');
    expect(await readFile(at(), 'utf8')).toBe('a file');
  });
});
