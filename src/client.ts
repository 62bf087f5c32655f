import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createCall } from './http/call.js';
import { createRaw, type Raw } from './http/raw.js';
import { type ClientOptions, settings } from './http/settings.js';
import { fetchTransport, nodeTransport } from './http/transport.js';
import { Batches } from './resources/batches.js';

/** A client for one organisation and one sandbox. */
export interface BatchClient {
  /** Create batches. */
  readonly batches: Batches;
  /** The typed openapi-fetch client below; answers with `{data, error, response}`. */
  readonly raw: Raw;
}

/**
 * Makes a client. Sends nothing.
 * @throws {InvalidInputError} when an option is missing or cannot be used; it names the option.
 */
export function createBatchClient(options: ClientOptions): BatchClient {
  const complete = settings(options);
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  const transport = complete.fetch ? fetchTransport(complete.fetch) : nodeTransport(agents);
  const raw = createRaw(complete.origin, createCall(complete, transport));
  return { batches: new Batches(raw, complete.secrets.redact), raw };
}
