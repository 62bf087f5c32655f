import { expect, test } from '@jest/globals';
import { useDesk } from '../support/command.js';
import { respondWith, useServer } from '../support/server.js';

const desk = useDesk();
const server = useServer();
const TOKEN = 'fetched/token"0123456789abcdef';
const SECRET = 'client-secret-of-the-test-0123456789';

/** An environment whose platform and token service are the test server. */
const environment = () => ({
  AEP_ORG_ID: 'ORG@AdobeOrg',
  AEP_SANDBOX: 'dev',
  AEP_API_KEY: undefined,
  AEP_ACCESS_TOKEN: undefined,
  AEP_CLIENT_ID: 'status',
  AEP_CLIENT_SECRET: SECRET,
  AEP_SCOPES: 'openid',
  AEP_ORIGIN: server.origin,
  AEP_IMS_ORIGIN: server.origin,
});
const token = respondWith(200, { access_token: TOKEN, token_type: 'bearer', expires_in: 86_399 });

test('a token that the command requested is masked in results and errors', async () => {
  const echo = `${TOKEN} ${Buffer.from(`a:${TOKEN}`).toString('base64')}`;
  const batch = { status: 'success', externalId: echo, createdClient: 'status' };
  server.play(token, { b1: batch }, token, respondWith(400, JSON.stringify({ title: echo })));
  const env = environment();
  const shown = await desk.run(['status', 'b1', '--json'], { env });
  const failed = await desk.run(['status', 'b1', '--json', '--verbose'], { env });

  for (const { stdout, stderr } of [shown, failed]) {
    expect(`${stdout}${stderr}`).not.toContain('fetched/token');
    expect(`${stdout}${stderr}`).not.toContain(
      Buffer.from(`a:${TOKEN}`).toString('base64').slice(8, -6),
    );
  }
  expect(shown.json()).toMatchObject({
    batchId: 'b1',
    status: 'success',
    batch: {
      createdClient: 'status',
      externalId: expect.stringMatching(/^\[secret\] \w+\[secret\]/),
    },
  });
});

test('bidirectional overrides are shown as escapes, and JSON keeps its meaning', async () => {
  const externalId = 'invoice\u202efdp\u{e0041}';
  server.play(token, { b1: { status: 'success', externalId } }, token, {
    b1: { status: 'success', externalId },
  });
  const env = environment();
  const text = await desk.run(['status', 'b1'], { env });
  const json = await desk.run(['status', 'b1', '--json'], { env });

  expect(text.stdout).toContain('invoice\\u202efdp\\udb40\\udc41');
  expect(json.stdout).not.toContain('\u202e');
  expect(json.json()).toMatchObject({ batch: { externalId } });
});
