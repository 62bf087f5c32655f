/** `NO_PROXY`, read as Go's `golang.org/x/net/http/httpproxy` reads it. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** Whether the entry names the host, which is in lower case, without brackets and final dot. */
type Matcher = (host: string, port: string) => boolean;

/** The host of a URL as it is compared: an IPv6 address has no brackets, a name no final dot. */
const toPlainHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

/**
 * Whether `NO_PROXY` excepts an origin. The entries are separated by commas: `*`, a host (and its
 * subdomains), `.domain`, `*.domain` (its subdomains alone), an address, a CIDR block; all but the
 * last may have a port. Unlike in Go `.domain` matches the bare name too, and `[::1]` needs no port.
 */
export function isExcepted(noProxy: string, origin: URL): boolean {
  const host = toPlainHost(origin.hostname);
  const port = origin.port || (origin.protocol === 'https:' ? '443' : '80');
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && (entry === '*' || toMatcher(entry)?.(host, port) === true));
}

function toMatcher(entry: string): Matcher | undefined {
  const [, network = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (isAddress(network)) return networkMatcher(network, Number(prefix));
  const [name, wantedPort] = splitPort(entry);
  if (name === undefined || name === '') return undefined;
  const matches = isAddress(name)
    ? networkMatcher(name, isIPv6(name) ? 128 : 32)
    : domainMatcher(name);
  return (host, port) =>
    (wantedPort === '' || wantedPort === port) && matches?.(host, port) === true;
}

/** `host:port`, `[IPv6]:port`, or either without a port; a bare IPv6 address has none. */
function splitPort(entry: string): [host: string | undefined, port: string] {
  const [, address, host, port = ''] = /^(?:\[(.*)\]|([^:]*))(?::([^:]*))?$/.exec(entry) ?? [];
  if (address === undefined && host === undefined) return [entry, ''];
  return [address ?? host, port];
}

/** URLs have their hosts in ASCII. */
export const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** An address without a zone: no URL has one. */
const isAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%');

/** An IPv4 address, or one that a URL writes as IPv6: `::ffff:7f00:1` is 127.0.0.1. */
const isIPv4Like = (host: string): boolean => isIPv4(host) || host.startsWith('::ffff:');

function networkMatcher(network: string, prefix: number): Matcher | undefined {
  const isWide = isIPv6(network);
  if (prefix > (isWide ? 128 : 32)) return undefined;
  const list = new BlockList();
  list.addSubnet(network, prefix, isWide ? 'ipv6' : 'ipv4');
  return (host) => {
    if (!isAddress(host)) return false;
    // BlockList counts every IPv4 address as part of `::/0`; Go does not.
    if (isWide && prefix < 96 && isIPv4Like(host)) return false;
    return list.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
  };
}

/** 127.0.0.0/8, ::1, either as IPv4-mapped, and `localhost`. */
export function isLoopback(origin: URL): boolean {
  const host = toPlainHost(origin.hostname);
  if (!isAddress(host)) return host === 'localhost';
  return LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function domainMatcher(entry: string): Matcher | undefined {
  const hasWildcard = entry.startsWith('*.');
  const bare = entry.replace(/^\*?\./, '').replace(/\.$/, '');
  if (bare === '') return undefined;
  const name = isAscii(bare) ? bare : domainToASCII(bare);
  if (name === '') return undefined;
  return (host) =>
    isIP(host) === 0 && (host.endsWith(`.${name}`) || (!hasWildcard && host === name));
}
