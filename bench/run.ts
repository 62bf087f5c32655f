/** The processes of a benchmark: the server, and clients that start their work on a message. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER_BINARY = '.cache/bench-server';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const canRun = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const canPin = canRun('taskset', '-c', '0', 'true');

/** Pins a command to one core, if the system supports it. */
export const pinTo = (core: number | undefined, ...command: string[]): [string, string[]] => {
  const [program = '', ...args] = command;
  if (!canPin || core === undefined) return [program, args];
  return ['taskset', ['-c', String(core), program, ...args]];
};

export const RESPONSES = {
  get: JSON.stringify({
    '01KBATCH0000000000000000AB': {
      imsOrg: 'BENCH@AdobeOrg',
      sandboxId: 'a9d9f5c0-0f8a-11ea-9c5e-3fc4a2b5a8d1',
      created: 1753690914000,
      createdClient: 'bench',
      createdUser: 'bench@techacct.adobe.com',
      updated: 1753690974000,
      updatedUser: 'bench@techacct.adobe.com',
      status: 'success',
      version: '1.0.4',
      started: 1753690920000,
      completed: 1753690974000,
      inputFormat: { format: 'parquet' },
      relatedObjects: [{ type: 'dataSet', id: '5c8c3c555033b814b69f947f' }],
      metrics: { startTime: 1753690920000, endTime: 1753690974000, inputRecordCount: 1000 },
    },
  }),
  post: JSON.stringify({
    id: '01KBATCH0000000000000000AB',
    imsOrg: 'BENCH@AdobeOrg',
    status: 'loading',
    created: 1753690914000,
    updated: 1753690914000,
    createdUser: 'bench@techacct.adobe.com',
    updatedUser: 'bench@techacct.adobe.com',
    version: '1.0.0',
    inputFormat: { format: 'parquet' },
    relatedObjects: [{ type: 'dataSet', id: '5c8c3c555033b814b69f947f' }],
    tags: Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`tag-${i}`, [`value number ${i}`]]),
    ),
  }),
  token: JSON.stringify({ access_token: 'bench-token', token_type: 'bearer', expires_in: 86399 }),
};

/** Seconds of the processor: another program that runs at the same time must not decide the result. */
export async function timeCall(call: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await call();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** Does the work with a new folder, which is removed in any case. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'aep-batch-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts the server, the one in C if there is a compiler. */
export async function startServer(core: number | undefined) {
  const inC = canRun('gcc', '-O2', '-o', SERVER_BINARY, 'bench/server.c');
  const command = inC ? [SERVER_BINARY] : [process.execPath, file('server.js')];
  const [program, args] = pinTo(core, ...command, RESPONSES.get, RESPONSES.post, RESPONSES.token);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return {
    origin: `http://127.0.0.1:${String(port).trim()}`,
    language: inC ? 'C' : 'Node',
    close: () => child.stdin.end(),
  };
}

/** A client in its own process. It does one piece of work per message and sends one message back. */
export class Client {
  readonly #child: ChildProcess;

  constructor(script: string, core: number | undefined, ...args: string[]) {
    const [program, all] = pinTo(core, process.execPath, file(script), ...args);
    this.#child = spawn(program, all, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  work<T>(order: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`A client exited with ${code}.`));
      this.#child.once('exit', onExit);
      this.#child.once('message', (result) => {
        this.#child.off('exit', onExit);
        resolve(result as T);
      });
      this.#child.send(order as object);
    });
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect(); // a failed client is already disconnected
  }
}
