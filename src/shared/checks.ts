/** Checks of single values: each returns the value, or throws an error that names the field. */
import { isProxy } from 'node:util/types';
import { InvalidInputError } from './errors.js';
import { notify } from './notify.js';
import { type Check, describeKind, invalid } from './options.js';

/** Visible ASCII, with single spaces inside: what a header of ours may hold. */
const HEADER_VALUE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
/** An id is one path segment: nothing in it may end the segment or the path. */
const NOT_IN_AN_ID = /[\s/\\?#%\p{Cc}\p{Cs}]/u;
/** `$` is valid in an id, and `${…}` is a template that was never filled in. */
const UNFILLED = /\$\{/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A value that is there and can stand in a header. It is never quoted: it may be a secret. */
export function checkHeaderValue(field: string, value: unknown, meaning: string): string {
  if (typeof value !== 'string' || value === '') {
    const message = `Invalid ${field}: expected ${meaning}, received ${describeKind(value)}.`;
    throw new InvalidInputError(field, message);
  }
  if (!HEADER_VALUE.test(value)) {
    const message =
      `Invalid ${field}: it cannot be sent in a header, since it has a line break, a control character, ` +
      'a character outside ASCII, or a space at one of its ends. Was a newline read with it?';
    throw new InvalidInputError(field, message);
  }
  return value;
}

/** A sandbox name: there is no default, since the platform's own would be production. */
export function checkSandbox(value: unknown): string {
  const sandbox = checkHeaderValue('sandbox', value, 'the name of the sandbox, such as "prod"');
  if (sandbox === sandbox.toLowerCase()) return sandbox;
  const fix = `Try "${sandbox.toLowerCase()}".`;
  throw invalid('sandbox', 'a name in lower case', sandbox, fix);
}

/** Headers that say where a request ends or where it goes: only the transport sets them. */
const FRAMING = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
]);

/** Further headers of a call. @throws {InvalidInputError} for one that cannot be sent. */
export function checkHeaders(option: string, headers: unknown): void {
  if (headers === undefined || headers === null) return;
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw invalid(option, 'an object of names and values, or a Headers', headers);
  }
  const entries = headers instanceof Headers ? headers : Object.entries(headers);
  for (const [name, value] of entries) {
    if (value === undefined || value === null) continue;
    const field = `${option}.${name}`;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new InvalidInputError(field, `Invalid header name ${JSON.stringify(name)}.`);
    }
    if (FRAMING.has(name.toLowerCase())) {
      throw new InvalidInputError(
        field,
        `Invalid ${field}: the transport sets this header. Leave it out.`,
      );
    }
    checkHeaderValue(field, value, 'a header value');
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
  throw invalid(field, `a ${whole ? 'whole ' : ''}number of ${unit} from ${min} to ${max}`, value);
}

/** An option that is a number within bounds. */
export const number =
  (bounds: { min: number; max: number; unit: string; whole?: boolean }): Check<number> =>
  (field, value) =>
    checkNumber(field, value, bounds);

export const checkBoolean: Check<boolean> = (field, value) => {
  if (typeof value === 'boolean') return value;
  throw invalid(field, 'true or false', value);
};

/** Text that may be empty. */
export const checkText: Check<string> = (field, value) => {
  if (typeof value === 'string') return value;
  throw invalid(field, 'a string', value);
};

/** Text that may not be empty. */
export const checkFilledText: Check<string> = (field, value) => {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(field, 'a string that is not empty', value);
};

/** The path of a file or folder on this machine. */
export const checkLocalPath: Check<string> = (field, value) => {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  const isUrl = !isProxy(value) && value instanceof URL;
  const fix = isUrl ? 'Pass fileURLToPath(url).' : '';
  throw invalid(field, 'a path as a string', value, fix);
};

/** A function. Its type is not checked: JavaScript cannot do that. */
export const functionOption =
  <F>(): Check<F> =>
  (field, value) => {
    if (typeof value === 'function') return value as F;
    throw invalid(field, 'a function', value);
  };

/** A function that is called with events: what it throws is ignored wherever it is called. */
export const listenerOption = <Event>(): Check<(event: Event) => void> => {
  const check = functionOption<(event: Event) => unknown>();
  return (field, value) => {
    const listener = check(field, value);
    return (event) => notify(listener, event);
  };
};

/** One of a list of strings. */
export const choice =
  <const T extends string>(...values: T[]): Check<T> =>
  (field, value) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalid(field, `one of ${values.join(', ')}`, value);
  };

/** A copy of an object of fields. Callers without types may leave it out, or pass null. */
export function checkObject<T>(field: string, value: T, meaning: string): T & object {
  try {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new InvalidInputError(field, `Invalid ${field}: it cannot be read.`, { cause });
  }
  throw invalid(field, `an object with ${meaning}`, value);
}

/** A signal, and not the controller that it belongs to. */
export const checkSignal: Check<AbortSignal> = (field, value) => {
  if (value instanceof AbortSignal) return value;
  const isController = value instanceof AbortController;
  const fix = isController ? 'Pass its .signal.' : value === null ? 'Leave it out.' : '';
  throw invalid(field, 'an AbortSignal', value, fix);
};

/** Whether a value can be sent as an id. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  !NOT_IN_AN_ID.test(value) &&
  !UNFILLED.test(value) &&
  value !== '.' &&
  !value.includes('..');

/** Half a character: no URL can hold it, and JSON would arrive as another text than was sent. */
export const hasLoneSurrogate = (text: string): boolean => /\p{Cs}/u.test(text);

/** An id that is about to become a path segment. */
export const checkId: Check<string> = (field, value) => {
  if (typeof value !== 'string' || value === '') throw invalid(field, 'an id as a string', value);
  if (UNFILLED.test(value)) {
    const fix = 'Did you mean a template literal, in backticks?';
    throw invalid(field, 'an id', value, fix);
  }
  if (!isId(value)) {
    throw invalid(field, 'an id without slashes, "..", white space, and any of ? # % \\', value);
  }
  return value;
};

/** A URI that is sent as one segment of a path, all of it encoded; an id is one, too. */
export const checkUri: Check<string> = (field, value) => {
  const isUsable =
    typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) && !/^\.{1,2}$/.test(value);
  if (isUsable) return value;
  throw invalid(field, 'a URI without white space', value);
};

/** An origin such as `https://platform.adobe.io`: no path, no credentials, http on loopback only. */
export function checkOrigin(field: string, value: unknown): string {
  if (typeof value !== 'string' && !(value instanceof URL)) {
    throw invalid(field, 'an origin such as https://platform.adobe.io', value);
  }
  const given = String(value);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (given.includes('@')) {
    const message = `Invalid ${field}: expected an origin without a user name or password. Leave them out.`;
    throw new InvalidInputError(field, message);
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(field, 'an origin such as https://platform.adobe.io', given);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    const fix = `Pass ${url.origin}.`;
    throw invalid(field, 'an origin without a path or a query', given, fix);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    const fix = 'Plain http would send the access token in clear, and is for loopback only.';
    throw invalid(field, 'an https origin', url.origin, fix);
  }
  return url.origin;
}

/** A URL that notices are sent to. It is never quoted: its query, its path and its user are secrets. */
export const checkNoticeUrl: Check<string> = (field, value) => {
  const given = typeof value === 'string' || value instanceof URL ? String(value) : '';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSecure = url?.protocol === 'https:';
  if (url !== undefined && (isSecure || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))))
    return url.href;
  const received = url === undefined ? describeKind(value) : `one that begins with ${url.protocol}`;
  const message = `Invalid ${field}: expected an https URL (http on loopback alone), received ${received}.`;
  throw new InvalidInputError(field, message);
};

/**
 * A path of a file in a batch, as it goes on the wire: slashes as they are, each part between them
 * percent-encoded.
 * @throws {InvalidInputError} for an empty part, `.` and `..`, which a URL would silently rewrite.
 */
export function encodeFilePath(path: unknown): string {
  if (typeof path !== 'string' || path === '') {
    throw invalid('path', 'the path of the file in the batch', path);
  }
  const encoded = path.split('/').map((part) => {
    if (part === '' || part === '.' || part === '..') {
      const expected = 'a path without leading, doubled or trailing slashes, "." and ".."';
      throw invalid('path', expected, path);
    }
    try {
      return encodeURIComponent(part);
    } catch {
      throw invalid('path', 'whole characters', path, 'It holds a lone surrogate.');
    }
  });
  return encoded.join('/');
}
