import {
  type BatchClient,
  type ClientOptions,
  createBatchClient,
  type OAuthCredentials,
} from '../../src/index.js';

/** The values that the tests call with. */
export const IDENTITY = {
  orgId: '{IMS_ORG}',
  sandbox: 'prod',
  apiKey: 'api-key-of-the-tests',
  credentials: 'access-token-of-the-tests',
} as const satisfies ClientOptions;

/** A credential that tokens are got with. */
export const OAUTH: OAuthCredentials = {
  clientId: 'client-id-of-the-tests',
  clientSecret: 'client-secret-of-the-tests',
  scopes: ['openid', 'AdobeID'],
};

/** The client that is shipped, on the given origin. */
export const clientFor = (origin: string, options: Partial<ClientOptions> = {}): BatchClient =>
  createBatchClient({ ...IDENTITY, origin, ...options });
