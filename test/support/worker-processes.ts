/** Processes that carry out jobs of loads, and are killed and stopped; their Redis is killed, too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RedisServer } from '../../spec-tools/redis.js';
import type { LoadWorkerOptions } from '../../src/bullmq/index.js';
import type { Simulator } from '../../src/testing/index.js';

const WORKER = fileURLToPath(new URL('./fleet-worker.js', import.meta.url));
export const LOCK_MS = 2000;

export interface Stage {
  readonly simulator: Simulator;
  readonly redis: RedisServer;
  readonly root: string;
  readonly budget?: LoadWorkerOptions['budget'];
  readonly report?: ((line: string) => void) | undefined;
}

export class WorkerProcesses {
  readonly #stage: Stage;
  readonly #processes: ChildProcess[];
  #stopped = -1;

  constructor(
    stage: Stage,
    readonly count: number,
  ) {
    this.#stage = stage;
    this.#processes = Array.from({ length: count }, () => this.#start());
  }

  #start(): ChildProcess {
    const { simulator, redis, root, budget, report } = this.#stage;
    const FLEET = JSON.stringify({
      client: simulator.clientOptions,
      connection: redis.connection,
      worker: { roots: [root], lockMs: LOCK_MS, pollIntervalMs: 200, budget },
    });
    const child = spawn(process.execPath, [WORKER], {
      env: { ...process.env, FLEET },
      stdio: ['ignore', 'ignore', report === undefined ? 'ignore' : 'pipe'],
    });
    child.stderr?.on('data', (text) => report?.(`${child.pid}: ${text}`.trimEnd()));
    return child;
  }

  /** Kills a worker, and starts another one. @returns whether it was running. */
  kill(at: number): boolean {
    if (at === this.#stopped) return false;
    this.#stage.report?.(`kills worker ${at}`);
    this.#processes[at]?.kill('SIGKILL');
    this.#processes[at] = this.#start();
    return true;
  }

  /** One worker at a time stands still. */
  stop(at: number): void {
    this.wake();
    this.#stopped = at;
    this.#processes[at]?.kill('SIGSTOP');
  }

  wake(): void {
    this.#processes[this.#stopped]?.kill('SIGCONT');
    this.#stopped = -1;
  }

  async restartRedis(): Promise<void> {
    this.#stage.report?.('kills Redis');
    await this.#stage.redis.kill();
    await this.#stage.redis.restart();
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#processes.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }),
    );
  }
}
