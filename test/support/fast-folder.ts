import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
const MIN_BYTES = 64 * 2 ** 20;

/**
 * A folder for small temporary files: in memory where the system has that, because a journal is synced to
 * disk after each write, and some tests write thousands of them.
 */
export function findFastFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize > MIN_BYTES ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
