import type { components, paths } from '../../generated/openapi.js';
import { operationIds } from '../../generated/operations.js';
import { formatCallError, InvalidResponseError } from '../http/errors.js';
import { parseToken, type TokenService } from '../http/oauth-tokens.js';
import { runCall } from '../http/run-call.js';

const PATH = '/ims/token/v3' satisfies keyof paths;

/** The document's call for an access token: the one call without a token, on an origin of its own. */
export const tokenService: TokenService = {
  operation: operationIds[`POST ${PATH}`],
  path: PATH,
  async request(client, credentials, { timeoutMs, maxRetries }) {
    const body: components['schemas']['TokenRequest'] = {
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      scope: String(credentials.scopes),
    };
    const request = {
      method: 'POST',
      url: `${client.options.imsOrigin}${PATH}`,
      headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
      body: new URLSearchParams({ ...body }).toString(),
    };
    const response = await runCall(client, request, {
      operation: tokenService.operation,
      options: { timeoutMs, maxRetries },
      policy: { idempotent: true },
      expectsJson: true,
      isStreamed: false,
      isAnonymous: true,
    });
    if (response.error !== undefined) throw response.error;
    const token = parseToken(response.parse());
    if (token !== undefined) return token;
    const { info, status } = response;
    const what = 'the response has no access_token, or no expires_in, that can be used';
    throw new InvalidResponseError(formatCallError(info, what), info, status);
  },
};
