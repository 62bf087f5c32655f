/** The path of a call through the code: which files it passes, and how often its response is read. */
import { Agent } from 'node:http';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type ApiError, ServerError } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const { stackTraceLimit } = Error;
beforeEach(() => {
  Error.stackTraceLimit = 100;
});
afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
  jest.restoreAllMocks();
});

/** The files of src/ that a stack names, from the innermost one. */
const ownFiles = (stack = ''): string[] => [
  ...new Set([...stack.matchAll(/\/(src\/[\w/-]+\.ts)/g)].map(([, file = '']) => file)),
];

test('at the socket of one create() the stack names five files, from the method to the transport', async () => {
  let stack: string | undefined;
  class StackAgent extends Agent {
    override createConnection(...options: Parameters<Agent['createConnection']>) {
      stack = new Error('at the socket').stack;
      return super.createConnection(...options);
    }
  }
  const agent = new StackAgent({ keepAlive: false });
  server.play({ id: 'b1', status: 'loading' });
  await clientFor(server.origin, { agent }).batches.create({ datasetId: 'd1' });

  expect(ownFiles(stack)).toEqual([
    'src/http/transport.ts',
    'src/http/attempt.ts',
    'src/http/call.ts',
    'src/typed-client/client.ts',
    'src/resources/batches.ts',
  ]);
});

/** Counts the calls of JSON.parse() and JSON.stringify() on a text, by our code and by openapi-fetch. */
function countJson(marker: string) {
  const count = { parsedByUs: 0, parsed: 0, stringified: 0 };
  const { parse, stringify } = JSON;
  jest.spyOn(JSON, 'parse').mockImplementation((text, ...rest) => {
    if (String(text).includes(marker)) {
      count.parsed++;
      const caller = new Error('called').stack
        ?.split('\n')
        .find((line) => /\/(?:src|openapi-fetch)\//.test(line));
      if (caller?.includes('/openapi-fetch/') === false) count.parsedByUs++;
    }
    return parse(text, ...rest);
  });
  jest.spyOn(JSON, 'stringify').mockImplementation((value, ...rest: unknown[]) => {
    const text = stringify(value, ...(rest as []));
    if (text?.includes(marker) === true) count.stringified++;
    return text;
  });
  return count;
}

const ERROR = { error_code: 'MARK-503', message: 'busy' };

test('an error response is parsed once and never stringified', async () => {
  const count = countJson('MARK-503');
  const events: (Error | undefined)[] = [];
  const onResponse = ({ error }: { error?: Error }) => void events.push(error);
  server.play(respondWith(503, '{"error_code":"MARK-503","message":"busy"}'));
  const client = clientFor(server.origin, { maxRetries: 0, onResponse });
  const error = await thrownBy(client.batches.get('b1'));

  expect(error).toBeInstanceOf(ServerError);
  expect((error as ApiError).body).toEqual(ERROR);
  expect(events).toEqual([error]);
  expect(count).toMatchObject({ parsedByUs: 1, stringified: 0 });
});

test('an error response that is retried is parsed once for each attempt', async () => {
  const count = countJson('MARK-503');
  const busy = respondWith(503, '{"error_code":"MARK-503"}');
  server.play(busy, busy, { b1: { status: 'success' } });
  await clientFor(server.origin, { clock: testClock() }).batches.get('b1');

  expect(count).toEqual({ parsed: 2, parsedByUs: 2, stringified: 0 });
});

test('the JSON of a success is parsed once', async () => {
  const count = countJson('MARK-200');
  server.play(respondWith(200, '{"b1":{"status":"success","externalId":"MARK-200"}}'));
  await clientFor(server.origin).batches.get('b1');

  expect(count).toEqual({ parsed: 1, parsedByUs: 1, stringified: 0 });
});
