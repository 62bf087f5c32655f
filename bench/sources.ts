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
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { createRandom } from '../src/shared/random.js';
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

/** Few, since each is made and compressed only once; their drawn order shows whether any is missing or moved. */
const DIFFERENT_BLOCKS = 64;

/** Rows of text that compresses to about a half, each with its number. */
function makeBlock(_: unknown, block: number): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const number = String(block * BLOCK_ROWS + row).padStart(9, '0');
    const start = `{"row":"${number}","text":"`;
    const text = randomBytes(ROW_BYTES)
      .toString('hex')
      .slice(0, ROW_BYTES - start.length - 3);
    bytes.write(`${start}${text}"}\n`, row * ROW_BYTES, 'latin1');
  }
  return bytes;
}

const different = Array.from({ length: DIFFERENT_BLOCKS }, makeBlock);
const random = createRandom(1);
const order = Array.from({ length: BLOCKS }, () => Math.floor(random() * DIFFERENT_BLOCKS));

function* readBlocks(start = 0, end = TOTAL): Generator<Buffer> {
  for (let at = start; at < end; ) {
    const block = Math.floor(at / BLOCK_BYTES);
    const from = at - block * BLOCK_BYTES;
    const bytes = (different[order[block] ?? 0] ?? Buffer.alloc(0)).subarray(from, from + end - at);
    at += bytes.length;
    yield bytes;
  }
}

/**
 * One gzip member with all rows. Each block is compressed once, up to where another one may follow.
 * @returns the sha256 of the rows.
 */
async function writeCompressed(path: string): Promise<string> {
  const options = { level: 1, finishFlush: constants.Z_FULL_FLUSH };
  const pieces = different.map((block) => deflateRawSync(block, options));
  const hash = createHash('sha256');
  let checksum = 0;
  function* toMember() {
    yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    for (const block of order) {
      const rows = different[block] ?? Buffer.alloc(0);
      hash.update(rows);
      checksum = crc32(rows, checksum);
      yield pieces[block];
    }
    const end = Buffer.alloc(10);
    end.set([3, 0]); // a last block without contents
    end.writeUInt32LE(checksum, 2);
    end.writeUInt32LE(TOTAL % 2 ** 32, 6);
    yield end;
  }
  await pipeline(toMember(), createWriteStream(path));
  return hash.digest('hex');
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
  const compressed = join(folder, 'rows.jsonl.gz');
  const sha256 = await writeCompressed(compressed);
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
