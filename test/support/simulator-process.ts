/**
 * A simulator in a process of its own, so that its memory can be measured and its work does not slow
 * down the one that is tested.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ClientOptions } from '../../src/index.js';
import type { LogEntry, SimulatorOptions } from '../../src/testing/index.js';

const CHILD = new URL('./simulator-child.js', import.meta.url);

/** What the process can be asked. */
export interface Answers {
  files: { path: string; sizeBytes: number; sha256: string }[];
  log: LogEntry[];
  /** How many requests were under way at a time, at most. */
  mostRequests: number;
  /** The most memory that it ever had resident. */
  peakMemoryBytes: number;
  stop: undefined;
}

export interface Question {
  name: keyof Answers;
  batchId?: string;
}

export interface SimulatorProcess {
  readonly clientOptions: ClientOptions;
  files(batchId: string): Promise<Answers['files']>;
  log(): Promise<LogEntry[]>;
  mostRequests(): Promise<number>;
  peakMemoryBytes(): Promise<number>;
  /** @throws {Error} when there are violations. */
  stop(): Promise<void>;
}

/** @param options those that are data. */
export async function startSimulatorProcess(
  options: Omit<SimulatorOptions, 'now'> = {},
): Promise<SimulatorProcess> {
  const child = fork(CHILD, [JSON.stringify(options)], { execArgv: [] });
  const next = async <T>(): Promise<T> => {
    const [message] = (await once(child, 'message')) as [{ value: T; error?: string }];
    if (message.error !== undefined) throw new Error(message.error);
    return message.value;
  };
  const ask = <Name extends keyof Answers>(name: Name, batchId?: string) => {
    const answer = next<Answers[Name]>();
    child.send({ name, ...(batchId === undefined ? {} : { batchId }) } satisfies Question);
    return answer;
  };
  const clientOptions = await next<ClientOptions>();
  return {
    clientOptions,
    files: (batchId) => ask('files', batchId),
    log: () => ask('log'),
    mostRequests: () => ask('mostRequests'),
    peakMemoryBytes: () => ask('peakMemoryBytes'),
    stop: async () => {
      const gone = once(child, 'exit');
      await ask('stop').finally(() => gone);
    },
  };
}
