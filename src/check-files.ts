import type { Input } from './ingest/input.js';
import type { CheckOptions, CheckResult } from './preflight/types.js';
import { copyOptions, copySource } from './shared/copy-arguments.js';
import { importLate } from './shared/import-late.js';

/**
 * Checks files and folders without sending anything. What checks them is imported with the first call.
 * @throws {InvalidInputError} for an option or a path that cannot be used.
 * @throws {SourceError} for a file or folder that cannot be read.
 */
export async function checkFiles(
  paths: Input | readonly Input[],
  checkOptions?: CheckOptions,
): Promise<CheckResult> {
  const [ownPaths, options] = [copySource(paths), copyOptions(checkOptions)];
  const loaded = await importLate(() => import('./ingest/check-files.js'));
  return loaded.checkFiles(ownPaths, options);
}
