/** The measurement of one upload, by the process that makes it. It imports nothing of the library: that may be measured, too. */
import { readFileSync } from 'node:fs';

/**
 * Does the work of this process after a message, and sends the measurement back.
 * @param prepare done before that, and not measured.
 */
export function measureOnce(work: () => Promise<unknown>, prepare = async () => {}): void {
  process.once('message', async () => {
    await prepare();
    const cpu = process.cpuUsage();
    const start = performance.now();
    await work();
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    // Not resourceUsage().maxRSS, which includes the memory of the parent process.
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    process.send?.({ seconds, cpuSeconds: (user + system) / 1e6, peakKiB: Number(peak) });
  });
}
