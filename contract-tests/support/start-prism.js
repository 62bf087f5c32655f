/** Before all contract tests: one Prism for all of them, since importing it takes over a second. */
import { register } from 'tsx/esm/api';

export default async function startPrismOnce() {
  const unregister = register();
  const { startPrism } = await import('../../scripts/prism.ts');
  await unregister();
  const prism = await startPrism();
  globalThis.prism = prism;
  process.env['PRISM_ORIGIN'] = prism.origin; // the test workers, started later, inherit it
}
