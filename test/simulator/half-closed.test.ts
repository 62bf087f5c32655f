import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { LogEntry } from '../../src/testing/server/respond.js';
import { sendTruncated } from '../../src/testing/server/respond.js';

const ENTRY: LogEntry = { order: 1, operation: 'getBatch', method: 'GET', path: '/' };
let server: ReturnType<typeof createServer>;
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

test('a response that is cut ends, too, where its client has half closed the connection before it', async () => {
  const sent = new Promise<PromiseSettledResult<void>[]>((resolve) => {
    server = createServer((request, response) => {
      // Node no longer writes then, and closes the socket a little later: nobody is called back for a chunk.
      request.socket.once('end', () => {
        const sending = sendTruncated(
          { request, response, entry: ENTRY },
          { status: 200, text: 'a text' },
          3,
        );
        resolve(Promise.allSettled([sending]));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.resume().end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');

  expect(await sent).toMatchObject([{ status: 'rejected' }]);
  client.destroy();
}, 5000);
