/** The transport that calls a `fetch` of the caller, imported with its first request. */
import { LateModule } from '../shared/import-late.js';
import type { Transport, TransportRequest, TransportResponse } from './transport.js';

const transports = new LateModule(() => import('./fetch-transport.js'));

/** Imports what calls a `fetch`; `undefined` once it is there. */
export const prepareFetchTransport = (): Promise<unknown> | undefined =>
  transports.loaded === undefined ? transports.import() : undefined;

export function lateFetchTransport(fetch: typeof globalThis.fetch): Transport {
  let own: Transport | undefined = transports.loaded?.fetchTransport(fetch);
  const first = async (request: TransportRequest): Promise<TransportResponse> => {
    let cancelled: Error | undefined;
    request.context.onCancel((reason) => {
      cancelled = reason;
    });
    const { fetchTransport } = await transports.import();
    request.context.beforeSend(); // the import takes time
    if (cancelled !== undefined) throw cancelled;
    own ??= fetchTransport(fetch);
    return own(request);
  };
  return (request) => (own === undefined ? first(request) : own(request));
}
