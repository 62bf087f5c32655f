/** Which process a journal belongs to. */
import { randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** One process' claim on a journal. It is dead as soon as the process is. */
export interface Claim {
  id: string;
  host: string;
  /** Which machine: host names are given twice. */
  machineId: string;
  /** Which run of the system; a pid of the run before is nobody's. */
  bootId: string;
  /** Which pids are meant: each container counts its own. */
  pidNamespace: string;
  pid: number;
  /** When the process started; a pid that was given again has another time. */
  startTime: string;
}

/** Whether the process that claimed is there. */
export type Liveness = 'alive' | 'dead' | 'unknown';

const UNKNOWN = 'unknown';

export async function createClaim(): Promise<Claim> {
  const place = await readPlace();
  const { startTime } = await readProcess(process.pid);
  return { id: randomUUID(), ...place, pid: process.pid, startTime };
}

type Place = Pick<Claim, 'host' | 'machineId' | 'bootId' | 'pidNamespace'>;

async function readPlace(): Promise<Place> {
  const text = (path: string) =>
    readFile(path, 'utf8').then(
      (content) => content.trim() || UNKNOWN,
      () => UNKNOWN,
    );
  const bootId = await text('/proc/sys/kernel/random/boot_id');
  const machineId = await text('/etc/machine-id');
  return {
    host: hostname(),
    // Containers often have no machine id; the boot id then stands for the machine.
    machineId: machineId === UNKNOWN ? bootId : machineId,
    bootId,
    pidNamespace: await readlink('/proc/self/ns/pid').catch(() => UNKNOWN),
  };
}

/**
 * A pid says something only where pids are counted alike: on the same run of the same system and in
 * the same namespace. Of any other process nobody can know from here.
 */
export async function checkLiveness(claim: Claim, place?: Place): Promise<Liveness> {
  const here = place ?? (await readPlace());
  const sameMachine = claim.machineId === here.machineId && claim.host === here.host;
  if (claim.bootId !== here.bootId) {
    // The machine was started anew since.
    const known = claim.bootId !== UNKNOWN && here.bootId !== UNKNOWN;
    return known && sameMachine && claim.machineId !== claim.bootId ? 'dead' : 'unknown';
  }
  if (claim.pidNamespace !== here.pidNamespace) return 'unknown';
  // Without /proc, as on macOS, the host's name and the pid have to do.
  if (claim.bootId === UNKNOWN && !sameMachine) return 'unknown';
  try {
    process.kill(claim.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  const { state, startTime } = await readProcess(claim.pid);
  if (state === 'Z' || state === 'X') return 'dead'; // killed, and only not yet reaped
  const isOther = claim.startTime !== UNKNOWN && startTime !== UNKNOWN;
  return isOther && claim.startTime !== startTime ? 'dead' : 'alive';
}

/** The 3rd and the 22nd field of /proc/{pid}/stat, counted after the name, which may hold spaces. */
const readProcess = (pid: number): Promise<{ state: string; startTime: string }> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => {
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return { state: fields[0] ?? UNKNOWN, startTime: fields[19] ?? UNKNOWN };
    },
    () => ({ state: UNKNOWN, startTime: UNKNOWN }),
  );
