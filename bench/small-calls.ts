/**
 * Sequential small calls: half of them create a batch, half read one. Each client has its own process; the
 * clients alternate, so that other load on the machine affects all of them. Client and server share one
 * core, because on two the measurement is dominated by waking up the other core.
 */
import { preparePeers } from './fetched-peers.js';
import { publish } from './results.js';
import { Client, RESPONSES, startServer } from './run.js';

/** Those that are not dependencies of this project: the module of each. */
const fetched = await preparePeers();
const PEERS: readonly string[] = [
  ...['ours', 'fetch', 'openapi-fetch', 'axios', 'got', 'undici.request'],
  ...Object.keys(fetched),
];
const CORE = 0;
const WARM_UP_CALLS = 10_000;
/** Process starts per client, because what V8 compiles, and when, differs between processes. */
const LAUNCHES = Number(process.env['LAUNCHES'] ?? 3);
const ROUNDS = Number(process.env['ROUNDS'] ?? 11);
const CALLS_PER_ROUND = 1000;

interface Measured {
  callsPerSecond: number;
  cpuMicroseconds: number;
}

const server = await startServer(CORE);
const rounds: Measured[][] = [];
for (let launch = 0; launch < LAUNCHES; launch++) {
  const clients = PEERS.map(
    (name) => new Client('small-calls-client.js', CORE, name, server.origin, fetched[name] ?? ''),
  );
  // Start all before warming up: a process that starts on the same core delays V8's compiler.
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
 * The best tenth of the rounds approximates an idle machine: other load only ever makes a round slower, and
 * not equally for all clients.
 */
const rates = PEERS.map((_, peer) =>
  bestTenth(rounds.map((round) => round[peer]?.callsPerSecond ?? 0)),
);
const cpu = PEERS.map(
  (_, peer) => -bestTenth(rounds.map((round) => -(round[peer]?.cpuMicroseconds ?? 0))),
);
function bestTenth(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => b - a);
  return sorted[Math.floor(values.length / 10)] ?? 0;
}
const takeRatio = (peer: number, other: string) =>
  (rates[peer] ?? 0) / (rates[PEERS.indexOf(other)] ?? 0);

const LABELS: Readonly<Record<string, string>> = {
  ours: '**ours**: OAuth, retries, timeout, checks and errors on',
  fetch: 'bare `fetch`',
  'hey-api': 'client of `@hey-api/openapi-ts`',
  redocly: 'client of `redocly generate-client`',
};
const GOALS = { fetch: 3.5, 'undici.request': 0.65 } as const;
const plot = (value: (peer: number) => number) =>
  PEERS.map((name, peer) => ({
    label:
      name === 'ours' ? 'ours, with everything on' : (LABELS[name] ?? name).replaceAll('`', ''),
    value: value(peer),
    isOurs: name === 'ours',
  }));
const ours = PEERS.indexOf('ours');
publish({
  name: 'small-calls',
  title: 'Small calls',
  command: 'make bench-small',
  description: `Sequential calls, \`createBatch\` and \`getBatch\` alternately, with a response of about ${RESPONSES.get.length} bytes;
loopback, a server in ${server.language} on the same core; each client is started ${LAUNCHES === 1 ? 'once' : `${LAUNCHES} times`}
for ${ROUNDS} rounds of ${CALLS_PER_ROUND} calls; the best tenth of its rounds counts. Two clients are generated from the same
document; all peers run with their defaults, as one program would use them.`,
  goals: (['fetch', 'undici.request'] as const).map((other) => ({
    text: `calls per second: at least ${GOALS[other]} × ${LABELS[other] ?? `\`${other}\``}`,
    measured: `${takeRatio(ours, other).toFixed(2)} ×`,
    isMet: takeRatio(ours, other) >= GOALS[other],
  })),
  tables: [
    {
      header: ['calls per second', '× fetch', '× undici.request', 'CPU µs per call'],
      rows: PEERS.map((name, peer) => [
        LABELS[name] ?? name,
        takeRatio(peer, 'fetch').toFixed(2),
        takeRatio(peer, 'undici.request').toFixed(2),
        (cpu[peer] ?? 0).toFixed(0),
      ]),
    },
  ],
  plots: [
    {
      kind: 'bars',
      title: 'calls per second, × bare fetch',
      better: 'more',
      bars: plot((peer) => takeRatio(peer, 'fetch')),
      goal: { value: GOALS.fetch, text: `at least ${GOALS.fetch}` },
    },
    {
      kind: 'bars',
      title: 'processor time of the client, µs per call',
      better: 'less',
      bars: plot((peer) => cpu[peer] ?? 0),
    },
  ],
});
