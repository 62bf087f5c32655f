import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  AlreadyLoadingError,
  type BatchClient,
  createBatchClient,
  IngestError,
  type IngestOptions,
} from '../../src/index.js';
import { planIngest } from '../../src/ingest/plan.js';
import { readOwner } from '../../src/resources/owner-tag.js';
import { type Fault, type Simulator, startSimulator } from '../../src/testing/index.js';
import { all, testClock } from '../support/client.js';
import { findFastFolder } from '../support/fast-folder.js';
import { chooseCount, givenSeed, isDeep } from '../support/scale.js';

const CASES = chooseCount({ quick: 24, deep: 200 });
const SEED = givenSeed ?? (isDeep ? undefined : 1);

let simulator: Simulator;
let folder = '';
beforeAll(async () => {
  simulator = await startSimulator();
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-load-once-'));
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

const upTo = (max: number, min = 1) => fc.integer({ min, max });
const operation = fc.constantFrom<Fault['when']['operation']>(
  'createBatch',
  'listBatches',
  'uploadFile',
  'batchAction',
  'getBatch',
);
const delay = fc.record({
  when: fc.record({ operation, nth: upTo(8) }),
  then: fc.record({ delayMs: upTo(12) }),
});
const failure = fc.record({
  when: fc.record({ operation, nth: upTo(8) }),
  then: fc.constantFrom<Fault['then']>(
    'reset',
    'reset-after-applying',
    { status: 503 },
    { status: 403 },
    ...[{ status: 500, afterApplying: true }, { status: 400 }],
  ),
});
const cases = fc.record({
  ingests: upTo(3, 2),
  delays: fc.array(delay, { maxLength: 8 }),
  failures: fc.array(failure, { maxLength: 4 }),
  withJournal: fc.boolean(),
  force: fc.boolean(),
  /** A batch with the first number that was not loaded, and that the Catalog may not list yet. */
  earlier: fc.constantFrom(undefined, 'aborted', 'failed'),
  quirks: fc.record({
    duplicateStatus: fc.constantFrom(201, 400, 409, 422),
    catalogLagReads: upTo(6, 0),
  } as const),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const delayed = (
  operation: 'createBatch' | 'uploadFile' | 'batchAction' | 'getBatch',
  nth: number,
  delayMs: number,
) => ({ when: { operation, nth }, then: { delayMs } });
/** Cases that loaded twice. */
const FOUND: [Case][] = [
  [
    {
      ingests: 3,
      failures: [],
      withJournal: false,
      force: false,
      earlier: 'failed',
      delays: [
        ...[delayed('batchAction', 5, 7), delayed('uploadFile', 3, 3), delayed('getBatch', 8, 5)],
        ...[delayed('createBatch', 2, 4), delayed('createBatch', 1, 10)],
      ],
      quirks: { duplicateStatus: 201, catalogLagReads: 2 },
    },
  ],
];

const NO_QUIRKS = { duplicateStatus: 422, catalogLagReads: 0 } as const;
let count = 0;

/** Several ingests of one file, from the start to their ends. */
class Trial {
  readonly #case: Case;
  readonly #datasetId = `dataset-${++count}`;
  readonly path = join(folder, `${count}.jsonl`);
  readonly #client: BatchClient = createBatchClient({
    ...simulator.clientOptions,
    clock: testClock(),
  });
  readonly ends: string[] = [];

  constructor(one: Case) {
    this.#case = one;
  }

  #options(more: Partial<IngestOptions>): IngestOptions {
    return { datasetId: this.#datasetId, skipLoaded: true, ...more };
  }

  async run(): Promise<void> {
    const { ingests, delays, failures, quirks } = this.#case;
    await writeFile(this.path, '{"n":1}\n');
    Object.assign(simulator.quirks, quirks);
    await this.#prepareEarlier();
    simulator.faults.set(...delays, ...(failures as Fault[]));
    await Promise.all(Array.from({ length: ingests }, (_, index) => this.#ingest(index)));
    simulator.faults.set();
    await this.#expectLoaded(0);
    Object.assign(simulator.quirks, NO_QUIRKS);
    for (let index = 0; index < ingests; index++) await this.#resume(index);
    await this.#expectLoaded(0);
    // What is left is a batch that nobody goes on with; once it is aborted, the files are loaded once.
    for (const { id, status } of await this.#batches())
      if (status === 'loading') await this.#client.batches.abort(id);
    await this.#client.ingest(this.path, this.#options({}));
    await this.#expectLoaded(1);
  }

  async #prepareEarlier(): Promise<void> {
    const { earlier } = this.#case;
    if (earlier === undefined) return;
    const request = await findRequest(this.path, this.#datasetId);
    const { id } = await this.#client.batches.create(request);
    if (earlier === 'aborted') await this.#client.batches.abort(id);
    else await this.#client.batches.fail(id);
  }

  #journal = (index: number) => `${this.path}.${index}.journal`;

  async #ingest(index: number): Promise<void> {
    const { withJournal, force } = this.#case;
    const journal = withJournal ? { journal: this.#journal(index) } : {};
    const end = await this.#client
      .ingest(this.path, this.#options({ ...journal, force }))
      .catch((error: unknown) => error as Error);
    this.ends.push(end instanceof Error ? end.name : end.outcome);
    if (!(end instanceof Error)) return expect(['success', 'skipped']).toContain(end.outcome);
    expect([AlreadyLoadingError, IngestError].some((Class) => end instanceof Class)).toBe(true);
  }

  async #resume(index: number): Promise<void> {
    if (!existsSync(this.#journal(index))) return;
    await this.#client.resume(this.#journal(index)).catch((error: unknown) => {
      if (!(error instanceof AlreadyLoadingError)) throw error;
    });
  }

  #batches = () => all(this.#client.batches.list({ dataSet: this.#datasetId }));

  /** A forced ingest loads again what another one has just completed, under a number of its own. */
  async #expectLoaded(least: number): Promise<void> {
    const { force, ingests } = this.#case;
    const batches = await this.#batches();
    const loaded = batches.filter(
      ({ status }) => !['loading', 'aborted', 'failed'].includes(status),
    );
    expect(loaded.length).toBeGreaterThanOrEqual(least);
    expect(loaded.length).toBeLessThanOrEqual(force ? ingests : 1);
    const externalIds = loaded.map(({ externalId }) => externalId);
    expect(new Set(externalIds).size).toBe(loaded.length);
    // An ingest, forced or not, loads its own files once.
    expect(new Set(loaded.map(readOwner)).size).toBe(loaded.length);
  }

  async close(): Promise<void> {
    Object.assign(simulator.quirks, NO_QUIRKS);
    simulator.faults.set();
    await this.#client.close();
  }
}

/** The request that the first ingest of the file makes. */
async function findRequest(path: string, datasetId: string) {
  const target = { origin: simulator.origin, orgId: 'SIMULATOR@AdobeOrg', sandbox: 'dev' };
  const { request } = await planIngest(path, { datasetId, skipLoaded: true }, target);
  return request;
}

test('however several ingests of the same files interleave, and whatever fails, they are loaded once', async () => {
  const ends: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const trial = new Trial(one);
      try {
        await trial.run();
      } finally {
        await trial.close();
      }
      for (const end of trial.ends) ends[end] = (ends[end] ?? 0) + 1;
    }),
    { numRuns: CASES, examples: FOUND, ...(SEED === undefined ? {} : { seed: SEED }) },
  );
  expect(simulator.violations).toEqual([]);
  // Each end was really met.
  for (const end of ['success', 'skipped', 'AlreadyLoadingError', 'IngestError'])
    expect(ends[end]).toBeGreaterThan(CASES / 20);
}, 300_000);
