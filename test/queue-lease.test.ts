import { Agent } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Lease, LeaseLostError } from '../src/bullmq/lease/lease.js';
import { toLeasedClient } from '../src/bullmq/lease/leased-client.js';
import { SlowDown } from '../src/bullmq/lease/slow-down.js';
import type { LoadQueue } from '../src/bullmq/types.js';
import type { ClientOptions } from '../src/index.js';
import type { IngestClient } from '../src/ingest/context.js';
import { toIngestClient } from '../src/ingest/ingest-client.js';
import { checkBytes } from '../src/resources/options.js';
import { TOKEN, testClock, thrownBy } from './support/client.js';
import { stage } from './support/simulator.js';

const LOCK_MS = 60_000;
const NO_QUEUE = { getRateLimitTtl: async () => 0, rateLimit: async () => undefined };

let leases: Lease[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const lease of leases) lease.close();
  leases = [];
});

/** As for a process that is stopped beyond its lock: the clock goes on, and no timer has gone off before the next step. */
function stop(): void {
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + 2 * LOCK_MS);
}

/** The client of a job whose lock is held. */
async function open(options: Partial<ClientOptions> = {}) {
  const { simulator, clientWith } = await stage({ accessTokens: [TOKEN] });
  const lease = new Lease(LOCK_MS, 0);
  leases.push(lease);
  const queue = NO_QUEUE as unknown as LoadQueue;
  const apiKey = 'simulator-client-id';
  const client = clientWith({ apiKey, credentials: TOKEN, ...options });
  const leased = toLeasedClient(toIngestClient(client), lease, new SlowDown(queue));
  const { id: batchId } = await leased.batches.create({ datasetId: 'd1', externalId: 'first' });
  const address = { batchId, datasetId: 'd1', path: 'rows.jsonl' };
  const before = simulator.log.length;
  return { simulator, leased, address, countSent: () => simulator.log.length - before };
}

type Address = Awaited<ReturnType<typeof open>>['address'];
const CALLS: Record<string, (client: IngestClient, address: Address) => Promise<unknown>> = {
  createBatch: ({ batches }) => batches.create({ datasetId: 'd1', externalId: 'second' }),
  COMPLETE: ({ batches }, { batchId }) => batches.complete(batchId),
  ABORT: ({ batches }, { batchId }) => batches.abort(batchId),
  INITIALIZE: ({ files }, address) => files.initialize(address, {}),
  uploadFile: ({ files }, address) =>
    files.put(address, checkBytes('bytes', Buffer.from('{}\n')), {}),
};

test.each(Object.keys(CALLS))(
  'a worker that was stopped beyond its lock before it tried %s again does not send it',
  async (name) => {
    const clock = testClock();
    const sleep = async (ms: number, signal: AbortSignal) => {
      await clock.sleep(ms, signal);
      stop();
    };
    const { simulator, leased, address, countSent } = await open({ clock: { ...clock, sleep } });
    for (const operation of ['createBatch', 'batchAction', 'fileAction', 'uploadFile'] as const)
      simulator.faults.add({ when: { operation }, then: { status: 503 } });
    const error = await thrownBy(CALLS[name]?.(leased, address) ?? Promise.resolve());
    expect(countSent()).toBe(1);
    expect(error).toMatchObject({ name: 'AbortError', cause: expect.any(LeaseLostError) });
    expect(String(error)).toContain('it was held back');
  },
);

test('a worker that was stopped beyond its lock while it waited for a token sends nothing', async () => {
  let mayStop = false;
  const credentials = () => {
    if (mayStop) stop();
    return TOKEN;
  };
  const { leased, address, countSent } = await open({ credentials });
  mayStop = true;
  const error = await thrownBy(leased.batches.complete(address.batchId));
  expect([countSent(), String(error)]).toEqual([0, expect.stringContaining('Nothing was sent')]);
});

test('a worker that was stopped beyond its lock while a connection was opened sends nothing', async () => {
  let mayStop = false;
  class StoppingAgent extends Agent {
    override createConnection(options: NetConnectOpts): Socket {
      return connect(options).once('connect', () => mayStop && stop());
    }
  }
  const { leased, address, countSent } = await open({ agent: new StoppingAgent() });
  mayStop = true;
  const error = await thrownBy(leased.batches.complete(address.batchId));
  expect([countSent(), String(error)]).toEqual([0, expect.stringContaining('Nothing was sent')]);
});
