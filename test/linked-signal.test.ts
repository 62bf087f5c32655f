import { getEventListeners } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { withLinkedSignal } from '../src/shared/linked-signal.js';

/** What runs until its signal is aborted. @returns the reason. */
const waitForAbort = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason));
  });

describe('work with several signals', () => {
  test.each([0, 1])('ends with signal %i, for its reason', async (which) => {
    const controllers = [new AbortController(), new AbortController()];
    const ended = withLinkedSignal(
      controllers.map(({ signal }) => signal),
      waitForAbort,
    );
    controllers[which]?.abort('the reason');
    expect(await ended).toBe('the reason');
  });

  test('is aborted from its beginning by a signal that was', async () => {
    const signals = [new AbortController().signal, AbortSignal.abort('before')];
    expect(await withLinkedSignal(signals, waitForAbort)).toBe('before');
  });

  test('leaves no listener behind, whether it succeeds or fails', async () => {
    const { signal } = new AbortController();
    expect(await withLinkedSignal([signal], async () => 1)).toBe(1);
    const failed = withLinkedSignal([signal], async () => Promise.reject(new Error('no')));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await expect(failed).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

test('AbortSignal.any(), which keeps memory for each call at a signal that outlives it, is called nowhere', () => {
  const calls = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /^[^*/]*AbortSignal\.any\(/m.test(readFileSync(`src/${file}`, 'utf8')));
  expect(calls).toEqual([]);
});
