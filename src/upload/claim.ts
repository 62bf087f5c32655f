/** Which process a journal belongs to. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** One process' claim on a journal. It is dead as soon as the process is. */
export interface Claim {
  id: string;
  host: string;
  /** Which run of the system; a pid of the run before is nobody's. */
  bootId: string;
  pid: number;
  /** When the process started; a pid that was given again has another time. */
  startTime: string;
}

const UNKNOWN = 'unknown';

export async function claimOfThisProcess(): Promise<Claim> {
  return {
    id: randomUUID(),
    host: hostname(),
    bootId: await bootId(),
    pid: process.pid,
    startTime: await startTimeOf(process.pid),
  };
}

/**
 * Whether the process that claimed is still there. Of another host nobody can know: it counts as
 * there.
 */
export async function isLive(claim: Claim): Promise<boolean> {
  if (claim.host !== hostname()) return true;
  if (claim.bootId !== (await bootId())) return false;
  try {
    process.kill(claim.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return claim.startTime === (await startTimeOf(claim.pid));
}

/** Linux says; elsewhere a pid alone has to do. */
const bootId = (): Promise<string> =>
  readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => UNKNOWN,
  );

/** The 22nd field of /proc/{pid}/stat, counted after the name, which may hold spaces. */
const startTimeOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? UNKNOWN,
    () => UNKNOWN,
  );
