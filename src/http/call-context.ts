/** What a call is given: by its client, and by the one who makes it. */
import type { TokenSource } from './auth.js';
import type { ClientLifetime } from './lifetime.js';
import type { CallOptions, ResolvedOptions } from './options.js';
import type { RetryPolicy } from './retry.js';
import type { Transport } from './transport.js';

/** What all calls of one client share. */
export interface CallContext {
  readonly options: ResolvedOptions;
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly lifetime: ClientLifetime;
}

/** A call without its request: its options, and how its response is read. */
export interface CallSpec {
  /** The operationId of the document. */
  readonly operation: string;
  readonly options: CallOptions;
  readonly policy: RetryPolicy;
  /** Whether the body of a success has to be JSON, unless it is empty. */
  readonly expectsJson: boolean;
  /** Whether the body of a success is handed out as it arrives. */
  readonly isStreamed: boolean;
  /** Whether the call goes to the token service, without an access token. */
  readonly isAnonymous: boolean;
}
