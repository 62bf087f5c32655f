/**
 * One PUT of 2 GiB to a server that discards it, compared with `curl -T`. Each upload has its own process,
 * to measure its peak memory; the clients alternate.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ONE_REQUEST, uploadWithCurl, uploadWithRclone, writeFile } from './curl.js';
import { isInstalled, type Measured } from './programs.js';
import { median, publish } from './results.js';
import { Client, startServer } from './run.js';

const BYTES = 2 * 1024 ** 3;
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const GOALS = { speed: 0.75, peakMb: 80 };
const ALL = ['curl', 'ours', 'fetch-error', 'fetch-follow', 'got', 'rclone'] as const;
const PEERS = ALL.filter((name) => name !== 'rclone' || isInstalled(name));
const LABELS: Record<(typeof ALL)[number], string> = {
  curl: '`curl -T`, without `Expect`',
  ours: '**ours**: `files.put(address, openFile)`',
  'fetch-error': "`fetch`, `openAsBlob` body, `redirect: 'error'`",
  'fetch-follow': '`fetch`, `openAsBlob` body, default `redirect`',
  got: 'got, stream',
  rclone: '`rclone copyto` to S3, one request',
};

async function measure(peer: (typeof ALL)[number], path: string, origin: string) {
  if (peer === 'curl') return uploadWithCurl(path, origin);
  if (peer === 'rclone') return uploadWithRclone('copyto', path, origin, ONE_REQUEST);
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
  writeFile(path, BYTES);
  await uploadWithCurl(path, server.origin); // warms the page cache
  for (let round = 0; round < ROUNDS; round++) {
    const measured: Measured[] = [];
    for (const peer of PEERS) measured.push(await measure(peer, path, server.origin));
    rounds.push(measured);
  }
} finally {
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

const takeMedian = (peer: number, value: (one: Measured, round: Measured[]) => number) =>
  median(rounds.map((round) => value(round[peer] as Measured, round)));
const takeSpeed = (peer: number) =>
  takeMedian(peer, (one, [curl]) => (curl?.seconds ?? 0) / one.seconds);
const takePeak = (peer: number) =>
  (Math.max(...rounds.map((round) => round[peer]?.peakKiB ?? 0)) * 1024) / 1e6;
const ours = PEERS.indexOf('ours');
const plot = (value: (peer: number) => number) =>
  PEERS.map((name, peer) => ({
    label: LABELS[name].replace(/[`*]/g, ''),
    value: value(peer),
    isOurs: peer === ours,
  }));
publish({
  name: 'one-put',
  title: 'One PUT of 2 GiB',
  command: 'make bench-put',
  description: `A file in the page cache, over loopback, to a server in ${server.language} that discards it;
${ROUNDS} rounds, medians; maxima of the memory. rclone has no plain PUT: it sends the file as to S3, with its signature.`,
  goals: [
    {
      text: `bytes per second: at least ${GOALS.speed} × \`curl -T\``,
      measured: `${takeSpeed(ours).toFixed(2)} ×`,
      isMet: takeSpeed(ours) >= GOALS.speed,
    },
    {
      text: `peak memory below ${GOALS.peakMb} MB`,
      measured: `${takePeak(ours).toFixed(0)} MB`,
      isMet: takePeak(ours) < GOALS.peakMb,
    },
  ],
  tables: [
    {
      header: ['bytes per second', '× curl', 'peak MB', 'CPU × curl'],
      rows: PEERS.map((name, peer) => [
        LABELS[name],
        takeSpeed(peer).toFixed(2),
        takePeak(peer).toFixed(0),
        takeMedian(peer, (one, [curl]) => one.cpuSeconds / (curl?.cpuSeconds ?? 0)).toFixed(1),
      ]),
    },
  ],
  plots: [
    {
      kind: 'bars',
      title: 'bytes per second, × curl -T',
      better: 'more',
      bars: plot(takeSpeed),
      goal: { value: GOALS.speed, text: `at least ${GOALS.speed}` },
    },
    {
      kind: 'bars',
      title: 'peak memory, MB',
      better: 'less',
      bars: plot(takePeak),
      goal: { value: GOALS.peakMb, text: `below ${GOALS.peakMb}` },
    },
  ],
});
