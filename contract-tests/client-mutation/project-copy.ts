/** Copies of the project in which a file may be changed. They are removed however the process ends. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const copies = new Set<string>();

/** A copy of all files that git knows, and of the build; the installed packages are linked. */
export function copyProject(root: string): string {
  if (copies.size === 0) removeCopiesAtEnd();
  const copy = mkdtempSync(join(tmpdir(), 'client-mutation-'));
  copies.add(copy);
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root },
  );
  for (const file of listed.toString().split('\0').slice(0, -1)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    // A file that was deleted and not committed yet is still listed.
    if (existsSync(join(root, file))) copyFileSync(join(root, file), join(copy, file));
  }
  // Tests that start the package as a process need the build; it is without the mutant.
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, '.cache/tmp'), { recursive: true });
  return copy;
}

export function removeCopies(): void {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true, maxRetries: 3 });
  copies.clear();
}

function removeCopiesAtEnd(): void {
  process.once('exit', removeCopies);
  for (const signal of END_SIGNALS) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
