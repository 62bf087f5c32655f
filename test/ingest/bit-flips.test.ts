import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createBatchClient,
  IngestError,
  InvalidInputError,
  JournalError,
  type Receipt,
} from '../../src/index.js';
import { createRandom } from '../../src/shared/random.js';
import { type Simulator, startSimulator } from '../../src/testing/index.js';
import { testClock } from '../support/client.js';
import { findFastFolder } from '../support/fast-folder.js';
import { chooseCount, givenSeed } from '../support/scale.js';

const FLIPS = chooseCount({ quick: 60, deep: 2000 });
const SIZES = [900, 2500, 0];
const OPTIONS = { datasetId: 'd1', largeFileThresholdBytes: 1000, partSizeBytes: 1000 };

let simulator: Simulator;
let folder = '';
let paths: string[] = [];
let hashes: string[] = [];
beforeAll(async () => {
  simulator = await startSimulator();
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-flips-'));
  const contents = SIZES.map((size, n) => `{"n":${n},"x":"${'x'.repeat(size)}"}\n`);
  paths = contents.map((_, n) => join(folder, `${n}.jsonl`));
  hashes = contents.map((text) => createHash('sha256').update(text).digest('hex')).sort();
  await Promise.all(paths.map((path, n) => writeFile(path, contents[n] ?? '')));
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A client that breaks its work off at the nth request. */
function clientUntil(stopAt: number) {
  const stop = new AbortController();
  let requests = 0;
  const client = createBatchClient({
    ...simulator.clientOptions,
    clock: testClock(),
    maxRetries: 0,
    onRequest: () => {
      if (++requests === stopAt) stop.abort(new Error('stopped'));
    },
  });
  return { client, signal: stop.signal };
}

async function ingestUntil(stopAt: number, journal: string): Promise<void> {
  const { client, signal } = clientUntil(stopAt);
  await client
    .ingest(paths, { ...OPTIONS, concurrency: 1 + (stopAt % 3), journal, signal })
    .catch(() => undefined);
  await client.close();
}

async function resumeUntil(stopAt: number, journal: string): Promise<Receipt | unknown> {
  const { client, signal } = clientUntil(stopAt);
  const result = await client.resume(journal, { signal }).catch((error: unknown) => error);
  await client.close();
  return result;
}

/** The batches that were loaded since, each with what is in it. */
async function loadedSince(start: number): Promise<{ id: string; hashes: string[] }[]> {
  const ids = simulator.log.slice(start).flatMap(({ path, status }) => {
    const id = /batches\/(\w+)\?action=COMPLETE/.exec(path)?.[1];
    return id !== undefined && status === 200 ? [id] : [];
  });
  const loaded = [];
  for (const id of new Set(ids)) {
    const all = await Promise.all(simulator.files(id).map((file) => file.sha256()));
    loaded.push({ id, hashes: all.sort() });
  }
  return loaded;
}

test('a journal with one flipped bit loads the right bytes once, or ends in a clear error', async () => {
  const random = createRandom(givenSeed ?? 11);
  const below = (limit: number) => Math.floor(random() * limit);
  const ends = { loaded: 0, refused: 0, broke: 0 };
  let flips = 0;
  for (let round = 0; flips < FLIPS; round++) {
    const journal = join(folder, `journal-${round}`);
    const start = simulator.log.length;
    await ingestUntil(2 + below(16), journal);
    if (random() < 0.3) await resumeUntil(2 + below(8), journal);
    let bytes = await readFile(journal).catch(() => undefined);
    if (bytes === undefined) continue; // stopped before there was a journal
    // As it is after a kill: nothing says that the process let it go.
    if (random() < 0.5) bytes = bytes.subarray(0, bytes.lastIndexOf('\n', bytes.length - 2) + 1);
    for (let isUntouched = true; isUntouched && flips < FLIPS; flips++) {
      const changed = Buffer.from(bytes);
      const at = below(changed.length);
      const bit = 1 << below(8);
      changed[at] = (changed[at] ?? 0) ^ bit;
      await writeFile(journal, changed);
      const before = simulator.log.length;
      const result = await resumeUntil(Number.POSITIVE_INFINITY, journal);
      isUntouched = simulator.log.length === before;

      const loaded = await loadedSince(start);
      const where = `round ${round}, byte ${at}, bit ${bit}`;
      expect([where, loaded.every((one) => one.hashes.join() === hashes.join())]).toEqual([
        where,
        true,
      ]);
      expect([where, loaded.length]).toEqual([where, Math.min(loaded.length, 1)]);
      if (result instanceof Error) {
        const isClear = [JournalError, InvalidInputError, IngestError].some(
          (Class) => result instanceof Class,
        );
        expect([where, isClear ? '' : result]).toEqual([where, '']);
        if (isUntouched) ends.refused++;
        else ends.broke++;
      } else {
        const { outcome, batchId, files } = result as Receipt;
        expect([where, outcome, loaded[0]?.id]).toEqual([where, 'success', batchId]);
        expect(files.map(({ sha256 }) => sha256).sort()).toEqual(hashes);
        ends.loaded++;
      }
    }
    await rm(journal);
  }
  expect(simulator.violations).toEqual([]);
  expect(ends.loaded).toBeGreaterThan(FLIPS / 100);
  expect(ends.refused).toBeGreaterThan(FLIPS / 2);
}, 120_000);
