/**
 * Small calls one after the other: half of them create a batch, half read one. Each peer has its own
 * process; the peers take turns, so that whatever else the machine does hits all of them. Client and
 * server share one core: on two, what is measured is how the system wakes the other core up.
 */
import { publish, table } from './results.js';
import { ANSWERS, Client, startServer } from './run.js';

const PEERS = ['ours', 'fetch', 'openapi-fetch', 'axios', 'got', 'undici.request'] as const;
const CORE = 0;
const WARM_UP_CALLS = 10_000;
/** What V8 compiles, and when, differs from process to process: each peer is started so often. */
const LAUNCHES = 3;
const ROUNDS = 11;
const CALLS_PER_ROUND = 1000;

interface Measured {
  callsPerSecond: number;
  cpuMicroseconds: number;
}

const server = await startServer(CORE);
const rounds: Measured[][] = [];
for (let launch = 0; launch < LAUNCHES; launch++) {
  const clients = PEERS.map(
    (name) => new Client('small-calls-client.js', CORE, name, server.origin),
  );
  // All are up before one warms up: what starts on its core keeps the compiler of V8 from its work.
  for (const client of clients) await client.work(0);
  for (const client of clients) await client.work(WARM_UP_CALLS);
  for (let round = 0; round < ROUNDS; round++) {
    const measured: Measured[] = [];
    for (const client of clients) measured.push(await client.work<Measured>(CALLS_PER_ROUND));
    rounds.push(measured);
  }
  for (const client of clients) client.close();
}
server.close();

/**
 * What a peer does when nothing else runs: the best tenth of its rounds. Whatever else the machine does
 * only ever makes a round slower, and not all peers by as much.
 */
const rates = PEERS.map((_, peer) => top(rounds.map((round) => round[peer]?.callsPerSecond ?? 0)));
const cpu = PEERS.map(
  (_, peer) => -top(rounds.map((round) => -(round[peer]?.cpuMicroseconds ?? 0))),
);
function top(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => b - a);
  return sorted[Math.floor(values.length / 10)] ?? 0;
}
const times = (peer: number, other: (typeof PEERS)[number]) =>
  ((rates[peer] ?? 0) / (rates[PEERS.indexOf(other)] ?? 0)).toFixed(2);

const LABELS: Partial<Record<(typeof PEERS)[number], string>> = {
  ours: '**ours**: OAuth, retries, timeout, checks and errors on',
  fetch: 'bare `fetch`',
};
const rows = PEERS.map((name, peer) => [
  LABELS[name] ?? name,
  times(peer, 'fetch'),
  times(peer, 'undici.request'),
  (cpu[peer] ?? 0).toFixed(0),
]);
publish(
  'Small calls',
  'make bench-small',
  `One after the other, \`createBatch\` and \`getBatch\` in turn, with an answer of about ${ANSWERS.get.length} bytes;
loopback, a server in ${server.language} on the same core; each peer started ${LAUNCHES} times
for ${ROUNDS} rounds of ${CALLS_PER_ROUND} calls; of each the best tenth of its rounds.
Goals: 3.5 × bare \`fetch\` and 0.65 × \`undici.request\`.`,
  table(['calls per second', '× fetch', '× undici.request', 'CPU µs per call'], rows),
);
