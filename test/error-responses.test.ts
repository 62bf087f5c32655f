import { expect, test } from '@jest/globals';
import type { ApiError } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { cut, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };

/** The error of a POST that ends with this response. */
const rejectedWith = async (play: Play) => {
  server.play(play);
  const client = clientFor(server.origin, { maxRetries: 0 });
  return (await thrownBy(client.batches.create({ datasetId: 'd1' }))) as ApiError;
};

test('a 503 means that nothing took effect: the call may be made again later', async () => {
  const error = await rejectedWith(503);

  expect(error).toMatchObject({ name: 'ServerError', status: 503, stateUnknown: false });
  expect(error.message).toContain('Try again later.');
  expect(error.message).not.toContain('took effect');
});

test.each([400, 403, 409, 428])(
  'a %i after an attempt whose response was lost leaves unknown whether that one took effect',
  async (status) => {
    server.play(cut, status);
    const client = clientFor(server.origin, { clock: testClock(), maxRetries: 1 });
    const error = await thrownBy(client.files.put(FILE, Buffer.from('a')));

    expect(error).toMatchObject({ status, attempts: 2, stateUnknown: true });
  },
);

test.each([
  ['a 500', 500],
  ['a connection that was cut', cut],
] as [string, Play][])(
  'a call that only reads leaves nothing unknown: after %s, too',
  async (_, first) => {
    server.play(first, 404);
    const client = clientFor(server.origin, { clock: testClock(), maxRetries: 1 });
    const error = await thrownBy(client.files.head('f1', 'a'));

    expect(error).toMatchObject({ status: 404, attempts: 2, stateUnknown: false });
  },
);

test('the code of an error response has 100 characters at most, and then an ellipsis', async () => {
  const [whole, long] = ['c'.repeat(100), 'c'.repeat(101)];
  expect((await rejectedWith(respondWith(400, { error_code: whole }))).code).toBe(whole);

  const error = await rejectedWith(respondWith(400, { error_code: long }));
  expect(error.code).toBe(`${whole}…`);
  expect(error.message).not.toContain(long);
});

test('where an error response has both a detail and a message, the detail is what is shown', async () => {
  const body = {
    title: 'Bad Request',
    message: 'Invalid request.',
    detail: 'datasetId is unknown',
  };
  const error = await rejectedWith(respondWith(400, body));

  expect(error.detail).toBe('datasetId is unknown');
  expect(error.message).toContain('failed: 400: datasetId is unknown (');
});

test.each<[header: string, headers: Record<string, string>]>([
  ['x-request-id', { 'x-request-id': 'r-1', 'x-adobe-request-id': 'r-2' }],
  ['x-adobe-request-id', { 'x-adobe-request-id': 'r-1', 'x-correlation-id': 'r-2' }],
  ['x-correlation-id', { 'x-correlation-id': 'r-1' }],
  [
    'the first that is not empty',
    { 'x-request-id': '', 'x-adobe-request-id': '', 'x-correlation-id': 'r-1' },
  ],
])('the request id of an error is what the response has in %s', async (_, headers) => {
  const error = await rejectedWith(respondWith(400, '', headers));

  expect(error.requestId).toBe('r-1');
  expect(error.message).toContain('request id r-1,');
});
