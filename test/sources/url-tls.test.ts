import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { useDesk } from '../support/command.js';
import { sendRange, useUrlServer } from '../support/url-server.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/tls/', import.meta.url));
const server = useUrlServer(Buffer.from('{"_id":"a"}\n'));
const desk = useDesk();
const env = { NODE_EXTRA_CA_CERTS: `${FIXTURES}ca.pem` };

/** The same file over TLS; `/away/` leads to plain http. */
const https = createServer(
  { cert: readFileSync(`${FIXTURES}proxy.pem`), key: readFileSync(`${FIXTURES}proxy.key.pem`) },
  (request, response) => {
    if (request.url?.startsWith('/away/') === true) {
      response.writeHead(302, { location: `${server.origin}/rows.jsonl?sig=planted-signature` });
      response.end();
    } else sendRange(server, request, response);
  },
);
beforeAll(async () => {
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
});
afterAll(() => {
  https.closeAllConnections();
  https.close();
});

const load = (path: string, more = {}) => {
  const { port } = https.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}${path}?sig=planted-signature`;
  const flags = ['--dataset', 'd1', '--poll-interval-ms', '1', '--json'];
  return desk.run(['ingest', url, ...flags], { env: { ...env, ...more } });
};

test('an https URL is read with the certificates that NODE_EXTRA_CA_CERTS adds', async () => {
  const ended = await load('/rows.jsonl');

  expect(ended.stderr).not.toContain('error');
  expect(ended.json()).toMatchObject({ outcome: 'success', files: [{ path: 'rows.jsonl' }] });
});

test('a certificate that is not trusted is an error at once, without the query of the URL', async () => {
  const ended = await load('/rows.jsonl', { NODE_EXTRA_CA_CERTS: '' });

  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('NODE_EXTRA_CA_CERTS');
  expect(ended.stderr).not.toContain('planted-signature');
});

test('https never leads to plain http, not even on this machine', async () => {
  const ended = await load('/away/rows.jsonl');

  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('only https is');
  expect(server.seen).toEqual([]);
});
