/**
 * One client of the small calls, controlled by messages: `small-calls-client.js <client> <origin> <module>`. The module
 * is that of a peer that this project does not depend on.
 */

import { pathToFileURL } from 'node:url';
import type { paths } from '../generated/openapi.js';
import { createOurClient } from './peer.js';

const [, , name = '', origin = '', module = ''] = process.argv;

const ID = '01KBATCH0000000000000000AB';
const CREATE = '/data/foundation/import/batches';
const GET = '/data/foundation/catalog/batches';
const NEW = { datasetId: '5c8c3c555033b814b69f947f', inputFormat: { format: 'parquet' } } as const;
/** The headers that our client sends. */
const HEADERS = {
  accept: 'application/json',
  authorization: 'Bearer bench-token',
  'x-api-key': 'bench-client-id',
  'x-gw-ims-org-id': 'BENCH@AdobeOrg',
  'x-sandbox-name': 'prod',
};
const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' };

/** Creates and reads a batch; both return the id in the response. */
interface Peer {
  create(): Promise<string | undefined>;
  get(): Promise<string | undefined>;
}
type Created = { id?: string };
type Found = Record<string, unknown>;
/** What is used of the peers that are fetched or generated. */
interface Ky {
  create(options: object): Ky;
  post(path: string, options: object): { json<T>(): Promise<T> };
  get(path: string): { json<T>(): Promise<T> };
}
interface Generated {
  client: { setConfig(options: object): void };
  configure(options: object): void;
  createBatch(input: object): Promise<unknown>;
  getBatch(input: object): Promise<unknown>;
}
const importModule = async <T>() => (await import(pathToFileURL(module).href)) as T;
const onlyKey = (found: Found | undefined) => Object.keys(found ?? {})[0];

const peers: Record<string, () => Promise<Peer>> = {
  async ours() {
    const client = createOurClient(origin);
    return {
      create: async () => (await client.batches.create(NEW)).id,
      get: async () => (await client.batches.get(ID)).id,
    };
  },
  async fetch() {
    return {
      async create() {
        const body = JSON.stringify(NEW);
        const init = { method: 'POST', headers: JSON_HEADERS, body };
        const response = await fetch(`${origin}${CREATE}`, init);
        return ((await response.json()) as Created).id;
      },
      async get() {
        const response = await fetch(`${origin}${GET}/${ID}`, { headers: HEADERS });
        return onlyKey((await response.json()) as Found);
      },
    };
  },
  async 'openapi-fetch'() {
    const { default: createClient } = await import('openapi-fetch');
    const client = createClient<paths>({ baseUrl: origin, headers: HEADERS });
    return {
      create: async () => (await client.POST(CREATE, { body: NEW })).data?.id,
      async get() {
        const params = { path: { batchId: ID } };
        return onlyKey((await client.GET(`${GET}/{batchId}`, { params })).data);
      },
    };
  },
  async axios() {
    const { default: axios } = await import('axios');
    const client = axios.create({ baseURL: origin, headers: HEADERS });
    return {
      create: async () => (await client.post<Created>(CREATE, NEW)).data.id,
      get: async () => onlyKey((await client.get<Found>(`${GET}/${ID}`)).data),
    };
  },
  async got() {
    const { default: got } = await import('got');
    const client = got.extend({ prefixUrl: origin, headers: HEADERS });
    return {
      create: async () => (await client.post(CREATE.slice(1), { json: NEW }).json<Created>()).id,
      get: async () => onlyKey(await client.get(`${GET.slice(1)}/${ID}`).json<Found>()),
    };
  },
  async ky() {
    const { default: ky } = await importModule<{ default: Ky }>();
    const client = ky.create({ prefixUrl: origin, headers: HEADERS });
    return {
      create: async () => (await client.post(CREATE.slice(1), { json: NEW }).json<Created>()).id,
      get: async () => onlyKey(await client.get(`${GET.slice(1)}/${ID}`).json<Found>()),
    };
  },
  async 'hey-api'() {
    const { client, createBatch, getBatch } = await importModule<Generated>();
    client.setConfig({ baseUrl: origin, headers: HEADERS });
    const input = { path: { batchId: ID } };
    return {
      create: async () => ((await createBatch({ body: NEW })) as { data?: Created }).data?.id,
      get: async () => onlyKey(((await getBatch(input)) as { data?: Found }).data),
    };
  },
  async redocly() {
    const { configure, createBatch, getBatch } = await importModule<Generated>();
    const { authorization, 'x-api-key': key, 'x-gw-ims-org-id': organization } = HEADERS;
    configure({
      serverUrl: origin,
      headers: { 'x-sandbox-name': HEADERS['x-sandbox-name'] },
      auth: {
        bearer: authorization.replace('Bearer ', ''),
        apiKey: { apiKey: key, organization },
      },
    });
    return {
      create: async () => ((await createBatch({ body: NEW })) as Created).id,
      get: async () => onlyKey((await getBatch({ path: { batchId: ID } })) as Found),
    };
  },
  async 'undici.request'() {
    const { request } = await import('undici');
    return {
      async create() {
        const body = JSON.stringify(NEW);
        const init = { method: 'POST', headers: JSON_HEADERS, body } as const;
        const response = await request(`${origin}${CREATE}`, init);
        return ((await response.body.json()) as Created).id;
      },
      async get() {
        const response = await request(`${origin}${GET}/${ID}`, { headers: HEADERS });
        return onlyKey((await response.body.json()) as Found);
      },
    };
  },
};

const peer = await peers[name]?.();
if (peer === undefined) throw new Error(`Unknown client ${name}.`);

process.on('message', async (calls: number) => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let made = 0; made < calls; made += 2) {
    if ((await peer.create()) !== ID || (await peer.get()) !== ID)
      throw new Error('Invalid response: the batch id differs.');
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({ callsPerSecond: calls / seconds, cpuMicroseconds: (user + system) / calls });
});
