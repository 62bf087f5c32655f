import { afterEach } from '@jest/globals';
import { type BatchClient, type ClientOptions, createBatchClient } from '../../src/index.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/testing/index.js';

/** A simulator and clients of it. */
export interface Stage {
  readonly simulator: Simulator;
  /** A client that tries nothing twice, so that each call is one request. */
  readonly client: BatchClient;
  /** Another client of the same simulator. */
  clientWith(options: Partial<ClientOptions>): BatchClient;
}

const open: (() => Promise<void>)[] = [];
// Not those of `stop()`: a test that expects violations stops its simulator itself.
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** Starts a simulator for one test; it is stopped after it, and fails it if there are violations. */
export async function stage(options: SimulatorOptions = {}): Promise<Stage> {
  const simulator = await startSimulator(options);
  open.push(() => simulator.stop());
  const clientWith = (more: Partial<ClientOptions>) => {
    const client = createBatchClient({ ...simulator.clientOptions, ...more });
    open.unshift(() => client.close());
    return client;
  };
  return { simulator, clientWith, client: clientWith({ maxRetries: 0 }) };
}

/** Takes a simulator that was stopped by the test itself out of the clean-up. */
export function forget(): void {
  open.length = 0;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The error that a promise is rejected with. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A batch of JSON Lines with one file, completed. */
export async function completed(
  { client }: Pick<Stage, 'client'>,
  text: string,
  request: Partial<Parameters<BatchClient['batches']['create']>[0]> = {},
): Promise<string> {
  const datasetId = request.datasetId ?? 'dataset';
  const inputFormat = { format: 'json' as const };
  const { id } = await client.batches.create({ inputFormat, ...request, datasetId });
  await client.files.put({ batchId: id, datasetId, path: 'rows.json' }, bytes(text));
  await client.batches.complete(id);
  return id;
}

/** What the next reads of a batch's status tell. */
export async function statuses({ client }: Pick<Stage, 'client'>, id: string, reads: number) {
  const told: string[] = [];
  for (let read = 0; read < reads; read++) told.push((await client.batches.get(id)).status);
  return told;
}
