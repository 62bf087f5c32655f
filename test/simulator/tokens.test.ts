import { describe, expect, test } from '@jest/globals';
import { AuthenticationError } from '../../src/index.js';
import { all, thrownBy } from '../support/client.js';
import { type Stage, stage } from '../support/simulator.js';

const LIST = '/data/foundation/catalog/batches';
const token = (here: Stage, form: Record<string, string>) =>
  fetch(`${here.simulator.origin}/ims/token/v3`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
const right = ({ simulator: { env } }: Stage) => ({
  grant_type: 'client_credentials',
  client_id: env['AEP_CLIENT_ID'] ?? '',
  client_secret: env['AEP_CLIENT_SECRET'] ?? '',
  scope: env['AEP_SCOPES'] ?? '',
});

describe('the token service', () => {
  test('a token has its lifetime in seconds, or in milliseconds as a quirk', async () => {
    const here = await stage();
    const issue = async () => (await token(here, right(here))).json();

    expect(await issue()).toMatchObject({ token_type: 'bearer', expires_in: 86_399 });
    here.simulator.quirks.tokenLifetimeUnit = 'milliseconds';
    expect(await issue()).toMatchObject({ expires_in: 86_399_000 });
  });

  test.each([
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['a scope that it does not have', { scope: 'openid,all' }, 400, 'invalid_scope'],
    ['another grant', { grant_type: 'password' }, 400, 'invalid_request'],
    ['a field too many', { extra: '1' }, 400, 'invalid_request'],
  ])('the token service rejects %s', async (_, change, status, error) => {
    const here = await stage();
    const response = await token(here, { ...right(here), ...change });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  test('a client with a wrong secret fails with an AuthenticationError', async () => {
    const here = await stage();
    const { credentials } = here.simulator.clientOptions;
    const client = here.clientWith({
      credentials: { ...(credentials as { clientId: string; scopes: string }), clientSecret: 'no' },
    });
    expect(await thrownBy(client.batches.get('b'))).toBeInstanceOf(AuthenticationError);
  });
});

describe('the gateway', () => {
  const authorize = async (here: Stage) => {
    const { access_token } = (await (await token(here, right(here))).json()) as {
      access_token: string;
    };
    return {
      authorization: `Bearer ${access_token}`,
      'x-api-key': here.simulator.env['AEP_CLIENT_ID'] ?? '',
      'x-gw-ims-org-id': here.simulator.env['AEP_ORG_ID'] ?? '',
    };
  };

  test.each([
    ['no token', { authorization: undefined }, 403, '403010'],
    ['an unknown token', { authorization: 'Bearer made-up' }, 401, '401013'],
    ['no API key', { 'x-api-key': undefined }, 403, '403000'],
    ['an unknown API key', { 'x-api-key': 'nobody' }, 403, '403003'],
    ['no organisation', { 'x-gw-ims-org-id': undefined }, 400, '400003'],
    ['another organisation', { 'x-gw-ims-org-id': 'B@AdobeOrg' }, 403, '403025'],
  ])('the gateway rejects a request with %s', async (_, change, status, code) => {
    const here = await stage();
    const pairs = Object.entries({ ...(await authorize(here)), ...change });
    const headers = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined);
    const response = await fetch(here.simulator.origin + LIST, { headers });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error_code: code });
  });

  test('a token is accepted until it expires by the clock', async () => {
    let now = 0;
    const here = await stage({ now: () => now, tokenLifetimeSeconds: 3600 });
    const headers = await authorize(here);
    const status = async () => (await fetch(here.simulator.origin + LIST, { headers })).status;

    now = 3_599_999;
    expect(await status()).toBe(200);
    now = 3_600_000;
    expect(await status()).toBe(401);
  });

  test('after expireTokens() a client with a credential gets a new token', async () => {
    const here = await stage();
    const client = here.clientWith({});
    await all(client.batches.list());
    here.simulator.expireTokens();
    await all(client.batches.list());

    expect(here.simulator.log.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'getToken 200',
      'listBatches 200',
      'listBatches 401',
      'getToken 200',
      'listBatches 200',
    ]);
  });

  test('the access tokens of the options are accepted', async () => {
    const here = await stage({ accessTokens: ['given'] });
    const apiKey = here.simulator.env['AEP_CLIENT_ID'] ?? '';
    const [good, bad] = ['given', 'other'].map((credentials) =>
      here.clientWith({ credentials, apiKey }),
    );

    expect(await all((good ?? here.client).batches.list())).toEqual([]);
    expect(await thrownBy((bad ?? here.client).batches.get('b'))).toBeInstanceOf(
      AuthenticationError,
    );
  });

  test('an unknown path gets 404, another method 405, both as HTML', async () => {
    const here = await stage();
    const responses = await Promise.all(
      ['/data/elsewhere', '/data/foundation/import/batches'].map((path) =>
        fetch(here.simulator.origin + path),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual([404, 405]);
    expect(await responses[0]?.text()).toContain('<html>');
  });
});
