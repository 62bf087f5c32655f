/** `Promise.withResolvers()`, which Node 20 lacks. */
export function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((kept) => {
    resolve = kept;
  });
  return { promise, resolve };
}
