import { expect, test } from '@jest/globals';
import { measureEntry } from '../../scripts/entry-size.js';

/** Gzipped, of what is published; `make bench-start` measures the same. A change that exceeds them has to be worth it. */
const MAX_BYTES = { all: 30_000, client: 26_500 };
/** Errors, which callers compare, and pure functions. */
const AT_ONCE =
  /^src\/(?:ingest\/(?:errors|ingest-client)|load\/(?:errors|plan-load)|preflight\/format-finding|resources\/late-upload-calls)\.ts$/;

test('the main entry imports ingests, loads, checks and uploads only when they are needed', async () => {
  const all = await measureEntry("export * from './src/index.ts'", true);
  const late = all.modules.filter((path) =>
    /^src\/(?:ingest|load|preflight|schema|sources)\/|request-checks|upload-files|-calls\.ts$|fetch-transport|oauth|error-response|tracing|unpack/.test(
      path,
    ),
  );

  expect(late.filter((path) => !AT_ONCE.test(path))).toEqual([]);
  expect(all.modules).toContain('src/http/call.ts');
});

test('a bundle of the main entry is small', async () => {
  const { gzippedBytes } = await measureEntry("export * from './dist/src/index.js'", true);
  expect(gzippedBytes).toBeLessThan(MAX_BYTES.all);
});

test('a program that takes nothing but the client gets less than all of the entry', async () => {
  const client = await measureEntry(
    "export { createBatchClient } from './dist/src/index.js'",
    true,
  );
  expect(client.gzippedBytes).toBeLessThan(MAX_BYTES.client);
});

test('neither the import nor a new client mentions what makes Node load all of its fetch', async () => {
  const mentioned = new Set<string>();
  const names = ['Headers', 'Request', 'Response', 'FormData'];
  const own = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name) ?? {});
  names.forEach((name, at) => {
    const get = () => {
      mentioned.add(name);
      return own[at]?.value ?? own[at]?.get?.call(globalThis);
    };
    Object.defineProperty(globalThis, name, { configurable: true, get });
  });
  try {
    const { createBatchClient } = await import('../../src/index.js');
    const options = { orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'k', credentials: 'the-token' };
    const client = createBatchClient({ ...options, origin: 'http://127.0.0.1:1' });
    expect([...mentioned]).toEqual([]);
    await client.batches.get('b1', { maxRetries: 0 }).catch(() => undefined);
    await client.close();
  } finally {
    names.forEach((name, at) => {
      Object.defineProperty(globalThis, name, own[at] ?? {});
    });
  }
  expect([...mentioned]).toContain('Headers');
});
