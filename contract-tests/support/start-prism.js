/** Starts one Prism for all contract tests, because importing it takes more than a second. */
import { register } from 'tsx/esm/api';

export default async function startPrismOnce() {
  const unregister = register();
  const { startPrism } = await import('../../spec-tools/prism.ts');
  await unregister();
  const prism = await startPrism();
  globalThis.prism = prism;
  process.env['PRISM_ORIGIN'] = prism.origin; // inherited by the test workers, which start later
}
