/** Copied as `rows.jest.cjs`, for jest with its globals, which runs CommonJS by default. */
globalThis.test('rows are loaded', async () => {
  const { loadRows } = await import('./pipeline.mjs');
  await loadRows();
});
