/** The transport that calls a `fetch` of the caller, imported with its first request. */
import { LateModule } from '../shared/import-late.js';
import type { Transport } from './transport.js';

const transports = new LateModule(() => import('./fetch-transport.js'));

/** Imports what calls a `fetch`; `undefined` once it is there. */
export const prepareFetchTransport = (): Promise<unknown> | undefined =>
  transports.loaded === undefined ? transports.import() : undefined;

/** Its attempts import it before their time begins. */
export function lateFetchTransport(fetch: typeof globalThis.fetch): Transport {
  let own: Transport | undefined;
  return (request) => {
    own ??= transports.loaded?.fetchTransport(fetch);
    if (own !== undefined) return own(request);
    return transports.import().then(({ fetchTransport }) => fetchTransport(fetch)(request));
  };
}
