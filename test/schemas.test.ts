import { describe, expect, jest, test } from '@jest/globals';
import {
  BadRequestError,
  InvalidInputError,
  InvalidResponseError,
  NotAcceptableError,
  NotFoundError,
} from '../src/index.js';
import { all, clientFor, thrownBy } from './support/client.js';
import { useServer } from './support/server.js';
import { stage } from './support/simulator.js';

jest.setTimeout(20_000); // a machine that may be busy

const LOYALTY = 'https://ns.adobe.com/acme/schemas/533c';
const EVENT = 'https://ns.adobe.com/xdm/context/experienceevent';
const schemas = [
  { $id: LOYALTY, version: '1.4', title: 'Old', properties: { a: { type: 'string' } } },
  {
    $id: LOYALTY,
    version: '1.10',
    title: 'Loyalty',
    required: ['a'],
    properties: { a: { type: 'string', title: 'A' } },
    'meta:extends': ['https://ns.adobe.com/xdm/data/record'],
  },
  { $id: LOYALTY, version: '2.0', properties: {} },
  { $id: EVENT, properties: { _id: { type: 'string' } } },
];
const PATH = '/data/foundation/schemaregistry/{container}/schemas/{schemaId}';

describe('schemas.get', () => {
  const server = useServer();
  const client = () => clientFor(server.origin, { maxRetries: 0 });

  test('gives the newest minor version of the major one that is asked for', async () => {
    const at = await stage({ schemas });

    expect(await at.client.schemas.get(LOYALTY)).toMatchObject({ $id: LOYALTY, version: '1.10' });
    expect(await at.client.schemas.get(LOYALTY, { version: 2 })).toMatchObject({ version: '2.0' });
    expect(at.simulator.log.at(-1)?.path).toBe(
      '/data/foundation/schemaregistry/tenant/schemas/https%3A%2F%2Fns.adobe.com%2Facme%2Fschemas%2F533c',
    );
  });

  test('takes the container from the beginning of the id, and tries no other', async () => {
    const at = await stage({ schemas });

    expect((await at.client.schemas.get(EVENT))['meta:containerId']).toBe('global');
    expect((await at.client.schemas.get('_xdm.context.experienceevent')).$id).toBe(EVENT);
    expect((await at.client.schemas.get('_acme.schemas.533c')).$id).toBe(LOYALTY);
    const error = await thrownBy(at.client.schemas.get('https://ns.adobe.com/experience/none'));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'XDM-1012-404' });
    expect(at.simulator.log.map(({ path }) => path.split('/')[4])).toEqual([
      ...[undefined, 'global', 'global', 'tenant', 'global'],
    ]);
  });

  test('takes the major version of a reference in every published spelling', async () => {
    const ok = { $id: LOYALTY, properties: {} };
    const form = 'application/vnd.adobe.xed';
    const spellings = {
      [`${form}+json;version=2`]: 2,
      [`${form}-full-notext+json; version=3`]: 3,
      [`${form}+json`]: 1,
      [`${form}+json; version=0`]: 1,
      [`${form}+json; VERSION = "4"`]: 4,
    };
    for (const [contentType, version] of Object.entries(spellings)) {
      server.play(ok);
      await client().schemas.get({ id: LOYALTY, contentType });
      expect(server.requests.at(-1)?.headers.accept).toBe(
        `application/vnd.adobe.xed-full+json; version=${version}`,
      );
    }
    server.play(ok);
    await client().schemas.get(
      { id: LOYALTY, contentType: `${form}+json;version=2` },
      { version: 5 },
    );
    expect(server.requests.at(-1)?.headers.accept).toContain('version=5');
  });

  test('of a version that does not exist fails with 404 or 406, in both forms of an error', async () => {
    for (const registryErrorForm of ['report', 'older'] as const) {
      for (const schemaVersionStatus of [404, 406] as const) {
        const at = await stage({ schemas, quirks: { registryErrorForm, schemaVersionStatus } });
        const error = await thrownBy(at.client.schemas.get(LOYALTY, { version: 3 }));
        const Class = schemaVersionStatus === 404 ? NotFoundError : NotAcceptableError;
        expect(error).toBeInstanceOf(Class);
        expect(String(error)).toContain(`${LOYALTY} with version 3 is not found`);
      }
    }
  });

  test('never takes another schema, or what is no schema, for the one that was asked for', async () => {
    const bodies = {
      'the schema https://ns.adobe.com/acme/schemas/9': {
        $id: 'https://ns.adobe.com/acme/schemas/9',
        properties: {},
      },
      'an id that is not a string': { $id: 5, properties: {} },
      'no properties': { $id: LOYALTY },
      'properties that are not an object': { $id: LOYALTY, properties: [] },
      'required fields': { $id: LOYALTY, properties: {}, required: 'a' },
      'a list': [{ $id: LOYALTY }],
    };
    for (const [words, body] of Object.entries(bodies)) {
      server.play(body);
      const error = await thrownBy(client().schemas.get(LOYALTY));
      expect(error).toBeInstanceOf(InvalidResponseError);
      expect(String(error)).toContain(words);
    }
  });

  test('leaves fields as they are, and out what is not what its type says', async () => {
    const properties = { a: { type: 'string', 'meta:new': [1] }, b: { type: 'whatever' } };
    const odd = { version: 1.4, title: {}, 'meta:extends': 'x', 'meta:abstract': 'false' };
    const metadata = { eTag: 7, 'repo:lastModifiedDate': '1551843052271', 'repo:createdDate': {} };
    server.play({ properties, ...odd, 'meta:registryMetadata': metadata, other: null });

    expect(await client().schemas.get(LOYALTY)).toEqual({
      $id: LOYALTY,
      version: '1.4',
      properties,
      other: null,
      'meta:extends': ['x'],
      'meta:abstract': false,
      'meta:registryMetadata': { eTag: '7', 'repo:lastModifiedDate': 1551843052271 },
    });
  });

  test('rejects what is no schema id, and no version', async () => {
    const ids = ['', 'x', '5c8c3c555033b814b69f947f', 'https://example.org/a/b', '../a', ' ', 7];
    for (const id of [...ids, `${LOYALTY}?a`, null, undefined, [], {}, { id: 5 }]) {
      const error = await thrownBy(client().schemas.get(id as never));
      expect([id, error]).toMatchObject([id, { name: 'InvalidInputError', field: 'schema' }]);
    }
    for (const version of [0, -1, 1.5, '1', null]) {
      const error = await thrownBy(client().schemas.get(LOYALTY, { version } as never));
      expect(error).toBeInstanceOf(InvalidInputError);
    }
    expect(server.requests).toEqual([]);
  });
});

describe('the registry of the simulator', () => {
  const getRaw = async (accept: string, registryErrorForm: 'report' | 'older' = 'report') => {
    const { client } = await stage({ schemas, quirks: { registryErrorForm } });
    const path = { container: 'tenant', schemaId: LOYALTY } as const;
    return client.raw.GET(PATH, { params: { path }, headers: { accept } });
  };

  test('rejects an accept without a version with 400, in both forms', async () => {
    const accept = 'application/vnd.adobe.xed-full+json';
    for (const form of ['report', 'older'] as const) {
      const { error, response } = await getRaw(accept, form);
      expect(response.status).toBe(400);
      const type =
        form === 'report' ? 'http://ns.adobe.com/aep/errors/XDM-1007-400' : '/placeholder/type/uri';
      expect(error).toMatchObject({ type, detail: expect.stringContaining('version must be') });
    }
  });

  test('rejects an accept that is missing or unknown with 406', async () => {
    for (const accept of ['*/*', 'application/json', 'application/vnd.adobe.xyz+json; version=1']) {
      const { error, response } = await getRaw(accept);
      expect(response.status).toBe(406);
      expect(error).toMatchObject({ title: 'NotAcceptableError', status: 406 });
    }
  });

  test('sends each form with its own content type', async () => {
    const full = await getRaw('application/vnd.adobe.xed-full-notext+json;version=1');
    expect(full.data).toMatchObject({ properties: { a: { type: 'string' } } });
    expect(JSON.stringify(full.data)).not.toContain('"title"');
    expect(full.response.headers.get('content-type')).toBe(
      'application/vnd.adobe.xed-full-notext+json; version=1',
    );
    const parts = await getRaw('application/vnd.adobe.xed+json; version=1');
    expect(parts.data).toMatchObject({ allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/record' }] });
    expect(parts.data).not.toHaveProperty('properties');
  });
});

describe('schemas.descriptors', () => {
  const server = useServer();
  const client = () => clientFor(server.origin, { maxRetries: 0 });
  const identity = (id: string) => ({
    '@id': id,
    '@type': 'xdm:descriptorIdentity',
    'xdm:sourceSchema': LOYALTY,
    'xdm:sourceProperty': '/a',
    'xdm:namespace': 'Email',
    'xdm:isPrimary': true,
  });
  const display = { '@id': 'd', '@type': 'xdm:alternateDisplayInfo' };

  test('gives those of all types, or those that a condition lets through', async () => {
    const { client: simulated } = await stage({ descriptors: [identity('a'), display] });
    const names = async (...filter: Parameters<typeof simulated.schemas.descriptors>) =>
      (await all(simulated.schemas.descriptors(...filter))).map((one) => one['@id']);

    expect(await names()).toEqual(['a', 'd']);
    expect(await names({ property: '@type==xdm:descriptorIdentity' })).toEqual(['a']);
    expect(await thrownBy(names({ property: '==' }))).toBeInstanceOf(BadRequestError);
  });

  test('follows pages, where the registry sends them, and ends in a circle', async () => {
    const page = (id: string, next: unknown) => ({ results: [identity(id)], _page: { next } });
    server.play(page('a', 'b'), page('b', 7), page('c', '7'));

    expect((await all(client().schemas.descriptors())).map((one) => one['@id'])).toEqual([
      ...['a', 'b', 'c'],
    ]);
    expect(server.seen.map((call) => call.split('?')[1])).toEqual([
      undefined,
      'start=b',
      'start=7',
    ]);
  });

  test('reads odd values where they can only mean one thing', async () => {
    const { '@type': _, ...odd } = { ...identity('a'), 'xdm:isPrimary': 'true' };
    server.play({
      'xdm:descriptorIdentity': [{ ...odd, 'xdm:sourceVersion': '1', 'xdm:namespace': 6 }],
    });

    expect(await all(client().schemas.descriptors())).toEqual([
      { ...identity('a'), 'xdm:sourceVersion': 1, 'xdm:namespace': '6' },
    ]);
  });

  test('rejects a list that would lose descriptors', async () => {
    const bodies = [
      [],
      { a: {} },
      { a: ['/tenant/descriptors/1'] },
      { results: [{}] },
      { results: [null] },
    ];
    for (const body of bodies) {
      server.play(body);
      expect(await thrownBy(all(client().schemas.descriptors()))).toBeInstanceOf(
        InvalidResponseError,
      );
    }
  });

  test('are paged, linked and rejected by the simulator as accept says', async () => {
    const { client: simulated } = await stage({
      descriptors: [identity('a'), identity('b'), display],
    });
    const ask = async (form: string, query = {}) => {
      const headers = { accept: `application/vnd.adobe.${form}` };
      const path = '/data/foundation/schemaregistry/tenant/descriptors';
      return simulated.raw.GET(path, { headers, params: { query } });
    };
    const first = await ask('xdm-v2+json', { limit: 2 });
    expect(first.data).toMatchObject({ _page: { next: 'd', count: 2 } });
    expect((await ask('xdm-v2+json', { start: 'd' })).data).toMatchObject({ results: [display] });
    expect((await ask('xdm-link+json')).data).toEqual({
      'xdm:descriptorIdentity': ['/tenant/descriptors/a', '/tenant/descriptors/b'],
      'xdm:alternateDisplayInfo': ['/tenant/descriptors/d'],
    });
    for (const form of ['xed+json', 'xdm+json; version=1']) {
      const { response, error } = await ask(form);
      expect(response.status).toBe(400);
      expect(error).toMatchObject({ type: 'http://ns.adobe.com/aep/errors/XDM-1008-400' });
    }
  });
});
