/**
 * Small calls one after the other: half of them create a batch, half read one. Each peer has its own
 * process; the peers take turns, so that whatever else the machine does hits all of them. Client and
 * server share one core: on two, what is measured is how the system wakes the other core up.
 */
import { median, publish, table } from './results.js';
import { ANSWERS, Client, startServer } from './run.js';

const PEERS = ['ours', 'fetch', 'openapi-fetch', 'axios', 'got', 'undici.request'] as const;
const CORE = 0;
const WARM_UP_CALLS = 4000;
const ROUNDS = 31;
const CALLS_PER_ROUND = 1000;

interface Measured {
  callsPerSecond: number;
  cpuMicroseconds: number;
}

const server = await startServer(CORE);
const clients = PEERS.map((name) => new Client('small-calls-client.js', CORE, name, server.origin));
for (const client of clients) await client.work(WARM_UP_CALLS);

const rounds: Measured[][] = [];
for (let round = 0; round < ROUNDS; round++) {
  const measured: Measured[] = [];
  for (const client of clients) measured.push(await client.work<Measured>(CALLS_PER_ROUND));
  rounds.push(measured);
}
for (const client of clients) client.close();
server.close();

/** The median of what each round gives for a peer. */
const over = (peer: number, value: (one: Measured, round: Measured[]) => number) =>
  median(rounds.map((round) => value(round[peer] as Measured, round)));
const times = (peer: number, other: (typeof PEERS)[number]) =>
  over(
    peer,
    (one, round) => one.callsPerSecond / (round[PEERS.indexOf(other)]?.callsPerSecond ?? 0),
  ).toFixed(2);

const LABELS: Partial<Record<(typeof PEERS)[number], string>> = {
  ours: '**ours**: OAuth, retries, timeout, checks and errors on',
  fetch: 'bare `fetch`',
};
const rows = PEERS.map((name, peer) => [
  LABELS[name] ?? name,
  times(peer, 'fetch'),
  times(peer, 'undici.request'),
  over(peer, (one) => one.cpuMicroseconds).toFixed(0),
]);
publish(
  'Small calls',
  'make bench-small',
  `One after the other, \`createBatch\` and \`getBatch\` in turn, with an answer of about ${ANSWERS.get.length} bytes;
loopback, a server in ${server.language} on the same core; ${ROUNDS} rounds of ${CALLS_PER_ROUND} calls per peer, medians.
Goals: 3.5 × bare \`fetch\` and 0.65 × \`undici.request\`.`,
  table(['calls per second', '× fetch', '× undici.request', 'CPU µs per call'], rows),
);
