import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { type Play, useServer } from './support/server.js';

const server = useServer();
const BATCH = { b1: { status: 'success' } };
const CALLS = 10;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How many of the objects are still kept, after time enough for garbage to be collected. */
async function countKept(references: readonly WeakRef<object>[]): Promise<number> {
  let kept = references;
  for (let turn = 0; turn < 5 && kept.length > 0; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    kept = kept.filter((reference) => reference.deref() !== undefined);
  }
  return kept.length;
}

test.each<[string, Play[]]>([
  ['a success', [BATCH]],
  ['a retry', [503, BATCH]],
])('a client keeps nothing of calls that ended with %s', async (_, plays) => {
  const client = clientFor(server.origin, { clock: testClock() });
  const signals: WeakRef<AbortSignal>[] = [];
  for (let call = 0; call < CALLS; call++) {
    const { signal } = new AbortController();
    signals.push(new WeakRef(signal));
    server.play(...plays);
    await thrownBy(client.batches.get('b1', { signal }));
  }

  // The connection may still refer to the last of them.
  expect(await countKept(signals)).toBeLessThan(CALLS / 2);
  await client.close();
});
