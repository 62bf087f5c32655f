import { fileURLToPath } from 'node:url';
import { bundle, createConfig } from '@redocly/openapi-core';

/** The root of the hand-written document. */
const DOCUMENT = new URL('../spec/openapi.yaml', import.meta.url);

/** Bundles `spec/` into one object: parts that are in separate files end up under `components`. */
export async function bundleDocument(): Promise<Record<string, unknown>> {
  const { bundle: bundled, problems } = await bundle({
    ref: fileURLToPath(DOCUMENT),
    config: await createConfig({}),
  });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    const details = errors.map((problem) => {
      const location = problem.location[0];
      const file = location?.source.absoluteRef ?? fileURLToPath(DOCUMENT);
      return `${file}${location?.pointer ?? ''}: ${problem.message}`;
    });
    throw new Error(`Cannot bundle spec/:\n${details.join('\n')}`);
  }
  return bundled.parsed as Record<string, unknown>;
}
