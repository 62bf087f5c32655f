/** The access tokens of an OAuth credential. What requests them is imported with the first call that needs one. */
import { LateModule } from '../shared/import-late.js';
import type { OAuthCredentials, TokenSource } from './auth.js';
import type { CallContext } from './call-context.js';
import type { OAuthTokens, TokenService } from './oauth-tokens.js';

const tokens = new LateModule(() => import('./oauth-tokens.js'));

/** @param importService imports the call that issues tokens, which this layer does not know. */
export function lateTokens(
  importService: () => Promise<TokenService>,
  client: CallContext,
  credentials: OAuthCredentials,
): TokenSource {
  let own: OAuthTokens | undefined;
  const get = async (): Promise<OAuthTokens> => {
    const [{ OAuthTokens }, service] = [await tokens.import(), await importService()];
    own ??= new OAuthTokens(service, client, credentials);
    return own;
  };
  return {
    ready: () => own?.ready(),
    request: async (waiter) => (own ?? (await get())).request(waiter),
    renew: async (rejected, waiter) => (own ?? (await get())).renew(rejected, waiter),
  };
}
