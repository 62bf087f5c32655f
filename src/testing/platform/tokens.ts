/** Access tokens: the ones that the token service issues, and the ones that the gateway accepts. */
import type { IncomingHttpHeaders } from 'node:http';
import type { components } from '../../../generated/openapi.js';
import type { ResolvedOptions } from '../options.js';
import { gatewayProblem, tokenProblem } from './http-error.js';

type Schemas = components['schemas'];

export class Tokens {
  readonly #options: ResolvedOptions;
  /** When each expires, in milliseconds since 1970-01-01 UTC. */
  readonly #expiries = new Map<string, number>();
  #issued = 0;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    for (const token of options.accessTokens) this.#expiries.set(token, Number.POSITIVE_INFINITY);
  }

  expireAll(): void {
    this.#expiries.clear();
  }

  /** Issues a token; earlier ones stay valid. @throws {HttpError} */
  issue({ client_id, client_secret, scope }: Schemas['TokenRequest']): Schemas['Token'] {
    const { credentials, tokenLifetimeSeconds: seconds, quirks, now } = this.#options;
    const credential = credentials.find(
      ({ clientId, clientSecret }) => clientId === client_id && clientSecret === client_secret,
    );
    if (credential === undefined) {
      throw tokenProblem(401, 'invalid_client', 'The client id or the client secret is wrong');
    }
    const scopes = scope.split(',').map((name) => name.trim());
    const missing = scopes.filter((name) => !credential.scopes.includes(name));
    if (missing.length > 0) {
      const detail = `The credential does not have ${missing.join(', ')}`;
      throw tokenProblem(400, 'invalid_scope', detail);
    }
    this.#issued += 1;
    const token = `simulated-access-token-${this.#issued}`;
    this.#expiries.set(token, now() + seconds * 1000);
    const lifetime = quirks.tokenLifetimeUnit === 'milliseconds' ? seconds * 1000 : seconds;
    return { access_token: token, token_type: 'bearer', expires_in: lifetime };
  }

  /** Checks what the gateway checks. @throws {HttpError} where it rejects the request. */
  assertAuthorized(headers: IncomingHttpHeaders): void {
    const { orgId, credentials, now } = this.#options;
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) throw gatewayProblem('403010', 'Oauth token is missing.');
    const expiry = this.#expiries.get(token);
    if (expiry === undefined || expiry <= now()) {
      throw gatewayProblem('401013', 'Oauth token is not valid');
    }
    const apiKey = headers['x-api-key'];
    if (apiKey === undefined) throw gatewayProblem('403000', 'Api Key is required');
    if (!credentials.some(({ clientId }) => clientId === apiKey)) {
      throw gatewayProblem('403003', 'Api Key is invalid');
    }
    const org = headers['x-gw-ims-org-id'];
    if (org === undefined) throw gatewayProblem('400003', 'Missing header x-gw-ims-org-id');
    if (org !== orgId) {
      throw gatewayProblem('403025', 'Profile is not valid for the organization');
    }
  }
}
