let last: Promise<unknown> = Promise.resolve();

/**
 * Imports what is needed only now, one after another: in Jest an import fails that needs a module which another one is
 * just linking. Each call passes its own `import()`, which bundlers have to see.
 */
export function importLate<T>(load: () => Promise<T>): Promise<T> {
  const next = last.then(load, load);
  last = next;
  return next;
}
