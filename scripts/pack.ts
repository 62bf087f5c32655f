import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Packs package folders into `target`. `.` is this project, which must be built first.
 * @returns the paths of the tarballs, in the order of the folders.
 */
export function pack(target: string, ...folders: string[]): string[] {
  // One npm process for all folders: most of the time is npm's start-up.
  const args = ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', target];
  const out = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const packed = Object.values(JSON.parse(out)) as { filename: string }[];
  if (packed.length !== folders.length)
    throw new Error(`npm pack reported ${packed.length} packages: expected ${folders.length}`);
  return packed.map(({ filename }) => join(target, filename));
}
