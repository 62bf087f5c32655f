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

/** Headers that say where a request ends or where it goes: the transport's own affair. */
const FRAMING = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
]);

/** Further headers of a call. @throws {InvalidInputError} for one that cannot be sent. */
export function checkHeaders(headers: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    const field = `headers.${name}`;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new InvalidInputError(field, `${JSON.stringify(name)} is no name of a header.`);
    }
    if (FRAMING.has(name.toLowerCase())) {
      throw new InvalidInputError(field, `${field} is set by the transport: leave it out.`);
    }
    checkHeaderValue(field, value, 'a value, or leave it out');
  }
}

/** A number within its bounds. */
export function checkNumber(
  field: string,
  value: unknown,
  { min, max, unit, whole = false }: { min: number; max: number; unit: string; whole?: boolean },
): number {
  const fits = typeof value === 'number' && value >= min && value <= max;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? `a whole number of ${unit}` : unit;
  throw new InvalidInputError(
    field,
    `${field} is ${String(value)}: pass ${kind} from ${min} to ${max}.`,
  );
}

/** An object of fields. Callers without types may leave it out, or pass null. */
export function checkObject<T>(field: string, value: T, meaning: string): T & object {
  if (typeof value === 'object' && value !== null) return value;
  throw new InvalidInputError(field, `${field} is missing: pass ${meaning}.`);
}

/** A signal, and not the controller that it belongs to. */
export function checkSignal(value: unknown): AbortSignal {
  if (value instanceof AbortSignal) return value;
  const hint = value instanceof AbortController ? ' Did you mean its .signal?' : '';
  throw new InvalidInputError('signal', `signal is no AbortSignal.${hint}`);
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
  if (given.includes('@')) {
    throw new InvalidInputError(field, `${field} holds a user name or password; leave them out.`);
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const message = `${field} ${JSON.stringify(given)} is no origin: write it like https://platform.adobe.io.`;
    throw new InvalidInputError(field, message);
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

/**
 * A path of a file in a batch, as it goes on the wire: slashes as they are, each part between them
 * percent-encoded.
 * @throws {InvalidInputError} for an empty part, `.` and `..`, which a URL would silently rewrite.
 */
export function encodeFilePath(path: unknown): string {
  if (typeof path !== 'string' || path === '') {
    throw new InvalidInputError('path', 'path is missing: pass the path of the file in the batch.');
  }
  const encoded = path.split('/').map((part) => {
    if (part === '' || part === '.' || part === '..') {
      const message = `path ${JSON.stringify(path)} has the part ${JSON.stringify(part)}: write it without leading, doubled or trailing slashes, "." and "..".`;
      throw new InvalidInputError('path', message);
    }
    try {
      return encodeURIComponent(part);
    } catch {
      const message = `path ${JSON.stringify(path)} holds half a character (a lone surrogate).`;
      throw new InvalidInputError('path', message);
    }
  });
  return encoded.join('/');
}
