import { InvalidInputError } from './errors.js';

/** Visible ASCII, with single spaces inside: what a header of ours may hold. */
const HEADER_VALUE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
/** An id is one path segment: nothing in it may end the segment or the path. */
const NOT_IN_AN_ID = /[\s/\\?#%\p{Cc}]/u;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A value that is there and can stand in a header. It is never quoted: it may be a secret. */
export function checkHeaderValue(field: string, value: unknown, meaning: string): string {
  if (value === undefined || value === null || value === '') {
    throw new InvalidInputError(field, `${field} is missing: pass ${meaning}.`);
  }
  if (typeof value !== 'string') {
    throw new InvalidInputError(field, `${field} must be a string: ${meaning}.`);
  }
  if (!HEADER_VALUE.test(value)) {
    const message =
      `${field} cannot be sent in a header: it has a line break, a control character, a character ` +
      'outside ASCII, or a space at one of its ends. Was a newline read with it?';
    throw new InvalidInputError(field, message);
  }
  return value;
}

/** A sandbox name: there is no default, since the platform's own would be production. */
export function checkSandbox(value: unknown): string {
  const sandbox = checkHeaderValue('sandbox', value, 'the name of the sandbox, such as "prod"');
  if (sandbox !== sandbox.toLowerCase()) {
    const message = `sandbox is "${sandbox}": sandbox names are in lower case, so try "${sandbox.toLowerCase()}".`;
    throw new InvalidInputError('sandbox', message);
  }
  return sandbox;
}

/** An id that is about to become a path segment. */
export function checkId(field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidInputError(field, `${field} is missing: pass it as a string.`);
  }
  if (NOT_IN_AN_ID.test(value) || value === '.' || value.includes('..')) {
    const message = `${field} ${JSON.stringify(value)} is no id: it has a slash, "..", white space, or one of ? # %.`;
    throw new InvalidInputError(field, message);
  }
  return value;
}

/** An origin such as `https://platform.adobe.io`: no path, no credentials, http on loopback only. */
export function checkOrigin(field: string, value: string | URL): string {
  const given = String(value);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const message = `${field} ${JSON.stringify(given)} is no origin: write it like https://platform.adobe.io.`;
    throw new InvalidInputError(field, message);
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidInputError(field, `${field} holds a user name or password; leave them out.`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    const message = `${field} ${JSON.stringify(given)} has a path or a query: pass ${url.origin} alone.`;
    throw new InvalidInputError(field, message);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    const message = `${field} ${url.origin} is plain http, which would send the access token in clear: use https. Plain http is for loopback only.`;
    throw new InvalidInputError(field, message);
  }
  return url.origin;
}
