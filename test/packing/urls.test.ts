import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from '@jest/globals';
import { IngestError, type IngestOptions, SourceUnavailableError } from '../../src/index.js';
import { thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { sendRange, useUrlServer } from '../support/url-server.js';

useIngest('packed-urls');

const server = useUrlServer(Buffer.of());
const TEXTS: Record<string, Buffer> = {
  'a.jsonl': Buffer.from('{"a":1}\n{"a":2}'),
  'b.jsonl': Buffer.from('{"b":1}\n'),
  'c.jsonl.gz': gzipSync('{"c":1}\n'),
};
const PACKED = '{"a":1}\n{"a":2}\n{"b":1}\n{"c":1}\n';

/** The signature that the server takes. */
let signature = '';
let texts = TEXTS;
beforeEach(() => {
  signature = 'first';
  texts = TEXTS;
  server.intercept = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', server.origin);
    if (searchParams.get('sig') !== signature) return Boolean(response.writeHead(403).end());
    const bytes = texts[pathname.slice(1)] ?? Buffer.of();
    const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
    sendRange({ ...server, bytes, etag }, request, response);
    return true;
  };
});

const urls = (sig = signature) =>
  Object.keys(TEXTS).map((name) => `${server.origin}/${name}?sig=${sig}`);
const ingest = (more: Partial<IngestOptions> = {}) =>
  client.ingest(urls(), { datasetId: 'd1', pack: true, pollIntervalMs: 10, ...more });
const readStored = async (batchId: string) =>
  Promise.all(simulator.files(batchId).map((file) => file.sha256()));
const PACKED_SHA256 = [createHash('sha256').update(PACKED).digest('hex')];

/** The signatures expire before the packed file is sent. */
const ingestUntilExpired = (journal: string): Promise<unknown> =>
  thrownBy(
    ingest({
      journal,
      onProgress: ({ phase }) => {
        if (phase === 'upload') signature = 'second';
      },
    }),
  );

test('what is at URLs is packed, and loaded once however often', async () => {
  const { batchId, files } = await ingest({ skipLoaded: true });
  expect(await readStored(batchId)).toEqual(PACKED_SHA256);
  expect(files.map(({ path, packed }) => [path, packed?.into, packed?.firstLine])).toEqual([
    ['a.jsonl', 'packed.jsonl', 1],
    ['b.jsonl', 'packed.jsonl', 3],
    ['c.jsonl', 'packed.jsonl', 4],
  ]);
  expect(await ingest({ skipLoaded: true })).toMatchObject({ outcome: 'skipped', batchId });
});

test('packed URLs that have expired are found by new ones, and the packed file is the same', async () => {
  const journal = join(folder, 'packed.journal');
  const error = await ingestUntilExpired(journal);
  expect(error).toBeInstanceOf(IngestError);
  expect(error).toMatchObject({ batch: 'kept', journal });
  expect((error as IngestError).cause).toBeInstanceOf(SourceUnavailableError);
  const { outcome, batchId } = await client.resume(journal, {
    sources: urls('second'),
    pollIntervalMs: 10,
  });
  expect(outcome).toBe('success');
  expect(await readStored(batchId)).toEqual(PACKED_SHA256);
});

test('a packed URL that changed since it was planned is not resumed, and the message names it without its query', async () => {
  const journal = join(folder, 'packed.journal');
  await ingestUntilExpired(journal);
  texts = { ...TEXTS, 'b.jsonl': Buffer.from('{"b":2}\n') };
  const error = await thrownBy(client.resume(journal, { sources: urls('second') }));
  expect(String(error)).toContain(`${server.origin}/b.jsonl changed since it was planned`);
  expect(String(error)).not.toContain('second');
});
