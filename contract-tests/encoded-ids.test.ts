import { expect, test } from '@jest/globals';
import type { BatchClient } from '../src/index.js';
import { createClient } from './support/client.js';
import { usePrismProxy } from './support/prism-proxy.js';

const proxy = usePrismProxy();
/** Characters that a path may hold as they are, with another meaning, and ones beyond ASCII. */
const ID = 'é+&=;,日';
const SENT = '%C3%A9%2B%26%3D%3B%2C%E6%97%A5';
const ADDRESS = { batchId: ID, datasetId: ID, path: 'é/a+b&c=d' };
const UPLOAD = `/data/foundation/import/batches/${SENT}/datasets/${SENT}/files/%C3%A9/a%2Bb%26c%3Dd`;

test.each<[string, (client: BatchClient) => Promise<unknown>, string]>([
  [
    'batches.complete',
    ({ batches }) => batches.complete(ID),
    `/data/foundation/import/batches/${SENT}?action=COMPLETE`,
  ],
  ['files.initialize', ({ files }) => files.initialize(ADDRESS), `${UPLOAD}?action=INITIALIZE`],
  ['files.put', ({ files }) => files.put(ADDRESS, new Uint8Array(1)), UPLOAD],
  [
    'batches.preview',
    ({ batches }) => batches.preview(ADDRESS, { format: 'csv', delimiter: '+&é' }),
    `/data/foundation/import/batches/${SENT}/datasets/${SENT}/preview?format=csv&delimiter=%2B%26%C3%A9`,
  ],
  [
    'files.head',
    ({ files }) => files.head(ID, 'é+&'),
    `/data/foundation/export/files/${SENT}?path=%C3%A9%2B%26`,
  ],
])(
  '%s encodes each character of an id, a path and a query that a URL gives a meaning',
  async (_, call, target) => {
    await call(createClient(proxy.origin, { maxRetries: 0 }));

    expect(proxy.only.target).toBe(target);
  },
);
