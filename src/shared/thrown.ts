/** Reading what was thrown: any value, from any realm, with getters that may throw. */
import { isNativeError, isProxy } from 'node:util/types';

/** An error may be its own cause, by way of others. */
const MAX_CAUSES = 8;
/** A `name` and a `message` that are strings: `DOMException` is one, and errors of another realm. */
export function isErrorLike(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (isNativeError(value)) return true;
  return typeof read(value, 'message') === 'string' && typeof read(value, 'name') === 'string';
}

/** A property, or `undefined` where it cannot be read. */
export function read(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

const NOT_AN_ERROR = 'a value was thrown that is not an error';

/** The message of the innermost cause (`fetch failed` alone says nothing), and never an empty one. */
export function describeThrown(thrown: unknown, causes = MAX_CAUSES): string {
  if (thrown === undefined || thrown === null) return 'it was rejected without a reason';
  if (typeof thrown === 'string')
    return thrown === '' ? 'it was rejected without a reason' : thrown;
  if (typeof thrown === 'function') return NOT_AN_ERROR; // its text is its source, or a trap that throws
  if (typeof thrown !== 'object') return String(thrown);
  const cause = read(thrown, 'cause');
  if (causes > 0 && isErrorLike(cause)) return describeThrown(cause, causes - 1);
  return findMessage(thrown, causes);
}

function findMessage(thrown: object, causes: number): string {
  const members = read(thrown, 'errors');
  const message = read(thrown, 'message');
  if (typeof message === 'string' && message !== '') return message;
  if (causes > 0 && !isProxy(members) && Array.isArray(members) && members.length > 0) {
    return members
      .slice(0, MAX_CAUSES)
      .map((one) => describeThrown(one, causes - 1))
      .join('; ');
  }
  const [code, name] = [read(thrown, 'code'), read(thrown, 'name')];
  if (typeof code === 'string' && code !== '') return code;
  if (typeof name === 'string' && name !== '') return name;
  return NOT_AN_ERROR;
}

/** The system's error code, also where it is inside a cause. */
export function systemCode(error: unknown, causes = MAX_CAUSES): string | undefined {
  if (typeof error !== 'object' || error === null || isProxy(error) || causes === 0) {
    return undefined;
  }
  const code = read(error, 'code');
  return typeof code === 'string' ? code : systemCode(read(error, 'cause'), causes - 1);
}
