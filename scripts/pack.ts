import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Packs a package folder (default: this project, which has to be built) into `target`. */
export function pack(target: string, folder = '.'): string {
  const args = ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', target];
  const out = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [packed] = Object.values(JSON.parse(out)) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm pack said nothing of ${folder}`);
  return join(target, packed.filename);
}
