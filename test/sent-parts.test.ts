/** Parts as they are read and sent: when they are read, what is counted, and what is left open. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { byteSource } from '../src/http/body.js';
import { memoryFile, type StreamFile } from '../src/upload/source.js';
import { thrownBy } from './support/client.js';
import { fileInMemory, useScriptedUpload } from './support/scripted-upload.js';

const { server, upload, requests } = useScriptedUpload();

test('no part is sent before the file that is hashed beside it was found as planned', async () => {
  let noteSent = () => undefined as unknown;
  const sent = new Promise((resolve) => {
    noteSent = () => resolve(undefined);
  });
  server.respond = (request, response) => {
    if (request.method === 'PATCH') noteSent();
    response.writeHead(200).end();
  };
  let reads = 0;
  const read = async () => {
    if (++reads === 1) return 'planned';
    await Promise.race([sent, delay(50)]); // a part that does not wait is sent by now
    return 'changed';
  };
  const file = { ...fileInMemory(), version: { fingerprint: 'planned', read } };
  expect(await thrownBy(upload([file], { sha256: true }))).toMatchObject({ name: 'SourceError' });
  expect(requests()).toEqual(['INITIALIZE']);
});

test('the bytes of a part whose connection broke in the middle, and of its missing piece, add up to the part', async () => {
  // More than the sockets of a connection hold, so that the client has not sent all of it.
  const bytes = byteSource(Buffer.alloc(24 * 1024 * 1024, 'x'));
  if (bytes === undefined) throw new Error('no bytes');
  const parts: string[] = [];
  const breaking = createServer((request, response) => {
    if (request.method === 'HEAD')
      return void response.writeHead(200, { range: 'bytes=0-99' }).end();
    if (request.method === 'PATCH' && parts.push(request.headers['content-range'] ?? '') === 1)
      return void request.once('data', () => request.socket.resetAndDestroy());
    request.resume().once('end', () => response.writeHead(200).end());
  }).listen(0, '127.0.0.1');
  await once(breaking, 'listening');
  try {
    const sums = { sent: 0, accepted: 0 };
    await upload(
      [memoryFile('a.jsonl', bytes)],
      { partSizeBytes: bytes.size },
      {
        sent: (_, count) => {
          sums.sent += count;
        },
        accepted: (_, count) => {
          sums.accepted += count;
        },
      },
      `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`,
    );
    const last = bytes.size - 1;
    expect(parts).toEqual([`bytes 0-${last}`, `bytes 100-${last}`]);
    expect(sums).toEqual({ sent: bytes.size, accepted: bytes.size });
  } finally {
    breaking.closeAllConnections();
    breaking.close();
  }
});

test('the parts of a stream, which are kept until they are sent, are open no longer than that', async () => {
  const PARTS = 40;
  const chunk = Buffer.alloc(300 * 1024, 'x'); // too large to be kept in memory
  const stream = async function* () {
    for (let n = 0; n < PARTS; n++) yield chunk;
  };
  const place = { sizeBytes: 0, localPath: undefined, fingerprint: undefined };
  const file: StreamFile = { path: 'a.jsonl', ...place, stream };
  const countOpen = () => readdirSync('/dev/fd').length;
  let most = 0;
  server.respond = (_, response) => {
    most = Math.max(most, countOpen());
    response.writeHead(200).end();
  };
  const before = countOpen();
  const [uploaded] = await upload([file], { partSizeBytes: chunk.length });
  expect(uploaded?.parts).toHaveLength(PARTS);
  // The part that is sent, the next one, and both ends of each connection.
  expect(most - before).toBeLessThan(PARTS / 4);
});
