import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type BatchClient,
  createBatchClient,
  IngestError,
  InvalidInputError,
  JournalError,
  LoadError,
  type LoadedFile,
  type LoadProgress,
  type LoadReceipt,
  PreflightError,
  SourceError,
  UnknownOutcomeError,
} from '../../src/index.js';
import { toBatchJournal } from '../../src/load/batch-journals.js';
import { type Fault, type Simulator, startSimulator } from '../../src/testing/index.js';
import { all, testClock } from '../support/client.js';
import { findFastFolder } from '../support/fast-folder.js';
import { type LoadCase, type LoadRun, loadCases } from '../support/load-cases.js';
import { chooseCount, givenSeed, isDeep } from '../support/scale.js';
import {
  changeFile,
  damageJournal,
  fetchBehind,
  journalDisk,
  rewrite,
} from '../support/troubles.js';

const CASES = chooseCount({ quick: 12, deep: 300 });
const SEED = givenSeed ?? (isDeep ? undefined : 1);
/** Larger files go in parts. */
const THRESHOLD = 1500;
const NO_QUIRKS = {
  identicalRangeOverlaps: false,
  headFormat: 'equals',
  catalogLagReads: 0,
  duplicateStatus: 422,
} as const;

let simulator: Simulator;
let folder = '';
let disk: Awaited<ReturnType<typeof journalDisk>>;
beforeAll(async () => {
  simulator = await startSimulator({ maxLogEntries: 1_000_000 });
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-load-property-'));
  disk = await journalDisk(folder);
});
afterAll(async () => {
  disk.restore();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lines of JSON that occur in no other file, in all about so many bytes. */
function toLines(name: string, size: number): Buffer {
  let text = '';
  for (let n = 0; text.length < size; n++) text += `{"n":"${name}-${n}"}\n`;
  return Buffer.from(text);
}

type End = 'loaded' | 'refused' | 'thrown' | 'resumed';

/** One load with all that it needs, and what has to hold of it whatever happens. */
class Trial {
  readonly id = randomUUID();
  readonly root = join(folder, this.id);
  readonly journal = join(folder, `${this.id}.journal`);
  readonly #case: LoadCase;
  readonly #start = simulator.log.length;
  /** What is in each file, by its path in the load. */
  readonly contents = new Map<string, Buffer>();
  #requests = 0;
  #last: LoadProgress | undefined;
  isChanged = false;
  wrongProgress: unknown;

  constructor(one: LoadCase) {
    this.#case = one;
    for (const [day, sizes] of one.folders.entries()) {
      for (const [part, size] of sizes.entries())
        this.contents.set(`day=${day}/${part}.jsonl`, toLines(`${this.id}-${day}-${part}`, size));
    }
  }

  get sent() {
    return simulator.log.slice(this.#start);
  }

  async prepare(): Promise<void> {
    for (const [at, [path, bytes]] of [...this.contents].entries()) {
      await mkdir(dirname(join(this.root, path)), { recursive: true });
      if (this.#isCompressed(at)) await writeFile(join(this.root, `${path}.gz`), gzipSync(bytes));
      else await writeFile(join(this.root, path), bytes);
    }
  }

  /** The file that changes is a plain one. */
  #isCompressed(at: number): boolean {
    const { compressed, change } = this.#case;
    if (compressed === 'all') return at > 0 || change === undefined;
    return compressed === 'some' && at % 2 === 1;
  }

  client({ early, abortAt }: Partial<LoadRun>): { client: BatchClient; signal: AbortSignal } {
    const controller = new AbortController();
    let requests = 0;
    const client = createBatchClient({
      ...simulator.clientOptions,
      clock: testClock(),
      maxRetries: this.#case.maxRetries,
      ...(early === undefined ? {} : { fetch: fetchBehind(early) }),
      onRequest: () => {
        if (++requests === abortAt) controller.abort();
        this.#change();
      },
    });
    return { client, signal: controller.signal };
  }

  #change(): void {
    const { change } = this.#case;
    if (change === undefined || ++this.#requests !== change.atRequest) return;
    const [path = '', bytes = Buffer.of()] = [...this.contents][0] ?? [];
    this.isChanged = true;
    changeFile(join(this.root, path), change.how, bytes);
  }

  readonly onProgress = (now: LoadProgress): void => {
    const last = this.#last;
    this.#last = now;
    const total = now.totalBytes ?? Number.POSITIVE_INFINITY;
    const isRight =
      now.transferredBytes <= total &&
      now.resumedBytes <= now.transferredBytes &&
      Math.min(now.resumedBytes, now.transferredBytes) >= 0 &&
      now.filesDone <= (now.filesTotal ?? Number.POSITIVE_INFINITY) &&
      now.batchesDone <= (now.batchesTotal ?? Number.POSITIVE_INFINITY);
    if (!isRight) this.wrongProgress ??= { last, now };
  };

  /** A success is one: every batch is loaded, and has what it should. */
  async checkLoaded(receipt: LoadReceipt, client: BatchClient): Promise<void> {
    expect([receipt.outcome, receipt.notBegun]).toEqual(['success', 0]);
    for (const { batchId } of receipt.batches) {
      expect(simulator.status(batchId)).toBe('success');
      this.#checkLimit(simulator.files(batchId).map(({ sizeBytes }) => sizeBytes));
    }
    await this.checkOnce(true);
    const files = await all(client.loadedFiles(this.journal)).catch((error: unknown) => error);
    // The journal of a batch that had ended may be damaged: it is not needed for the load.
    if (files instanceof JournalError && this.#case.damage !== undefined) return;
    if (files instanceof Error) throw files;
    const loaded = files as LoadedFile[];
    for (const { path, sha256 } of loaded) {
      const right = this.#versions(path).map(hash);
      if (sha256 !== undefined) expect(right).toContain(sha256);
    }
    expect(loaded.map(({ path }) => path).sort()).toEqual([...this.contents.keys()].sort());
    await this.#checkPacked(loaded);
  }

  /** Only a file that goes in parts is estimated; it counts as what was read of it at least. */
  #checkLimit(sizes: readonly number[]): void {
    const { compressed, limits, options } = this.#case;
    const least = (size: number) =>
      compressed === 'none' ? size : Math.min(size, options.partSizeBytes);
    const sum = sizes.reduce((total, size) => total + least(size), 0);
    if (sizes.length > 1) expect(sum).toBeLessThanOrEqual(limits.maxBatchBytes);
  }

  /** Each packed file has the lines of its originals, in their order, and nothing else. */
  async #checkPacked(loaded: readonly LoadedFile[]): Promise<void> {
    const packs = new Map<string, LoadedFile[]>();
    for (const file of loaded) {
      if (file.packed === undefined) continue;
      const key = `${file.batchId} ${file.packed.into}`;
      packs.set(key, [...(packs.get(key) ?? []), file]);
    }
    for (const members of packs.values()) {
      members.sort((a, b) => (a.packed?.firstLine ?? 0) - (b.packed?.firstLine ?? 0));
      const [first] = members;
      const stored = simulator
        .files(first?.batchId ?? '')
        .find(({ path }) => path === first?.packed?.into);
      const versions = [false, true].map((isRewritten) =>
        Buffer.concat(
          members.map(({ path }) => this.#versions(path).at(isRewritten ? -1 : 0) ?? Buffer.of()),
        ),
      );
      expect(versions.map(hash)).toContain(await stored?.sha256());
    }
  }

  /** The first file may be rewritten as a whole before its first byte is read. */
  #versions(path: string): Buffer[] {
    const bytes = this.contents.get(path) ?? Buffer.of();
    const isFirst = path === [...this.contents.keys()][0];
    return this.isChanged && isFirst ? [bytes, rewrite(bytes)] : [bytes];
  }

  /** All batches that this load created and that were completed. */
  #completed(): string[] {
    const ids = this.sent.flatMap(({ path }) => /\/import\/batches\/(\w+)/.exec(path)?.[1] ?? []);
    return [...new Set(ids)].filter((id) => {
      try {
        return !['loading', 'aborted'].includes(simulator.status(id));
      } catch {
        return false; // damaged beyond a batch that there is
      }
    });
  }

  /** Whatever was said: no row was loaded twice, nor a part of a file. */
  async checkOnce(areAllThere = false): Promise<void> {
    expect(this.wrongProgress).toBeUndefined();
    const hashes: string[] = [];
    for (const id of this.#completed()) {
      // Asked for by us; the response may have been lost.
      expect(this.sent.some(({ path }) => path.includes(`${id}?action=COMPLETE`))).toBe(true);
      for (const file of simulator.files(id)) hashes.push(await file.sha256());
    }
    expect(new Set(hashes).size).toBe(hashes.length);
    if (this.#case.packBytes !== undefined) {
      if (areAllThere) this.#expectSizes();
      return;
    }
    const right = [...this.contents.keys()].map((path) => this.#versions(path).map(hash));
    for (const one of hashes) expect(right.flat()).toContain(one);
    for (const versions of right) {
      const count = versions.filter((one) => hashes.includes(one)).length;
      expect(count).toBeLessThanOrEqual(1);
      if (areAllThere) expect(count).toBe(1);
    }
  }

  /** Packed files have the bytes of their originals, each line of which is its own. */
  #expectSizes(): void {
    const stored = this.#completed().flatMap((id) => simulator.files(id));
    const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
    expect(sum(stored.map(({ sizeBytes }) => sizeBytes))).toBe(
      sum([...this.contents.values()].map(({ length }) => length)),
    );
  }
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Runs the load or, where it has a journal, its resume. */
async function runOnce(trial: Trial, one: LoadCase, run: Partial<LoadRun>, isFirst: boolean) {
  const { client, signal } = trial.client(run);
  const { onProgress, journal } = trial;
  try {
    simulator.faults.set(...((run.faults ?? []) as Fault[]));
    disk.fillAt(run.diskFullAt);
    const { onFailure, ...options } = one.options;
    const shared = {
      onProgress,
      signal,
      maxPartRetries: one.maxRetries,
      ...(onFailure === undefined ? {} : { onFailure }),
    };
    const result = isFirst
      ? client.load(trial.root, {
          ...options,
          ...shared,
          ...one.limits,
          datasetId: 'd1',
          journal,
          largeFileThresholdBytes: THRESHOLD,
          batchConcurrency: one.batchConcurrency,
          ...(one.packBytes === undefined ? {} : { pack: true, packBytes: one.packBytes }),
        })
      : client.resumeLoad(journal, shared);
    const ended = await result.catch((error: unknown) => error);
    disk.fillAt(undefined);
    if (!(ended instanceof Error) && (ended as LoadReceipt).outcome === 'success')
      await trial.checkLoaded(ended as LoadReceipt, client);
    return ended;
  } finally {
    disk.fillAt(undefined);
    await client.close();
  }
}

const isLoaded = (ended: unknown): boolean =>
  !(ended instanceof Error) && (ended as LoadReceipt).outcome === 'success';

async function play(one: LoadCase): Promise<End> {
  const trial = new Trial(one);
  await trial.prepare();
  Object.assign(simulator.quirks, one.quirks);
  try {
    const [first, ...resumes] = one.runs;
    let ended = await runOnce(trial, one, first ?? {}, true);
    if (isLoaded(ended)) return 'loaded';
    if (!(ended instanceof LoadError) && ended instanceof Error) {
      expectRefusal(ended, first);
      expect(trial.sent.filter(({ operation }) => operation !== 'getToken')).toEqual([]);
      return 'refused';
    }
    for (const run of resumes) {
      if (!existsSync(trial.journal)) return endWithoutJournal(ended);
      ended = await runOnce(trial, one, run, false);
      if (isLoaded(ended)) return 'resumed';
    }
    if (!existsSync(trial.journal)) return endWithoutJournal(ended);
    const { damage } = one;
    if (damage !== undefined) await damageOne(trial.journal, damage);
    Object.assign(simulator.quirks, NO_QUIRKS);
    for (let look = 0; look < 3; look++) {
      ended = await runOnce(trial, one, {}, false);
      if (isLoaded(ended)) return 'resumed';
    }
    expectReason(trial, one, ended);
    return 'thrown';
  } finally {
    simulator.faults.set();
    Object.assign(simulator.quirks, NO_QUIRKS);
    await trial.checkOnce();
    for (const path of [trial.root, trial.journal, `${trial.journal}.batches`])
      await rm(path, { recursive: true, force: true });
  }
}

/** Before anything was sent. */
function expectRefusal(error: Error, run: LoadRun | undefined): void {
  const isRefusal =
    error instanceof PreflightError ||
    (error instanceof JournalError && run?.diskFullAt !== undefined) ||
    (run?.abortAt !== undefined && error.name === 'AbortError');
  if (!isRefusal) throw error;
}

/** No batch was created, so there is nothing to be resumed. */
function endWithoutJournal(ended: unknown): End {
  expect(ended).toBeInstanceOf(LoadError);
  expect(ended).toMatchObject({ journal: undefined, batch: 'none' });
  return 'thrown';
}

const damageOne = (journal: string, { batch, where }: NonNullable<LoadCase['damage']>) =>
  damageJournal(batch === 0 ? journal : toBatchJournal(journal, batch), where);

/** A resume that meets nothing more has to load the rest, unless a file or a journal is not what it was. */
function expectReason({ isChanged }: Trial, { damage, runs }: LoadCase, ended: unknown): void {
  const isDamaged = damage !== undefined || runs.some(({ diskFullAt }) => diskFullAt !== undefined);
  const causes = ended instanceof LoadError ? ended.failed.map(({ error }) => error) : [ended];
  for (const error of causes) {
    const cause = error instanceof IngestError ? error.cause : error;
    const mayThrow =
      (cause instanceof SourceError && isChanged) ||
      (isDamaged &&
        [JournalError, InvalidInputError, IngestError, UnknownOutcomeError].some(
          (Class) => cause instanceof Class || error instanceof Class,
        ));
    if (!mayThrow) throw error;
  }
}

test('whatever goes wrong, a load of several batches ends in one of four ways, and every byte is loaded once', async () => {
  const ends = { loaded: 0, refused: 0, thrown: 0, resumed: 0 };
  await fc.assert(
    fc.asyncProperty(loadCases, async (one) => {
      ends[await play(one)]++;
    }),
    { numRuns: CASES, ...(SEED === undefined ? {} : { seed: SEED }) },
  );
  expect(simulator.violations).toEqual([]);
  // Each way was really taken, unless CASES is small.
  if (CASES >= 50)
    expect(Math.min(ends.loaded, ends.thrown, ends.resumed)).toBeGreaterThan(CASES / 100);
}, 900_000);
