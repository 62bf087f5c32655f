/** One peer of the single PUT: `one-put-client.js <peer> <origin> <file>`; one upload per process. */
import { createReadStream, openAsBlob, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { OpenFile } from 'aep-batch';
import { measuredOnce, ourClient } from './peer.js';

const [, , name = '', origin = '', path = ''] = process.argv;

const BATCH = '01KBATCH0000000000000000AB';
const DATASET = '5c8c3c555033b814b69f947f';
const URL = `${origin}/data/foundation/import/batches/${BATCH}/datasets/${DATASET}/files/x.parquet`;
const HEADERS = {
  authorization: 'Bearer bench-token',
  'content-type': 'application/octet-stream',
};

async function byFetch(redirect: 'error' | 'follow'): Promise<void> {
  const body = await openAsBlob(path);
  const answer = await fetch(URL, { method: 'PUT', headers: HEADERS, body, redirect });
  if (!answer.ok) throw new Error(`${answer.status}`);
  await answer.arrayBuffer();
}

const peers: Record<string, () => Promise<unknown>> = {
  async ours() {
    const client = ourClient(origin);
    const file = await OpenFile.open(path);
    await client.files.put({ batchId: BATCH, datasetId: DATASET, path: 'x.parquet' }, file);
    await file.close();
    client.close();
  },
  'fetch-error': () => byFetch('error'),
  'fetch-follow': () => byFetch('follow'),
  async got() {
    const { default: got } = await import('got');
    const headers = { ...HEADERS, 'content-length': String(statSync(path).size) };
    const upload = got.stream.put(URL, { headers });
    await pipeline(createReadStream(path), upload, async (answer) => {
      for await (const _ of answer);
    });
  },
};

const peer = peers[name];
if (peer === undefined) throw new Error(`there is no peer ${name}`);

measuredOnce(peer);
