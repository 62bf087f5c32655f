/** The client under test. */
import {
  type BatchClient,
  type ClientOptions,
  createBatchClient,
  type OAuthCredentials,
} from '../../src/index.js';

/** The identity that the tests use. */
export const IDENTITY = {
  orgId: '{IMS_ORG}',
  sandbox: 'prod',
  apiKey: 'api-key-of-the-tests',
  credentials: 'access-token-of-the-tests',
} as const satisfies ClientOptions;

/** An OAuth credential, for tests that request a token. */
export const OAUTH: OAuthCredentials = {
  clientId: 'client-id-of-the-tests',
  clientSecret: 'client-secret-of-the-tests',
  scopes: ['openid', 'AdobeID'],
};

/** Creates the shipped client for an origin. */
export const createClient = (origin: string, options: Partial<ClientOptions> = {}): BatchClient =>
  createBatchClient({ ...IDENTITY, origin, ...options });
