/**
 * Calls a listener of the caller's. What it throws, at once or later, has nowhere to go: a listener
 * never decides how a call or a batch ends.
 */
export function notify<Event>(
  listener: ((event: Event) => unknown) | undefined,
  event: Event,
): void {
  if (listener === undefined) return;
  try {
    const result = listener(event);
    // Not for an undefined result: a promise for each event costs more than the event.
    if (typeof result === 'object' && result !== null) {
      Promise.resolve(result).catch(() => undefined);
    }
  } catch {
    // As above.
  }
}
