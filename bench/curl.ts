/** The reference upload with `curl -T`, and the file to upload. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** The unit of the CPU times in /proc. */
const TICKS_PER_SECOND = 100;

export interface Measured {
  seconds: number;
  cpuSeconds: number;
  peakKiB: number;
}

/** Writes a file of this size with varied bytes; it stays in the page cache. */
export function writeFile(path: string, bytes: number): void {
  const block = Buffer.alloc(64 * 1024 * 1024, 'aep-batch bench ');
  const file = openSync(path, 'w');
  for (let at = 0; at < bytes; at += block.length) writeSync(file, block);
  closeSync(file);
}

/** Uploads with curl. curl reports its time; its memory is sampled while it runs. */
export async function uploadWithCurl(path: string, origin: string): Promise<Measured> {
  // With `Expect` curl would wait a second for `100 Continue`.
  const args = ['-sS', '-f', '-T', path, '-H', 'Expect:', '-w', '%{time_total}'];
  const child = spawn('curl', [...args, `${origin}/x.parquet`]);
  let stdout = '';
  let peakKiB = 0;
  let ticks = 0;
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
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
    } catch {} // the process has exited
  }, 20);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`curl exited with ${code}.`);
  return { seconds: Number(stdout), cpuSeconds: ticks / TICKS_PER_SECOND, peakKiB };
}
