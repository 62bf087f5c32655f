/**
 * The temporary folder of a simulator. Its name holds the process, so that the folders of processes that ended
 * without `stop()` can be found and removed.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'aep-batch-simulator';
const FOLDER = new RegExp(`^${PREFIX}-([0-9a-f]{12})-(\\d+)-(\\d+)-\\w+$`);

/** Creates a folder for this process, and removes those of processes that have ended. */
export async function createTemporaryFolder(parent: string): Promise<string> {
  const scope = await pidScope();
  const name = `${PREFIX}-${scope}-${process.pid}-${await startTime(process.pid)}-`;
  const folder = await mkdtemp(join(parent, name));
  await removeAbandoned(parent, scope);
  return folder;
}

/**
 * Where a pid means the same process: this boot of this system, and this namespace of pids. Containers and
 * other hosts may share the folder; their processes cannot be checked from here.
 */
async function pidScope(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    orUndefined(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orUndefined(readlink('/proc/self/ns/pid')),
  ]);
  const scope = `${boot?.trim() ?? hostname()} ${namespace}`;
  return createHash('sha256').update(scope).digest('hex').slice(0, 12);
}

/** When a process started, by the clock of Linux; `0` elsewhere. It differs when a pid is used again. */
async function startTime(pid: number): Promise<string> {
  const stat = await orUndefined(readFile(`/proc/${pid}/stat`, 'utf8'));
  // The 22nd field, counted after the name, which may hold blanks.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not read its exit code yet.
  return fields?.[0] === 'Z' ? 'ended' : (fields?.[19] ?? '0');
}

/**
 * Removes the folders of this user whose processes have ended. Never fails: another simulator may remove the
 * same ones at the same time.
 */
async function removeAbandoned(parent: string, scope: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const candidates = names.flatMap((name) => {
    const [, at, pid, started = ''] = FOLDER.exec(name) ?? [];
    return at === scope ? [{ path: join(parent, name), pid: Number(pid), started }] : [];
  });
  await Promise.all(
    candidates.map(async ({ path, pid, started }) => {
      if (await isRunning(pid, started)) return;
      const stats = await lstat(path).catch(() => undefined);
      const isOwn = stats?.isDirectory() === true && stats.uid === process.getuid?.();
      if (isOwn) await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }),
  );
}

async function isRunning(pid: number, started: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await startTime(pid);
  return started === '0' || now === '0' || now === started;
}

const orUndefined = (text: Promise<string>): Promise<string | undefined> =>
  text.catch(() => undefined);
