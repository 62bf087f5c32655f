import { isNativeError, isProxy } from 'node:util/types';

/**
 * Calls a listener of the caller's. A listener never decides how a call or a batch ends: it gets a
 * copy of the event, and what it throws, at once or later, has nowhere to go.
 */
export function notify<Event>(
  listener: ((event: Event) => unknown) | undefined,
  event: Event,
): void {
  if (listener === undefined) return;
  notifyOfCopy(listener, isCopied(event) ? copyEvent(event) : event);
}

/** The same for an event that was made for this listener, with all in it: to copy it would cost more than to make it. */
export function notifyOfCopy<Event>(
  listener: ((event: Event) => unknown) | undefined,
  event: Event,
): void {
  try {
    const result = listener?.(event);
    // Not for an undefined result: a promise for each event costs more than the event.
    if (typeof result === 'object' && result !== null) {
      Promise.resolve(result).catch(() => undefined);
    }
  } catch {
    // As above.
  }
}

/** Copies an event with all plain objects, arrays and errors in it, which may be each other's causes. */
function copyEvent<Event extends object>(event: Event): Event {
  const copy = { ...event };
  // Most events hold plain values alone.
  if (!Object.values(copy).some(isCopied)) return copy;
  const copies = new Map<object, object>();
  const take = (value: unknown): unknown => {
    if (!isCopied(value)) return value;
    const known = copies.get(value) ?? createLike(value);
    copies.set(value, known);
    return known;
  };
  for (const [name, value] of Object.entries(copy)) Object.assign(copy, { [name]: take(value) });
  // No recursion: a batch may be nested to any depth. The map grows while it is iterated.
  for (const [from, to] of copies) copyProperties(from, to, take);
  return copy;
}

/** Objects of any other class stay: they are immutable, or the caller's own. */
function isCopied(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false;
  if (Array.isArray(value)) return true;
  if (isNativeError(value)) return !(value instanceof DOMException); // its fields are of its class
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function createLike(value: object): object {
  if (Array.isArray(value)) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  const base = isNativeError(value) ? new Error() : {};
  return Object.setPrototypeOf(base, prototype as object | null);
}

/** As plain values, whatever they are: in some engines the `stack` of an error is a getter. */
function copyProperties(from: object, to: object, take: (value: unknown) => unknown): void {
  for (const key of Reflect.ownKeys(from)) {
    const enumerable = Object.prototype.propertyIsEnumerable.call(from, key);
    const value = take(Reflect.get(from, key));
    const configurable = !(Array.isArray(to) && key === 'length');
    Object.defineProperty(to, key, { value, enumerable, writable: true, configurable });
  }
}
