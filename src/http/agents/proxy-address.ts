/** What `HTTPS_PROXY` and `ALL_PROXY` say, read leniently and never quoted: it may hold a password. */
import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { InvalidInputError } from '../../shared/errors.js';
import { isAscii } from './no-proxy.js';

/** A proxy that was found in the environment. */
export interface ProxyAddress {
  /** The variable that names it, for messages. */
  readonly variable: string;
  /** Whether TLS is spoken to the proxy itself. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`, where there are credentials. */
  readonly authorization: string | undefined;
  /** The forms of the password that must never be shown. */
  readonly secrets: readonly string[];
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
const HOST_NAME = /^(?=.*[a-z0-9])[a-z0-9._-]+$/i;

/** `host:port` as it is shown; the scheme is shown where it matters. */
export function formatProxy({ secure, host, port }: ProxyAddress): string {
  return `${secure ? 'https://' : ''}${formatAuthority(host, port)}`;
}

export const formatAuthority = (host: string, port: number | string): string =>
  `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/**
 * Reads `[http(s)://][user[:password]@]host[:port]`. Without a scheme it is `http://`, as in curl. The
 * credentials end at the last `@`, so that they may hold any character as it is.
 * @throws {InvalidInputError} that quotes no part of the value but an unsupported scheme.
 */
export function parseProxy(variable: string, value: string): ProxyAddress {
  const [, scheme = 'http', rest = value] = SCHEME.exec(value) ?? [];
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()];
  if (defaultPort === undefined) {
    const message = `Invalid ${variable}: expected an http:// or https:// proxy, received the scheme ${scheme.toLowerCase()}. For a proxy of another kind pass an agent as the agent option.`;
    throw new InvalidInputError(variable, message);
  }
  const at = rest.lastIndexOf('@');
  const [hostAndPort = '', path = ''] = splitAt(rest.slice(at + 1), /[/?#]/);
  const [, address, name = '', portText] =
    /^(?:\[(.*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(hostAndPort) ?? [];
  const host = address === undefined ? toHostName(name) : toAddress(address);
  // A second scheme would otherwise be read as a host: `http://http://proxy:3128`.
  if (host === '' || path.startsWith('//')) throw invalid(variable, 'without a usable host');
  const port = portText ? Number(portText) : defaultPort;
  if (portText && (!/^\d+$/.test(portText) || port < 1 || port > 65_535)) {
    throw invalid(variable, 'whose port is not a number from 1 to 65535');
  }
  const secure = scheme.toLowerCase() === 'https';
  const userInfo = at > 0 ? rest.slice(0, at) : undefined;
  return { variable, secure, host, port, ...readCredentials(userInfo) };
}

/** The value is not shown: what looks like a host or a port may be a password. */
function invalid(variable: string, received: string): InvalidInputError {
  const message = `Invalid ${variable}: expected http://host:port or http://user:password@host:port, received a value ${received} (not shown, it may hold a password).`;
  return new InvalidInputError(variable, message);
}

function splitAt(text: string, separator: RegExp): [string, string] {
  const at = text.search(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** A name or an IPv4 address; empty where it is neither. */
function toHostName(text: string): string {
  const name = isAscii(text) ? text : domainToASCII(text);
  return HOST_NAME.test(name) ? name : '';
}

/** An IPv6 address, with a zone where it has one; empty where it is none. */
function toAddress(text: string): string {
  const address = text.replace(/%25/, '%');
  return isIPv6(address) ? address : '';
}

function readCredentials(
  userInfo: string | undefined,
): Pick<ProxyAddress, 'authorization' | 'secrets'> {
  if (userInfo === undefined) return { authorization: undefined, secrets: [] };
  const [user, after] = splitAt(userInfo, /:/);
  const written = after.slice(1);
  const password = decodePercents(written);
  const both = Buffer.concat([decodePercents(user), Buffer.from(':'), password]);
  const basic = both.toString('base64');
  const secrets = [written, password.toString(), password.toString('latin1'), basic];
  return { authorization: `Basic ${basic}`, secrets };
}

/** The bytes that a text with `%HH` stands for; a percent sign that begins none stands for itself. */
function decodePercents(text: string): Buffer {
  const parts = text.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part),
    ),
  );
}
