/** The locks on a journal: which processes hold one, and which of them are alive. */
import { randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { JournalError } from './errors.js';

/** The lock that one process has on a journal. It ends when the process does. */
export interface ProcessLock extends Machine {
  id: string;
  pid: number;
  /** When the process started: a pid that is assigned again has another time. */
  startTime: string;
}

interface Machine {
  host: string;
  /** Which machine: host names are not unique. */
  machineId: string;
  /** Which boot: a pid of an earlier boot is nobody's. */
  bootId: string;
  /** Which pids are meant: each container counts its own. */
  pidNamespace: string;
}

/** Whether the process that holds a lock is running. */
export type Liveness = 'alive' | 'dead' | 'unknown';

const UNKNOWN = 'unknown';

export async function createLock(): Promise<ProcessLock> {
  const machine = await readMachine();
  const { startTime } = await readProcess(process.pid);
  return { id: randomUUID(), ...machine, pid: process.pid, startTime };
}

async function readMachine(): Promise<Machine> {
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
 * A pid can be checked only where pids are counted alike: on the same boot of the same system and in
 * the same namespace. Any other process is 'unknown'.
 */
export async function checkLiveness(lock: ProcessLock, machine?: Machine): Promise<Liveness> {
  const here = machine ?? (await readMachine());
  const isSameMachine = lock.machineId === here.machineId && lock.host === here.host;
  if (lock.bootId !== here.bootId) {
    const isRebooted = lock.bootId !== UNKNOWN && here.bootId !== UNKNOWN && isSameMachine;
    return isRebooted && lock.machineId !== lock.bootId ? 'dead' : 'unknown';
  }
  if (lock.pidNamespace !== here.pidNamespace) return 'unknown';
  // Without /proc, as on macOS, only the host name and the pid are known.
  if (lock.bootId === UNKNOWN && !isSameMachine) return 'unknown';
  try {
    process.kill(lock.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  const { state, startTime } = await readProcess(lock.pid);
  if (state === 'Z' || state === 'X') return 'dead'; // killed, and not yet reaped
  const isComparable = lock.startTime !== UNKNOWN && startTime !== UNKNOWN;
  return isComparable && lock.startTime !== startTime ? 'dead' : 'alive';
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

/** Locks of this process that ended without a line for it, because the disk was full. */
const released = new Set<string>();

/** Makes a lock of this process count as ended, whether or not the journal says so. */
export const markReleased = (id: string): void => void released.add(id);

/** The processes that have locked a journal and not released it, in their order. */
export class LockHolders {
  readonly #path: string;
  readonly #locks = new Map<string, ProcessLock>();

  constructor(path: string) {
    this.#path = path;
  }

  add(lock: ProcessLock): void {
    this.#locks.set(lock.id, lock);
  }

  remove(id: string): void {
    this.#locks.delete(id);
  }

  /** @throws {JournalError} if one of them may be running. */
  async assertNone(takeOver = false): Promise<void> {
    for (const lock of this.#locks.values()) {
      const liveness = released.has(lock.id) ? 'dead' : await checkLiveness(lock);
      if (liveness === 'alive' || (liveness === 'unknown' && !takeOver))
        throw this.#lockedBy(lock, liveness);
    }
    this.#locks.clear(); // those that follow are of running processes
  }

  async assertFirst(id: string): Promise<void> {
    const [first] = this.#locks.values();
    if (first !== undefined && first.id !== id) throw this.#lockedBy(first, 'alive');
  }

  #lockedBy({ pid, host }: ProcessLock, liveness: Liveness): JournalError {
    const path = this.#path;
    const message =
      liveness === 'alive'
        ? `Process ${pid} on this machine is using the journal ${path}. Wait for it to end, or end it.`
        : `Process ${pid} on host ${host} may be using the journal ${path}, which cannot be checked from here. If it has ended, take the journal over: --take-over, or takeOver in the library.`;
    return new JournalError(path, message);
  }
}
