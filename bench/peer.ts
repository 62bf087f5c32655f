/** Our client, for several benchmarks. */
import { type BatchClient, createBatchClient } from 'aep-batch';

/** Our client with its default features on. */
export const createOurClient = (origin: string): BatchClient =>
  createBatchClient({
    orgId: 'BENCH@AdobeOrg',
    sandbox: 'prod',
    credentials: {
      clientId: 'bench-client-id',
      clientSecret: 'bench-client-secret',
      scopes: 'openid',
      origin,
    },
    origin,
  });
