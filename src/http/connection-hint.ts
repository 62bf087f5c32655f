/** What to do about a connection that failed. Imported with the first whose certificate or protocol is at fault. */
import { systemCode } from '../shared/thrown.js';

const TRUST =
  'If that is meant to be so (a company proxy, a test server), name the certificate of its issuer, a PEM file, in NODE_EXTRA_CA_CERTS before Node starts.';
const WRONG_HOST =
  'The certificate belongs to another host: check origin, and whether a proxy stands in between.';
const EXPIRED =
  'The certificate is outside of its period of validity: check the clock of this machine; otherwise the server has to renew it.';
const NO_TLS = 'The other side does not speak TLS there: check origin, its port, and the proxy.';

const HINT_BY_CONNECTION_CODE: ReadonlyMap<string, string> = new Map([
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
export const connectionHint = (error: unknown): string | undefined =>
  HINT_BY_CONNECTION_CODE.get(systemCode(error) ?? '');
