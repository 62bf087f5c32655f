/** The speed of uploads in parts, compared with `curl -T` and the AWS SDK. */
import { join } from 'node:path';
import { uploadWithCurl, uploadWithRclone, writeFile } from './curl.js';
import { isInstalled, type Measured } from './programs.js';
import { median, publish } from './results.js';
import { Client, startServer, withFolder } from './run.js';

const GIB = 1024 ** 3;
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const RCLONE = ['rclone', 'rclone-large', 'rcat'] as const;
const ALL = ['curl', 'ours', 'ours-sha256', 'aws', 'aws-plain', ...RCLONE] as const;
type Peer = (typeof ALL)[number];
const PEERS: readonly Peer[] = isInstalled('rclone') ? ALL : ALL.slice(0, -RCLONE.length);
const LABELS: Record<Peer, string> = {
  curl: '`curl -T`, one request, without `Expect`',
  ours: '**ours**: `files.upload()`, 64 MiB × 4, sha256 off',
  'ours-sha256': '**ours**, sha256 on',
  aws: '@aws-sdk/lib-storage, 8 MiB × 4',
  'aws-plain': '@aws-sdk/lib-storage, no checksums, unsigned',
  rclone: '`rclone copyto`, 5 MiB × 4',
  'rclone-large': '`rclone copyto`, 64 MiB × 4',
  rcat: '`rclone rcat`, a stream, 64 MiB × 4',
};
const IN_PARTS = ['--s3-upload-cutoff', '0', '--s3-upload-concurrency', '4'];
const LARGE_PARTS = [...IN_PARTS, '--s3-chunk-size', '64M'];
/** Without sha256. */
const GOALS = { curl: 0.85, aws: 5, peakMb: 96 };

const programs: Partial<Record<Peer, (path: string, origin: string) => Promise<Measured>>> = {
  curl: uploadWithCurl,
  rclone: (path, origin) => uploadWithRclone('copyto', path, origin, IN_PARTS),
  'rclone-large': (path, origin) => uploadWithRclone('copyto', path, origin, LARGE_PARTS),
  rcat: (path, origin) => uploadWithRclone('rcat', path, origin, LARGE_PARTS),
};

async function upload(peer: Peer, path: string, origin: string): Promise<Measured> {
  const program = programs[peer];
  if (program !== undefined) return program(path, origin);
  const client = new Client('parts-client.js', undefined, peer, origin, path);
  const measured = await client.work<Measured>('go');
  client.close();
  return measured;
}

export async function measureParts(): Promise<void> {
  const server = await startServer(undefined);
  const rounds: Measured[][] = [];
  try {
    await withFolder(async (folder) => {
      const path = join(folder, 'x.parquet');
      writeFile(path, 2 * GIB);
      await uploadWithCurl(path, server.origin); // warms the page cache
      for (let round = 0; round < ROUNDS; round++) {
        const measured: Measured[] = [];
        for (const peer of PEERS) measured.push(await upload(peer, path, server.origin));
        rounds.push(measured);
      }
    });
  } finally {
    server.close();
  }
  publishParts(rounds, server.language);
}

function publishParts(rounds: readonly Measured[][], language: string): void {
  const [curl, ours, aws] = [PEERS.indexOf('curl'), PEERS.indexOf('ours'), PEERS.indexOf('aws')];
  const compareSpeed = (peer: number, than: number) =>
    median(rounds.map((round) => (round[than]?.seconds ?? 0) / (round[peer]?.seconds ?? 0)));
  const takePeak = (peer: number) =>
    (Math.max(...rounds.map((round) => round[peer]?.peakKiB ?? 0)) * 1024) / 1e6;
  const takeCpu = (peer: number) =>
    median(rounds.map((round) => (round[peer]?.cpuSeconds ?? 0) / (round[curl]?.cpuSeconds ?? 0)));
  const toBars = (value: (peer: number) => number) =>
    PEERS.map((name, peer) => ({
      label: LABELS[name].replace(/[`*]|, one request|files\.upload\(\), /g, ''),
      value: value(peer),
      isOurs: name.startsWith('ours'),
    }));
  const speed = (than: number, name: string, least: number) => ({
    text: `bytes per second without sha256: at least ${least} × ${name}`,
    measured: `${compareSpeed(ours, than).toFixed(2)} ×`,
    isMet: compareSpeed(ours, than) >= least,
  });
  publish({
    name: 'parts',
    title: 'A file of 2 GiB in parts',
    command: 'make bench-ingest ONLY=parts',
    description: `A file in the page cache, over loopback, to a server in ${language} that discards it and supports S3 multipart
uploads; ${ROUNDS} rounds, medians; maxima of the memory. The parts of lib-storage and rclone are those of S3.`,
    goals: [
      speed(curl, '`curl -T`', GOALS.curl),
      speed(aws, 'lib-storage with its defaults', GOALS.aws),
      {
        text: `peak memory without sha256 below ${GOALS.peakMb} MB`,
        measured: `${takePeak(ours).toFixed(0)} MB`,
        isMet: takePeak(ours) < GOALS.peakMb,
      },
    ],
    tables: [
      {
        header: ['bytes per second', '× curl', '× lib-storage', 'peak MB', 'CPU × curl'],
        rows: PEERS.map((name, peer) => [
          LABELS[name],
          compareSpeed(peer, curl).toFixed(2),
          compareSpeed(peer, aws).toFixed(1),
          takePeak(peer).toFixed(0),
          takeCpu(peer).toFixed(1),
        ]),
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'bytes per second, × curl -T',
        better: 'more',
        bars: toBars((peer) => compareSpeed(peer, curl)),
        goal: { value: GOALS.curl, text: `at least ${GOALS.curl} without sha256` },
      },
      {
        kind: 'bars',
        title: 'peak memory, MB',
        better: 'less',
        bars: toBars(takePeak),
        goal: { value: GOALS.peakMb, text: `below ${GOALS.peakMb}` },
      },
    ],
  });
}
