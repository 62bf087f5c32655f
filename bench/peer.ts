/** What the clients of several benchmarks have in common: ours, and how one upload is measured. */
import { readFileSync } from 'node:fs';
import { type BatchClient, createBatchClient } from 'aep-batch';

/** Our client with all that surrounds a call switched on. */
export const ourClient = (origin: string): BatchClient =>
  createBatchClient({
    orgId: 'BENCH@AdobeOrg',
    sandbox: 'prod',
    credentials: {
      clientId: 'bench-client-id',
      clientSecret: 'bench-client-secret',
      scopes: 'openid',
      origin,
    },
    origin,
  });

/** Does the work of a process once it is told to, and says what that took. */
export function measuredOnce(work: () => Promise<unknown>): void {
  process.once('message', async () => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    // Not resourceUsage().maxRSS: that starts with what the parent process had.
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    process.send?.({ seconds, cpuSeconds: (user + system) / 1e6, peakKiB: Number(peak) });
  });
}
