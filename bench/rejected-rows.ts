/**
 * Measures the search for the lines of rejected rows: a report of 1,000,000 rows over a source of 1 GB, every
 * tenth row of which was rejected, in any order. The baseline is a bare read of the same source, and of the same
 * report over the same connection.
 *
 *   make bench-rejected-rows
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBatchClient } from '../src/index.js';
import { median, publish } from './results.js';

const SOURCE_ROWS = 10_000_000;
const REJECTED_EVERY = 10;
const ROW_BYTES = 100;
const ROUNDS = 3;
/** What a row may cost, and all else. */
const MAX_MEMORY_BYTES = 32 * (SOURCE_ROWS / REJECTED_EVERY) + 100e6;
const REPORT = 'parsing_errors_0.json';

/** A row of the source; each rejected one lacks its closing brace. */
function toText(n: number): string {
  const isRejected = n % REJECTED_EVERY === 0;
  const start = `{"id":${n},"pad":"`;
  return `${start}${'x'.repeat(ROW_BYTES - 3 - start.length)}"${isRejected ? ' ' : '}'}`;
}

async function writeLines(path: string, count: number, toLine: (n: number) => string) {
  const file = createWriteStream(path);
  for (let n = 0; n < count; n += 10_000) {
    let block = '';
    for (let at = n; at < Math.min(count, n + 10_000); at++) block += `${toLine(at)}\n`;
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** What one process measures: how long it took, its peak memory, and how many lines were right. */
interface Measured {
  seconds: number;
  peakBytes: number;
  right: number;
}

const work = {
  /** Reads the source and the report, and does nothing with them. */
  async bare(origin: string, source: string): Promise<number> {
    const handle = await open(source);
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    while ((await handle.read(buffer, 0, buffer.length, null)).bytesRead > 0);
    await handle.close();
    const response = await fetch(`${origin}/data/foundation/report`);
    for await (const _ of response.body ?? []);
    return 0;
  },
  async ours(origin: string, source: string): Promise<number> {
    const client = createBatchClient({
      origin,
      orgId: 'ORG@AdobeOrg',
      sandbox: 'dev',
      apiKey: 'key',
      credentials: 'token',
    });
    let right = 0;
    const sources = [{ path: 'rows.jsonl', localPath: source }];
    for await (const { line, record } of client.rejectedRows('b', sources)) {
      if (record?.startsWith(`{"id":${(line ?? 0) - 1},`) === true) right++;
    }
    await client.close();
    return right;
  },
};

async function measure(kind: keyof typeof work, origin: string, source: string): Promise<void> {
  const start = performance.now();
  const right = await work[kind](origin, source);
  const seconds = (performance.now() - start) / 1000;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.send?.({ seconds, peakBytes, right } satisfies Measured);
}

async function runChild(...args: string[]): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), args, { execArgv: [] });
  const exit = once(child, 'exit');
  const [measured] = (await once(child, 'message')) as [Measured];
  await exit;
  return measured;
}

/** The report over HTTP, from a file. */
function serve(report: string) {
  const server = createServer(async (request, response) => {
    const isFile = request.url?.includes('row_errors%2F') || request.url?.endsWith('/report');
    if (!isFile) {
      const isFirst = request.url?.includes('start=0');
      const data = isFirst
        ? [
            {
              name: REPORT,
              length: '1',
              _links: { self: { href: `x?path=row_errors%2F${REPORT}` } },
            },
          ]
        : [];
      response.end(JSON.stringify({ data, _page: { limit: 100, count: data.length } }));
      return;
    }
    const handle = await open(report);
    handle.createReadStream({ highWaterMark: 256 * 1024 }).pipe(response);
  });
  return new Promise<{ origin: string; close: () => void }>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ origin: `http://127.0.0.1:${port}`, close: () => server.close() });
    }),
  );
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-bench-'));
  const [source, report] = [join(folder, 'rows.jsonl'), join(folder, 'report.jsonl')];
  const count = SOURCE_ROWS / REJECTED_EVERY;
  const toReported = (n: number) => {
    const row = ((n * 7919) % count) * REJECTED_EVERY; // in another order
    const _errors = [{ code: '1401', message: 'Row is corrupted and cannot be read.' }];
    return JSON.stringify({ _corrupt_record: toText(row), _errors, _filename: 'rows.jsonl' });
  };
  await writeLines(source, SOURCE_ROWS, toText);
  await writeLines(report, count, toReported);
  const server = await serve(report);
  const results: Record<keyof typeof work, Measured[]> = { bare: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ['bare', 'ours'] as const) {
      results[kind].push(await runChild(kind, server.origin, source));
    }
  }
  server.close();
  await rm(folder, { recursive: true });
  publishResults(results, count);
}

function publishResults(results: Record<keyof typeof work, Measured[]>, count: number): void {
  const seconds = (kind: keyof typeof work) => median(results[kind].map((one) => one.seconds));
  const peak = (kind: keyof typeof work) => Math.max(...results[kind].map((one) => one.peakBytes));
  const right = Math.min(...results.ours.map((one) => one.right));
  const shown = [
    { name: 'bare read of the source and the report', kind: 'bare' },
    { name: '**ours**: `rejectedRows()` with the source', kind: 'ours' },
  ] as const;
  const toTimes = (kind: keyof typeof work) => seconds(kind) / seconds('bare');
  const toBars = (value: (kind: keyof typeof work) => number) =>
    shown.map(({ name, kind }) => ({
      label: name.replace(/[`*]/g, ''),
      value: value(kind),
      isOurs: kind === 'ours',
    }));
  const maxMb = MAX_MEMORY_BYTES / 1e6;
  const peakMb = (kind: keyof typeof work) => peak(kind) / 1e6;
  publish({
    name: 'rejected-rows',
    title: 'Lines of 1,000,000 rejected rows',
    command: 'make bench-rejected-rows',
    description: `A report of ${count.toLocaleString('en-US')} rows over HTTP on loopback, in another order than the source of 1 GB (JSON Lines of 100 bytes,
in the page cache); ${ROUNDS} rounds, medians; maxima of the memory.`,
    goals: [
      { text: 'every line is right', measured: `${right}`, isMet: right === count },
      {
        text: `peak memory at most 100 MB and 32 bytes a row (${maxMb} MB)`,
        measured: `${peakMb('ours').toFixed(0)} MB`,
        isMet: peak('ours') <= MAX_MEMORY_BYTES,
      },
    ],
    tables: [
      {
        header: ['time', '× bare read', 'peak MB'],
        rows: shown.map(({ name, kind }) => [
          name,
          toTimes(kind).toFixed(1),
          peakMb(kind).toFixed(0),
        ]),
      },
    ],
    plots: [
      { kind: 'bars', title: 'time, × bare read', better: 'less', bars: toBars(toTimes) },
      {
        kind: 'bars',
        title: 'peak memory, MB',
        better: 'less',
        bars: toBars(peakMb),
        goal: { value: maxMb, text: `at most ${maxMb}` },
      },
    ],
  });
}

const [kind, origin = '', source = ''] = process.argv.slice(2);
if (kind === 'bare' || kind === 'ours') await measure(kind, origin, source);
else await main();
