import { describe, expect, test } from '@jest/globals';
import { parseCredentialFile } from '../../src/cli/credential-file.js';
import { UsageError } from '../../src/cli/exit-codes.js';

const parse = (value: unknown) => parseCredentialFile(JSON.stringify(value), 'file.json');
const EXPECTED = {
  orgId: 'O@AdobeOrg',
  clientId: 'c',
  clientSecret: 'p-secret',
  scopes: ['openid', 'AdobeID'],
};
const oauth = { client_id: 'c', client_secrets: ['p-secret'], scopes: ['openid', 'AdobeID'] };
const project = (...credentials: object[]) => ({
  project: { org: { ims_org_id: 'O@AdobeOrg' }, workspace: { details: { credentials } } },
});
const postman = (values: Record<string, string>) => ({
  name: 'aep',
  values: Object.entries(values).map(([key, value]) => ({ key, value, enabled: true })),
});
const POSTMAN = { CLIENT_SECRET: 'p-secret', API_KEY: 'c', IMS_ORG: 'O@AdobeOrg' };

describe('init reads', () => {
  test.each<[string, unknown]>([
    ['the file of the console', project({ jwt: {} }, { oauth_server_to_server: oauth })],
    ['a flat file with a list of secrets', { ...oauth, ims_org_id: 'O@AdobeOrg' }],
    [
      'a flat file in upper case',
      { CLIENT_ID: 'c', CLIENT_SECRET: 'p-secret', SCOPES: 'openid,AdobeID', ORG_ID: 'O@AdobeOrg' },
    ],
    [
      'a flat file in camel case',
      { clientId: 'c', clientSecret: 'p-secret', scopes: 'openid AdobeID', imsOrgId: 'O@AdobeOrg' },
    ],
    [
      'the configuration of a Python client',
      { org_id: 'O@AdobeOrg', client_id: 'c', secret: 'p-secret', scopes: 'openid, AdobeID' },
    ],
    [
      'the variables of the command itself',
      {
        AEP_ORG_ID: 'O@AdobeOrg',
        AEP_CLIENT_ID: 'c',
        AEP_CLIENT_SECRET: 'p-secret',
        AEP_SCOPES: 'openid,AdobeID',
      },
    ],
    ['a Postman environment', postman({ ...POSTMAN, SCOPES: 'openid,AdobeID' })],
    [
      'a Postman environment with lists as text, and empty variables for JWT',
      postman({
        ...POSTMAN,
        CLIENT_SECRET: '["p-secret"]',
        SCOPES: '["openid","AdobeID"]',
        PRIVATE_KEY: '',
      }),
    ],
  ])('%s', (_, file) => {
    expect(parse(file)).toEqual(EXPECTED);
  });

  test('the sandbox of a file that names one', () => {
    const file = postman({ ...POSTMAN, SCOPES: 'openid,AdobeID', SANDBOX_NAME: 'dev' });
    expect(parse(file)).toEqual({ ...EXPECTED, sandbox: 'dev' });
  });

  test('a file with a byte order mark, and not a variable that is disabled', () => {
    const file = postman({ ...POSTMAN, SCOPES: 'openid,AdobeID' });
    const old = { key: 'CLIENT_SECRET', value: 'old', enabled: false };
    const text = JSON.stringify({ ...file, values: [...file.values, old] });
    expect(parseCredentialFile(`\ufeff${text}`, 'f')).toEqual(EXPECTED);
  });
});

describe('a service account (JWT) credential is named as retired', () => {
  test.each<[string, unknown]>([
    ['in the file of the console', project({ jwt: { client_id: 'c', client_secret: 'p-secret' } })],
    [
      'in a flat file',
      { CLIENT_ID: 'c', CLIENT_SECRET: 'p-secret', METASCOPES: 'ent_dataservices_sdk' },
    ],
    [
      'of a Python client',
      { org_id: 'O', client_id: 'c', secret: 's', tech_acct: 't', pathToKey: 'k' },
    ],
    ['in a Postman environment', postman({ ...POSTMAN, PRIVATE_KEY: 'p-secret', META_SCOPE: 'x' })],
  ])('%s', (_, file) => {
    expect(() => parse(file)).toThrow(UsageError);
    expect(() => parse(file)).toThrow(
      /^file\.json: a service account \(JWT\) credential.* retired/,
    );
  });

  test('as its private key', () => {
    const key = '-----BEGIN PRIVATE KEY-----\np-secret\n';
    expect(() => parseCredentialFile(key, 'f')).toThrow('has retired');
  });
});

test.each<[string, unknown, string]>([
  ['a flat file', { client_id: 'c', client_secret: 'p-secret' }, 'IMS_ORG_ID, SCOPES.'],
  ['a Postman environment', postman(POSTMAN), 'SCOPES.'],
  ['an empty object', {}, 'project.org.ims_org_id'],
  ['a list', [], 'project.org.ims_org_id'],
  ['a number', 5, 'project.org.ims_org_id'],
])('what %s lacks is named, and nothing of it is quoted', (_, file, missing) => {
  expect(() => parse(file)).toThrow(missing);
  expect(() => parse(file)).not.toThrow('p-secret');
});
