/**
 * Starts one Prism for all tests of a project, because importing it takes more than a second. The contract
 * tests record what they send and receive: what an earlier run of them recorded is removed.
 */
import { rmSync } from 'node:fs';
import { register } from 'tsx/esm/api';

/**
 * @param {unknown} _
 * @param {{ displayName?: { name: string } }} project
 */
export default async function startPrismOnce(_, { displayName }) {
  const unregister = register();
  const { TRAFFIC } = await import('../coverage/traffic.ts');
  if (displayName?.name === 'contract') rmSync(TRAFFIC, { recursive: true, force: true });
  // What runs many changed copies of the project starts one for all of them.
  const isRunning = process.env['PRISM_ORIGIN'] !== undefined;
  const tools = isRunning ? undefined : await import('../../spec-tools/prism.ts');
  await unregister();
  if (tools === undefined) return;
  const prism = await tools.startPrism();
  globalThis.prisms ??= [];
  globalThis.prisms.push(prism);
  process.env['PRISM_ORIGIN'] = prism.origin; // inherited by the test workers, which start later
}
