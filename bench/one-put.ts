/**
 * One PUT of 2 GiB to a server that reads and throws away, next to `curl -T`. Each upload has its own
 * process, so that its peak memory is its own; the peers take turns.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, publish, table } from './results.js';
import { Client, startServer } from './run.js';

const BYTES = 2 * 1024 ** 3;
const ROUNDS = 5;
/** In which Linux counts the CPU time of a process. */
const TICKS_PER_SECOND = 100;
const PEERS = ['curl', 'ours', 'fetch-error', 'fetch-follow', 'got'] as const;
const LABELS: Record<(typeof PEERS)[number], string> = {
  curl: '`curl -T`, without `Expect`',
  ours: '**ours**: `files.put(address, openFile)`',
  'fetch-error': "`fetch`, `openAsBlob` body, `redirect: 'error'`",
  'fetch-follow': '`fetch`, `openAsBlob` body, as it is',
  got: 'got, stream',
};

interface Measured {
  seconds: number;
  cpuSeconds: number;
  peakKiB: number;
}

/** A file of that size whose bytes are not all the same; it stays in the page cache. */
function fill(path: string): void {
  const block = Buffer.alloc(64 * 1024 * 1024, 'aep-batch bench ');
  const file = openSync(path, 'w');
  for (let at = 0; at < BYTES; at += block.length) writeSync(file, block);
}

/** curl tells its time itself; its peak is looked up while it runs. */
async function byCurl(path: string, origin: string): Promise<Measured> {
  // Without Expect curl would wait a second for the server's consent.
  const args = ['-sS', '-f', '-T', path, '-H', 'Expect:', '-w', '%{time_total}'];
  const child = spawn('curl', [...args, `${origin}/x.parquet`]);
  let told = '';
  let peakKiB = 0;
  let ticks = 0;
  child.stdout.on('data', (chunk) => {
    told += String(chunk);
  });
  const watch = setInterval(() => {
    try {
      const [, peak] =
        /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peakKiB = Math.max(peakKiB, Number(peak ?? 0));
      const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .split(' ')
        .slice(13, 15);
      ticks = Number(user) + Number(system);
    } catch {} // it is gone
  }, 20);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`curl ended with ${code}`);
  return { seconds: Number(told), cpuSeconds: ticks / TICKS_PER_SECOND, peakKiB };
}

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
  fill(path);
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
