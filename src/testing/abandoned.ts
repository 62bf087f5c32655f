/** Folders that simulators leave behind when their process ends without `stop()`. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'aep-batch-simulator';
const FOLDER = new RegExp(`^${PREFIX}-([0-9a-f]{12})-(\\d+)-(\\d+)-\\w+$`);

const orUndefined = (text: Promise<string>): Promise<string | undefined> =>
  text.catch(() => undefined);

/**
 * Where a pid means the same process: this run of this system, and this namespace of pids. Containers and
 * other hosts may share the folder; what their processes are cannot be known from here.
 */
async function pidScope(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    orUndefined(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orUndefined(readlink('/proc/self/ns/pid')),
  ]);
  const scope = `${boot?.trim() ?? hostname()} ${namespace}`;
  return createHash('sha256').update(scope).digest('hex').slice(0, 12);
}

/** When a process started, by the clock of Linux; `0` elsewhere. A pid that is used again has another one. */
async function startTime(pid: number): Promise<string> {
  const stat = await orUndefined(readFile(`/proc/${pid}/stat`, 'utf8'));
  // The 22nd field, counted after the name, which may hold blanks.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked for its exit code yet.
  return fields?.[0] === 'Z' ? 'ended' : (fields?.[19] ?? '0');
}

/** The beginning of the name of a folder of this process. */
export async function folderPrefix(): Promise<string> {
  return `${PREFIX}-${await pidScope()}-${process.pid}-${await startTime(process.pid)}-`;
}

async function isRunning(pid: number, started: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await startTime(pid);
  return started === '0' || now === '0' || now === started;
}

/**
 * Removes the folders of this user whose processes are gone. Never fails: another simulator may remove the
 * same ones at the same time.
 */
export async function removeAbandoned(parent: string): Promise<void> {
  const scope = await pidScope();
  const names = await readdir(parent).catch(() => []);
  const own = names.flatMap((name) => {
    const [, at, pid, started = ''] = FOLDER.exec(name) ?? [];
    return at === scope ? [{ path: join(parent, name), pid: Number(pid), started }] : [];
  });
  await Promise.all(
    own.map(async ({ path, pid, started }) => {
      if (await isRunning(pid, started)) return;
      const stats = await lstat(path).catch(() => undefined);
      const isOwn = stats?.isDirectory() === true && stats.uid === process.getuid?.();
      if (isOwn) await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }),
  );
}
