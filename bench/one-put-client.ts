/** One client of the single PUT, one upload per process: `one-put-client.js <client> <origin> <file>`. */
import { createReadStream, openAsBlob, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { OpenFile } from 'aep-batch';
import { measureOnce } from './measure-once.js';
import { createOurClient } from './peer.js';

const [, , name = '', origin = '', path = ''] = process.argv;

const BATCH = '01KBATCH0000000000000000AB';
const DATASET = '5c8c3c555033b814b69f947f';
const URL = `${origin}/data/foundation/import/batches/${BATCH}/datasets/${DATASET}/files/x.parquet`;
const HEADERS = {
  authorization: 'Bearer bench-token',
  'content-type': 'application/octet-stream',
};

async function uploadWithFetch(redirect: 'error' | 'follow'): Promise<void> {
  const body = await openAsBlob(path);
  const response = await fetch(URL, { method: 'PUT', headers: HEADERS, body, redirect });
  if (!response.ok) throw new Error(`${response.status}`);
  await response.arrayBuffer();
}

const peers: Record<string, () => Promise<unknown>> = {
  async ours() {
    const client = createOurClient(origin);
    const file = await OpenFile.open(path);
    await client.files.put({ batchId: BATCH, datasetId: DATASET, path: 'x.parquet' }, file);
    await file.close();
    client.close();
  },
  'fetch-error': () => uploadWithFetch('error'),
  'fetch-follow': () => uploadWithFetch('follow'),
  async got() {
    const { default: got } = await import('got');
    const headers = { ...HEADERS, 'content-length': String(statSync(path).size) };
    const upload = got.stream.put(URL, { headers });
    await pipeline(createReadStream(path), upload, async (response) => {
      for await (const _ of response);
    });
  },
};

const peer = peers[name];
if (peer === undefined) throw new Error(`Unknown client ${name}.`);

measureOnce(peer);
