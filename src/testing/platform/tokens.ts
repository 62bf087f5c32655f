/** Access tokens: what the token service gives out, and what the gateway lets through. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Settings } from '../options.js';
import { gateway, tokenProblem } from '../server/error-bodies.js';
import type { Answer, Call } from '../server/handler.js';

export class Tokens {
  readonly #settings: Settings;
  /** When each runs out, in milliseconds since 1970-01-01 UTC. */
  readonly #good = new Map<string, number>();
  #issued = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    for (const token of settings.accessTokens) this.#good.set(token, Number.POSITIVE_INFINITY);
  }

  /** Every token that was given out so far has run out. */
  expireAll(): void {
    this.#good.clear();
  }

  /** Gives out a token; earlier ones stay good. */
  issue({ body }: Call<'getToken'>): Answer {
    const { credentials, tokenLifetimeSeconds: seconds, quirks, now } = this.#settings;
    const credential = credentials.find(
      ({ clientId, clientSecret }) =>
        clientId === body.client_id && clientSecret === body.client_secret,
    );
    if (credential === undefined) {
      throw tokenProblem(401, 'invalid_client', 'The client id or the client secret is wrong');
    }
    const asked = body.scope.split(',').map((scope) => scope.trim());
    const wrong = asked.filter((scope) => !credential.scopes.includes(scope));
    if (wrong.length > 0) {
      throw tokenProblem(400, 'invalid_scope', `The credential does not have ${wrong.join(', ')}`);
    }
    this.#issued += 1;
    const token = `simulated-access-token-${this.#issued}`;
    this.#good.set(token, now() + seconds * 1000);
    const lifetime = quirks.tokenLifetimeUnit === 'milliseconds' ? seconds * 1000 : seconds;
    const json = { access_token: token, token_type: 'bearer', expires_in: lifetime };
    return { status: 200, json };
  }

  /** Why the gateway refuses a request, if it does. */
  refusal(headers: IncomingHttpHeaders): Answer | undefined {
    const { orgId, credentials, now } = this.#settings;
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return gateway('403010', 'Oauth token is missing.');
    const runsOut = this.#good.get(token);
    if (runsOut === undefined || runsOut <= now()) {
      return gateway('401013', 'Oauth token is not valid');
    }
    const apiKey = headers['x-api-key'];
    if (apiKey === undefined) return gateway('403000', 'Api Key is required');
    if (!credentials.some(({ clientId }) => clientId === apiKey)) {
      return gateway('403003', 'Api Key is invalid');
    }
    const org = headers['x-gw-ims-org-id'];
    if (org === undefined) return gateway('400003', 'Missing header x-gw-ims-org-id');
    if (org !== orgId) return gateway('403025', 'Profile is not valid for the organization');
    return undefined;
  }
}
