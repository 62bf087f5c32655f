/**
 * Requests generated from the document, sent by the typed client, to Prism and to the simulator. A failure names
 * its seed, the smallest example and the command that repeats it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSimulator } from '../src/testing/index.js';
import type { TypedClient } from '../src/typed-client/client.js';
import { fuzz } from './fuzz/fuzz.js';
import {
  createTypedClient,
  isRefusedByPrism,
  judgeInvalid,
  judgeValid,
  type Parties,
  SIMULATED,
} from './fuzz/judge-request.js';
import { PRISM_DIFFERENCES } from './fuzz/prism-differences.js';
import { invalidRequests, type RequestCase, validRequests } from './fuzz/requests.js';
import { Recorder } from './fuzz/wire.js';

const recorder = new Recorder();
let parties: Parties;
let client: TypedClient;
let close: () => Promise<void>;
beforeAll(async () => {
  await recorder.open();
  const simulator = await startSimulator({ accessTokens: [SIMULATED.accessToken] });
  parties = { recorder, prism: process.env['PRISM_ORIGIN'] ?? '', simulator };
  const typed = createTypedClient(recorder.origin);
  client = typed.client;
  close = async () => {
    typed.http.close();
    await simulator.stop();
    recorder.close();
  };
});
afterAll(() => close());

const judge =
  (decide: typeof judgeValid) =>
  async (request: RequestCase): Promise<void> => {
    const fault = await decide(parties, client, request);
    if (fault !== undefined) throw new Error(`${request.operation}: ${fault}`);
  };

test('a request that the document allows is sent as it is written there, and accepted by Prism and the simulator', async () => {
  await fuzz('valid requests', validRequests, judge(judgeValid));
});

test('a request with one violation is refused by the client before it is sent, by Prism and by the simulator', async () => {
  await fuzz('invalid requests', invalidRequests, judge(judgeInvalid));
});

describe('each known difference of Prism still exists', () => {
  test.each(PRISM_DIFFERENCES)('$reason', async ({ shown, explains }) => {
    expect(explains(shown)).toBe(true);
    expect(await isRefusedByPrism(parties.prism, shown)).toBe(false);
  });
});
