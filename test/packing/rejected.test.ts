import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from '@jest/globals';
import { createRandom } from '../../src/shared/random.js';
import { all } from '../support/client.js';
import { client, folder, useIngest } from '../support/ingest.js';

useIngest('pack-rejected');

let root = '';
beforeEach(() => {
  root = join(folder, 'exports');
});

const write = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
};

const PARTIAL = {
  datasetId: 'd1',
  pack: true,
  pollIntervalMs: 10,
  partialIngestionPercent: 99,
  errorDiagnostics: true,
};

/** Where the rejected rows are, and where they should be: as `path:line` of the originals. */
async function findRejected(batchId: string, files: readonly { path: string }[], gz = '') {
  const sources = files.map((file) => ({ ...file, localPath: join(root, `${file.path}${gz}`) }));
  const { inputFormat } = await client.batches.get(batchId);
  const options = inputFormat === undefined ? {} : { inputFormat };
  const rows = await all(client.rejectedRows(batchId, sources, options));
  return rows.map(({ file, line }) => `${file}:${line}`).sort();
}

test.each(['', '.gz'])(
  'each rejected row of packed JSON Lines%s names the original file and its line',
  async (gz) => {
    const random = createRandom(7);
    const expected: string[] = [];
    for (let file = 0; file < 20; file++) {
      const path = `day=${file % 3}/${file}.jsonl`;
      const lines = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, at) => {
        if (random() > 0.3) return random() < 0.1 ? '' : `{"_id":"${file}-${at}"}`;
        expected.push(`${path}:${at + 1}`);
        return `{"broken ${file}-${at}`;
      });
      const end = random() < 0.5 ? '\n' : '\r\n';
      const text = `{"_id":"${file}"}${end}${lines.join(end)}${random() < 0.5 ? '' : end}`;
      for (let at = expected.length - 1; expected[at]?.startsWith(`${path}:`); at--) {
        const line = Number(expected[at]?.split(':').at(-1));
        expected[at] = `${path}:${line + 1}`; // after the first row
      }
      await write(`${path}${gz}`, gz === '' ? text : gzipSync(text));
    }
    const { batchId, files, outcome } = await client.ingest(root, PARTIAL);
    expect(outcome).toBe('success-with-rejects');
    expect(files).toHaveLength(20);
    expect(await findRejected(batchId, files, gz)).toEqual(expected.sort());
  },
);

test('each rejected row of packed CSV names the original file and its line, also after a quoted line end', async () => {
  await write('a.csv', 'id,name\n1,x\n2,"two\nlines"\nbad-a,y,z,too-many\n');
  await write('b.csv', 'id,name\r\n3,x\r\nbad-b,y,z,too-many');
  await write('c.csv', 'id,name\nbad-c,y,z,too-many\n4,x\n');
  const { batchId, files } = await client.ingest(root, PARTIAL);
  expect(files.every(({ packed }) => packed !== undefined)).toBe(true);
  expect(await findRejected(batchId, files)).toEqual(['a.csv:5', 'b.csv:3', 'c.csv:2']);
});

test('no line is said where an original has changed, since the same row may be in that', async () => {
  await write('a.jsonl', '{"a":1}\n{"broken\n');
  await write('b.jsonl', '{"b":1}\n');
  const { batchId, files } = await client.ingest(root, PARTIAL);
  await write('b.jsonl', '{"b":1}\n{"broken\n');
  expect(await findRejected(batchId, files)).toEqual(['packed.jsonl:undefined']);
  expect(await readFile(join(root, 'a.jsonl'), 'utf8')).toContain('broken');
});

test('rows are found in originals that are given without what they were packed into', async () => {
  await write('a.jsonl', '{"a":1}\n{"broken\n');
  await write('b.jsonl', '{"b":1}\n');
  const { batchId, files } = await client.ingest(root, PARTIAL);
  const plain = files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  expect(await findRejected(batchId, plain)).toEqual(['a.jsonl:2']);
});
