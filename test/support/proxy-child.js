// @ts-check
/**
 * A process that makes the calls that its parent sends: NODE_EXTRA_CA_CERTS takes effect only at the start
 * of a process. It runs the client as a bundle, whose path is the first argument.
 */
import { inspect } from 'node:util';

/** @type {typeof import('../../src/index.js')} */
const { createBatchClient } = await import(process.argv[2] ?? '');

/** @type {Map<string, import('../../src/index.js').BatchClient>} */
const clients = new Map();

/** @type {Record<string, (client: import('../../src/index.js').BatchClient) => Promise<unknown>>} */
const CALLS = {
  get: (client) => client.batches.get('b1'),
  create: (client) => client.batches.create({ datasetId: 'd1' }),
  getThrice: async (client) => {
    await Promise.all([client.batches.get('b1'), client.batches.get('b1')]);
    return client.batches.get('b1');
  },
  abort: async (client) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    return client.batches.get('b1', { signal: controller.signal });
  },
  close: (client) => client.close(),
};

/** Every way to print an error. @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return { name: String(error), shown: '' };
  const shown = [
    inspect(error, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    String(error.stack),
    String(error),
  ];
  return { ...error, name: error.name, message: error.message, shown: shown.join('\n') };
}

/** @param {import('./proxies.js').ChildCall} request */
async function run({ client: name, env, options, call }) {
  for (const variable of Object.keys(process.env)) {
    if (/^(https?|all|no)_proxy$/i.test(variable)) delete process.env[variable];
  }
  Object.assign(process.env, env);
  /** @type {unknown[]} */
  const events = [];
  const listen = (/** @type {unknown} */ event) => void events.push(event);
  try {
    const client =
      clients.get(name) ??
      createBatchClient({
        ...{
          orgId: 'ORG@AdobeOrg',
          sandbox: 'prod',
          apiKey: 'the-api-key',
          credentials: 'the-token',
        },
        ...{ onRequest: listen, onResponse: listen, onRetry: listen },
        origin: 'https://platform.invalid',
        clock: { now: Date.now, random: () => 0.5, sleep: async () => undefined },
        ...options,
      });
    clients.set(name, client);
    return { value: await CALLS[call]?.(client), events: inspect(events, { depth: 20 }) };
  } catch (error) {
    return { error: describe(error), events: inspect(events, { depth: 20 }) };
  }
}

process.on('message', async (/** @type {import('./proxies.js').ChildCall} */ request) => {
  const outcome = await run(request);
  process.send?.({ id: request.id, ...outcome, memoryBytes: process.memoryUsage().rss });
});
process.send?.('ready');
