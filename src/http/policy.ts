import type { CallError } from './errors.js';

/** What a lost call turned out to be: to be sent again, or done, with the answer that it stands for. */
export type Recovery = 'send again' | { status: number; body?: unknown };

/** How a call may be repeated. Whoever makes the call says so: this layer knows no operation. */
export interface Policy {
  /**
   * Whether the same request may be sent again although the first may have taken effect. Default:
   * by the method, GET, HEAD and PUT.
   */
  idempotent?: boolean;
  /**
   * Asks the platform what became of a call whose answer was lost, instead of sending it again
   * blindly. What it throws becomes the cause of the error that the caller gets.
   */
  recover?: (lost: CallError) => Promise<Recovery>;
  /** Whether the call is made without an access token; only the call for one is. */
  anonymous?: boolean;
}

/** The key under which a policy travels through openapi-fetch, out of the way of its own options. */
export const POLICY: unique symbol = Symbol('policy');

const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'PUT']);

export const isIdempotent = (method: string, policy: Policy): boolean =>
  policy.idempotent ?? IDEMPOTENT_METHODS.has(method);
