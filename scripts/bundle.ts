import { fileURLToPath } from 'node:url';
import { bundle, createConfig } from '@redocly/openapi-core';

/** Where the hand-written document begins. */
export const DOCUMENT = new URL('../spec/openapi.yaml', import.meta.url);

/** The whole document as one object: what was in files of their own is under `components`. */
export async function bundleDocument(): Promise<Record<string, unknown>> {
  const { bundle: bundled, problems } = await bundle({
    ref: fileURLToPath(DOCUMENT),
    config: await createConfig({}),
  });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    const told = errors.map((problem) => {
      const at = problem.location[0];
      return `${at?.source.absoluteRef ?? fileURLToPath(DOCUMENT)}${at?.pointer ?? ''}: ${problem.message}`;
    });
    throw new Error(`spec/ cannot be bundled:\n${told.join('\n')}`);
  }
  return bundled.parsed as Record<string, unknown>;
}
