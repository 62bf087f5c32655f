/** URLs as sources: what is checked of one, and what of it may be shown. */
import { isLoopback } from '../../http/agents/no-proxy.js';
import { InvalidInputError } from '../../shared/errors.js';

/** A URL that contents are read from. */
export interface UrlAddress {
  /** All of it; its query gives access, so it is never shown. */
  readonly href: string;
  /** The URL without its query: what it is called, and what it is found by when it was signed anew. */
  readonly identity: string;
  /** Its last part, the path in the batch. */
  readonly name: string;
}

/** Whether a path is meant as a URL. */
export const isUrl = (path: string): boolean => /^https?:\/\//i.test(path);

/**
 * @param field names the URL in messages.
 * @throws {InvalidInputError} for one that cannot be read; it shows no query.
 */
export function parseAddress(field: string, text: string): UrlAddress {
  const shown = text.replace(/[?#].*$/s, '');
  const reject = (expected: string, fix: string) =>
    new InvalidInputError(
      field,
      `Invalid ${field}: expected ${expected}, received ${maskUserInfo(shown)}. ${fix}`,
    );
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw reject('a URL', 'Check how it is written.');
  }
  if (url.username !== '' || url.password !== '') {
    throw reject('a URL without user and password', 'Use a URL that is signed in its query.');
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw reject('an https URL', 'Plain http is only used on loopback.');
  }
  const name = decodeName(url.pathname);
  if (name === '' || name === '.' || name === '..') {
    throw reject('a URL of a file', 'Its last part is the name of the file in the batch.');
  }
  url.hash = '';
  return { href: url.href, identity: `${url.origin}${url.pathname}`, name };
}

const maskUserInfo = (text: string): string => text.replace(/\/\/[^/@]*@/, '//[secret]@');

function decodeName(pathname: string): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    const name = decodeURIComponent(last);
    return name.slice(name.lastIndexOf('/') + 1);
  } catch {
    return last;
  }
}

/** A URL as it may be shown; any other path as it is. */
export const withoutQuery = (path: string): string =>
  isUrl(path) ? maskUserInfo(path.replace(/[?#].*$/s, '')) : path;
