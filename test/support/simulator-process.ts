/**
 * A simulator in its own process, so that its memory can be measured and its work does not slow down
 * the tested process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ClientOptions } from '../../src/index.js';
import type { LogEntry, SimulatorOptions } from '../../src/testing/index.js';

const CHILD = new URL('./simulator-child.js', import.meta.url);

/** The commands of the process, with their results. */
export interface Results {
  files: { path: string; sizeBytes: number; sha256: string }[];
  log: LogEntry[];
  /** The largest number of requests at a time. */
  mostRequests: number;
  /** The peak of its resident memory. */
  peakMemoryBytes: number;
  stop: undefined;
}

export interface Command {
  name: keyof Results;
  batchId?: string;
}

export interface SimulatorProcess {
  readonly clientOptions: ClientOptions;
  files(batchId: string): Promise<Results['files']>;
  log(): Promise<LogEntry[]>;
  mostRequests(): Promise<number>;
  peakMemoryBytes(): Promise<number>;
  /** @throws {Error} when there are violations. */
  stop(): Promise<void>;
}

/** @param options those that can be sent as JSON. */
export async function startSimulatorProcess(
  options: Omit<SimulatorOptions, 'now'> = {},
): Promise<SimulatorProcess> {
  const child = fork(CHILD, [JSON.stringify(options)], { execArgv: [] });
  const next = async <T>(): Promise<T> => {
    const [message] = (await once(child, 'message')) as [{ value: T; error?: string }];
    if (message.error !== undefined) throw new Error(message.error);
    return message.value;
  };
  const send = <Name extends keyof Results>(name: Name, batchId?: string) => {
    const result = next<Results[Name]>();
    child.send({ name, ...(batchId === undefined ? {} : { batchId }) } satisfies Command);
    return result;
  };
  const clientOptions = await next<ClientOptions>();
  return {
    clientOptions,
    files: (batchId) => send('files', batchId),
    log: () => send('log'),
    mostRequests: () => send('mostRequests'),
    peakMemoryBytes: () => send('peakMemoryBytes'),
    stop: async () => {
      const gone = once(child, 'exit');
      await send('stop').finally(() => gone);
    },
  };
}
