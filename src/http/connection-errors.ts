/** What an error of a connection says without any help of the transport. */
import { isProxy } from 'node:util/types';
import { systemCode } from '../shared/thrown.js';

/**
 * Codes of failures before a request is sent: no address, nobody who listens, no socket left, a
 * connection or a handshake that did not come about.
 */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);
/** System calls that come before the first byte. */
const CALLS_BEFORE_SENDING = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa', 'socket']);
const MAX_CAUSES = 8;

/** Whether a failure came before anything was sent; only for a fetch, which does not say so itself. */
export function wasNeverSent(error: unknown, causes = MAX_CAUSES): boolean {
  if (typeof error !== 'object' || error === null || isProxy(error) || causes === 0) return false;
  if ('syscall' in error && CALLS_BEFORE_SENDING.has(String(error.syscall))) return true;
  if (BEFORE_SENDING.has(systemCode(error, 1) ?? '')) return true;
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return error.errors.every((one) => wasNeverSent(one, causes - 1));
  }
  return 'cause' in error && wasNeverSent(error.cause, causes - 1);
}

const TRUST =
  'If that is meant to be so (a company proxy, a test server), name the certificate of its issuer, a PEM file, in NODE_EXTRA_CA_CERTS before Node starts.';
const WRONG_HOST =
  'The certificate belongs to another host: check origin, and whether a proxy stands in between.';
const EXPIRED =
  'The certificate is outside of its period of validity: check the clock of this machine; otherwise the server has to renew it.';
const NO_TLS = 'The other side does not speak TLS there: check origin, its port, and the proxy.';

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', TRUST],
  ['SELF_SIGNED_CERT_IN_CHAIN', TRUST],
  ['UNABLE_TO_GET_ISSUER_CERT', TRUST],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', TRUST],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', TRUST],
  ['ERR_TLS_CERT_ALTNAME_INVALID', WRONG_HOST],
  ['HOSTNAME_MISMATCH', WRONG_HOST],
  ['CERT_HAS_EXPIRED', EXPIRED],
  ['CERT_NOT_YET_VALID', EXPIRED],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
  ['EPROTO', NO_TLS],
]);

/** What to do about a connection that failed, where the code says so. */
export const connectionAdvice = (error: unknown): string | undefined =>
  ADVICE.get(systemCode(error) ?? '');
