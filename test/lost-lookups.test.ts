/** What is asked for after a lost response: how often, how long, and what ends it. */
import { describe, expect, test } from '@jest/globals';
import { PermissionError } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { cut, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };
const REQUEST = { datasetId: 'd1', externalId: 'e1' };
const FOUND = {
  status: 'loading',
  externalId: 'e1',
  relatedObjects: [{ type: 'dataSet', id: 'd1' }],
};
const NONE = {};
const methods = () => server.seen.map((call) => call.split(' ')[0]);

describe('the lookups of a batch whose creation was lost', () => {
  test('begin after the delay that onRetry reports, as another attempt does', async () => {
    const clock = testClock();
    const announced: number[] = [];
    server.play(cut, { b1: FOUND });
    await clientFor(server.origin, { clock }).batches.create(REQUEST, {
      onRetry: ({ delayMs }) => void announced.push(delayMs),
    });
    expect(announced).toEqual([500]);
    expect(clock.slept).toEqual([500]);
    expect(methods()).toEqual(['POST', 'GET']);
  });

  test('are a second apart', async () => {
    const clock = testClock();
    const asked: number[] = [];
    const look: Play = (_, response) => {
      asked.push(clock.nowMs);
      response.writeHead(200).end('{}');
    };
    server.play(cut, look, look, look, respondWith(201, { id: 'b1', status: 'loading' }));
    await clientFor(server.origin, { clock }).batches.create(REQUEST);
    const [first = 0, ...others] = asked;
    expect(others.map((ms) => ms - first)).toEqual([1000, 2000]);
  });

  test('end at once when the call is aborted between two of them', async () => {
    const controller = new AbortController();
    const clock = testClock();
    const ended: boolean[] = [];
    const look: Play = (_, response) => {
      // From here on, the next sleep is the time between two lookups.
      clock.sleep = async (_ms, signal) => {
        controller.abort(new Error('enough'));
        ended.push(signal.aborted);
        signal.throwIfAborted();
      };
      response.writeHead(200).end('{}');
    };
    server.play(cut, look);
    const { batches } = clientFor(server.origin, { clock });
    const error = await thrownBy(batches.create(REQUEST, { signal: controller.signal }));
    expect(error).toMatchObject({ stateUnknown: true });
    expect(ended).toEqual([true]);
    expect(methods()).toEqual(['POST', 'GET']);
  });

  test('say that the call was aborted where it is during the last of them, after a rejected retry', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    server.play(cut, NONE, NONE, NONE, 409, () => controller.abort(reason));
    const { batches } = clientFor(server.origin, { clock: testClock() });
    const error = await thrownBy(batches.create(REQUEST, { signal: controller.signal }));
    expect(error).toMatchObject({ name: 'AbortError', cause: reason });
  });
});

describe('a HEAD that is rejected after a lost response', () => {
  test.each(['initialize', 'complete'] as const)(
    'says nothing about the file: files.%s is not made again, and names that error as the cause',
    async (method) => {
      server.play(cut, 403);
      const { files } = clientFor(server.origin, { clock: testClock() });
      const error = await thrownBy(files[method](FILE));
      expect(error).toMatchObject({ stateUnknown: true, cause: expect.any(PermissionError) });
      expect(methods()).toEqual(['POST', 'HEAD']);
    },
  );
});

test('a part of which nothing ever arrives is sent no more often than maxRetries says', async () => {
  const MANY = 20; // ends a run without end
  server.respond = (request, response) => {
    if (request.method === 'HEAD') response.writeHead(200, { range: 'bytes=0-99' }).end();
    else if (server.seen.length > MANY) response.writeHead(200).end();
    else response.socket?.resetAndDestroy();
  };
  const { files } = clientFor(server.origin, { clock: testClock(), maxRetries: 2 });
  const error = await thrownBy(files.uploadPart(FILE, { start: 100 }, Buffer.from('0123456789')));
  expect(error).toMatchObject({ name: 'ConnectionError', attempts: 3 });
  expect(methods().filter((method) => method === 'PATCH')).toHaveLength(3);
});
