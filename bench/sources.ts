/**
 * Measures the memory of ingests from sources that are not plain files: 3 GiB of rows behind a compressed file, and
 * 3 GiB at a URL. `BYTES=<n>` takes fewer. Fails if the bytes differ, or the memory exceeds its limit.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { startSimulatorProcess } from '../test/support/simulator-process.js';
import type { Ingested } from './ingest-client.js';
import { publish } from './results.js';
import { Client } from './run.js';

const ROW_BYTES = 1024;
const BLOCK_ROWS = 1024;
const BLOCK_BYTES = ROW_BYTES * BLOCK_ROWS;
const SIZE = Number(process.env['BYTES'] ?? 3 * 1024 ** 3);
const BLOCKS = Math.ceil(SIZE / BLOCK_BYTES);
const TOTAL = BLOCKS * BLOCK_BYTES;
const MAX_MB = 120;

/** Rows of text that compresses to about a half, each with its number. */
const template = Buffer.alloc(BLOCK_BYTES);
for (let row = 0; row < BLOCK_ROWS; row++) {
  const start = '{"row":"000000000","text":"';
  const text = randomBytes(ROW_BYTES)
    .toString('hex')
    .slice(0, ROW_BYTES - start.length - 3);
  template.write(`${start}${text}"}\n`, row * ROW_BYTES);
}

function fillBlock(block: number): Buffer {
  const bytes = Buffer.from(template);
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const number = String(block * BLOCK_ROWS + row).padStart(9, '0');
    bytes.write(number, row * ROW_BYTES + 8, 'latin1');
  }
  return bytes;
}

function* readBlocks(start = 0, end = TOTAL): Generator<Buffer> {
  for (let at = start; at < end; ) {
    const block = Math.floor(at / BLOCK_BYTES);
    const from = at - block * BLOCK_BYTES;
    const bytes = fillBlock(block).subarray(from, from + end - at);
    at += bytes.length;
    yield bytes;
  }
}

/** Serves the rows in ranges, as an object store does. */
async function startStore() {
  const server = createServer((request, response) => {
    const [, first = '0', last = '0'] = /=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const [start, end] = [Number(first), Number(last) + 1];
    response.writeHead(206, {
      etag: '"rows"',
      'content-length': end - start,
      'content-range': `bytes ${start}-${end - 1}/${TOTAL}`,
    });
    Readable.from(readBlocks(start, end), { highWaterMark: 1 })
      .on('error', () => response.destroy())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/rows.jsonl?signature=bench`, server };
}

/** Runs an ingest in its own process, into a simulator in another one. */
async function runIngest(path: string) {
  const simulator = await startSimulatorProcess();
  const options = JSON.stringify(simulator.clientOptions);
  const client = new Client('ingest-client.js', undefined, options, path);
  try {
    const ingested = await client.work<Ingested>('go');
    return { ingested, files: await simulator.files(ingested.batchId) };
  } finally {
    client.close();
    await simulator.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-bench-'));
const { url, server } = await startStore();
try {
  const hash = createHash('sha256');
  const compressed = join(folder, 'rows.jsonl.gz');
  async function* hashed() {
    for (const block of readBlocks()) {
      hash.update(block);
      yield block;
    }
  }
  await pipeline(hashed(), createGzip({ level: 1 }), createWriteStream(compressed));
  const sha256 = hash.digest('hex');
  const sources: { what: string; peakMb: number; isEqual: boolean }[] = [];
  for (const [what, path] of [
    [`\`.jsonl.gz\` of ${(statSync(compressed).size / 1e9).toFixed(1)} GB`, compressed],
    ['a URL, in ranges', url],
  ] as const) {
    const { ingested, files } = await runIngest(path);
    const [file] = files;
    const hashes = [file?.sha256, ingested.sha256];
    const isEqual = file?.sizeBytes === TOTAL && hashes.every((hash) => hash === sha256);
    sources.push({ what, peakMb: (ingested.peakKiB * 1024) / 1e6, isEqual });
  }
  const peakMb = Math.max(...sources.map((source) => source.peakMb));
  const equal = sources.filter(({ isEqual }) => isEqual).length;
  publish({
    name: 'sources',
    title: `Sources of ${(TOTAL / 1024 ** 3).toFixed(0)} GiB`,
    command: 'make bench-sources',
    description:
      'Rows of JSON Lines that are not in a plain file, into the simulator in its own process; sha256 on, 64 MiB × 4.',
    goals: [
      {
        text: `peak memory below ${MAX_MB} MB`,
        measured: `${peakMb.toFixed(0)} MB`,
        isMet: peakMb < MAX_MB,
      },
      {
        text: 'the bytes are equal',
        measured: `${equal} of ${sources.length}`,
        isMet: equal === sources.length,
      },
    ],
    tables: [
      {
        header: ['source', 'peak MB', 'bytes'],
        rows: sources.map((source) => [
          source.what,
          source.peakMb.toFixed(0),
          source.isEqual ? 'equal' : '**DIFFERENT**',
        ]),
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'peak memory, MB',
        better: 'less',
        bars: sources.map((source) => ({
          label: source.what.replaceAll('`', ''),
          value: source.peakMb,
          isOurs: true,
        })),
        goal: { value: MAX_MB, text: `below ${MAX_MB}` },
      },
    ],
  });
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
