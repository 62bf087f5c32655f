/** Which `Host` a request may have. */
import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a request names this server: by loopback and its own port, or by a name that was allowed. */
export function isAllowedHost(
  { headersDistinct, socket }: IncomingMessage,
  allowed: readonly string[],
): boolean {
  const [given, ...others] = headersDistinct['host'] ?? [];
  if (given === undefined || others.length > 0) return false;
  const host = given.toLowerCase();
  const [, name = '', port = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  if (name === '') return false;
  if (LOOPBACK.test(name)) return Number(port) === socket.localPort;
  return allowed.some((each) => [host, name].includes(each.toLowerCase()));
}
