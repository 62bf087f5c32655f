import { afterEach } from '@jest/globals';
import { type BatchClient, type ClientOptions, createBatchClient } from '../../src/index.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/testing/index.js';

/** A simulator and clients of it. */
export interface Stage {
  readonly simulator: Simulator;
  /** A client without retries, so that each call is one request. */
  readonly client: BatchClient;
  /** Another client of the same simulator. */
  clientWith(options: Partial<ClientOptions>): BatchClient;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** Starts a simulator for one test, and stops it afterwards: the test fails if there are violations. */
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

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

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

/** The statuses that the next reads of a batch return. */
export async function statuses({ client }: Pick<Stage, 'client'>, id: string, reads: number) {
  const result: string[] = [];
  for (let read = 0; read < reads; read++) result.push((await client.batches.get(id)).status);
  return result;
}
