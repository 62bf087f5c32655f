/**
 * One PUT of 2 GiB to a server that reads and throws away, next to `curl -T`. Each upload has its own
 * process, so that its peak memory is its own; the peers take turns.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byCurl, fill, type Measured } from './curl.js';
import { median, publish, table } from './results.js';
import { Client, startServer } from './run.js';

const BYTES = 2 * 1024 ** 3;
const ROUNDS = 5;
const PEERS = ['curl', 'ours', 'fetch-error', 'fetch-follow', 'got'] as const;
const LABELS: Record<(typeof PEERS)[number], string> = {
  curl: '`curl -T`, without `Expect`',
  ours: '**ours**: `files.put(address, openFile)`',
  'fetch-error': "`fetch`, `openAsBlob` body, `redirect: 'error'`",
  'fetch-follow': '`fetch`, `openAsBlob` body, as it is',
  got: 'got, stream',
};

async function measure(peer: (typeof PEERS)[number], path: string, origin: string) {
  if (peer === 'curl') return byCurl(path, origin);
  const client = new Client('one-put-client.js', undefined, peer, origin, path);
  const measured = await client.work<Measured>('go');
  client.close();
  return measured;
}

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-bench-'));
const server = await startServer(undefined);
const rounds: Measured[][] = [];
try {
  const path = join(folder, 'x.parquet');
  fill(path, BYTES);
  await byCurl(path, server.origin); // warms the page cache
  for (let round = 0; round < ROUNDS; round++) {
    const measured: Measured[] = [];
    for (const peer of PEERS) measured.push(await measure(peer, path, server.origin));
    rounds.push(measured);
  }
} finally {
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

const over = (peer: number, value: (one: Measured, round: Measured[]) => number) =>
  median(rounds.map((round) => value(round[peer] as Measured, round)));
const rows = PEERS.map((name, peer) => [
  LABELS[name],
  over(peer, (one, [curl]) => (curl?.seconds ?? 0) / one.seconds).toFixed(2),
  ((Math.max(...rounds.map((round) => round[peer]?.peakKiB ?? 0)) * 1024) / 1e6).toFixed(0),
  over(peer, (one, [curl]) => one.cpuSeconds / (curl?.cpuSeconds ?? 0)).toFixed(1),
]);
publish(
  'One PUT of 2 GiB',
  'make bench-put',
  `From a file in the page cache over loopback to a server in ${server.language} that reads and throws away;
${ROUNDS} rounds, medians; of the memory the highest. Goals: 0.75 × \`curl -T\` below 80 MB.`,
  table(['bytes per second', '× curl', 'peak MB', 'CPU × curl'], rows),
);
