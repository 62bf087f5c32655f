/** `files.upload()`: what it checks first, and what its progress says. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { BatchClient } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { useServer } from './support/server.js';

const server = useServer();
const clients: BatchClient[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
const connect = () => {
  const client = clientFor(server.origin, { clock: testClock() });
  clients.push(client);
  return client;
};
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.jsonl' };

describe('the progress of files.upload', () => {
  const BYTES = Buffer.alloc(25, 'x');
  const upload = async (largeFileThresholdBytes: number) => {
    const seen: [transferredBytes: number, totalBytes: number][] = [];
    server.respond = (_, response) => void response.writeHead(200).end();
    await connect().files.upload(FILE, BYTES, {
      largeFileThresholdBytes,
      partSizeBytes: 10,
      concurrency: 1,
      onProgress: ({ transferredBytes, totalBytes }) =>
        void seen.push([transferredBytes, totalBytes]),
    });
    return seen;
  };

  test('adds up the bytes of the parts that were accepted, of the bytes of the whole file', async () => {
    expect(await upload(5)).toEqual([
      [10, 25],
      [20, 25],
      [25, 25],
    ]);
  });

  test('of a file that goes whole is one step', async () => {
    expect(await upload(100)).toEqual([[25, 25]]);
  });
});

test.each(['a//b', '../a', 'a\ud800'])(
  'the path %j in the batch is rejected before the file is looked at',
  async (path) => {
    const upload = connect().files.upload({ ...FILE, path }, './no-such-file.jsonl');
    expect(await thrownBy(upload)).toMatchObject({ name: 'InvalidInputError', field: 'path' });
    expect(server.seen).toEqual([]);
  },
);
