/**
 * Starts one Prism for all contract tests, because importing it takes more than a second, and removes what
 * an earlier run recorded.
 */
import { rmSync } from 'node:fs';
import { register } from 'tsx/esm/api';

export default async function startPrismOnce() {
  const unregister = register();
  const { startPrism } = await import('../../spec-tools/prism.ts');
  const { TRAFFIC } = await import('../coverage/traffic.ts');
  await unregister();
  rmSync(TRAFFIC, { recursive: true, force: true });
  const prism = await startPrism();
  globalThis.prism = prism;
  process.env['PRISM_ORIGIN'] = prism.origin; // inherited by the test workers, which start later
}
