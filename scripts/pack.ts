import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Packs package folders (this project, which has to be built, is `.`) into `target`.
 * @returns where the tarballs are, in the order of the folders.
 */
export function pack(target: string, ...folders: string[]): string[] {
  // One npm for all of them: starting it is most of the work.
  const args = ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', target];
  const out = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const packed = Object.values(JSON.parse(out)) as { filename: string }[];
  if (packed.length !== folders.length) throw new Error(`npm pack said nothing of ${folders}`);
  return packed.map(({ filename }) => join(target, filename));
}
