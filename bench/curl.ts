/** One upload by `curl -T`, which the others are measured against, and a file to upload. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** In which Linux counts the CPU time of a process. */
const TICKS_PER_SECOND = 100;

export interface Measured {
  seconds: number;
  cpuSeconds: number;
  peakKiB: number;
}

/** A file of that size whose bytes are not all the same; it stays in the page cache. */
export function fill(path: string, bytes: number): void {
  const block = Buffer.alloc(64 * 1024 * 1024, 'aep-batch bench ');
  const file = openSync(path, 'w');
  for (let at = 0; at < bytes; at += block.length) writeSync(file, block);
  closeSync(file);
}

/** curl tells its time itself; its peak is looked up while it runs. */
export async function byCurl(path: string, origin: string): Promise<Measured> {
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
