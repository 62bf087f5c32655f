import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ClientOptions,
  createBatchClient,
  IngestError,
  type IngestProgress,
  type IngestSource,
  InvalidInputError,
  JournalError,
  PreflightError,
  type Receipt,
  SourceError,
  UnknownOutcomeError,
} from '../../src/index.js';
import { type Fault, type Simulator, startSimulator } from '../../src/testing/index.js';
import { HOST, startBadProxy } from '../support/bad-proxy.js';
import { testClock } from '../support/client.js';
import { findFastFolder } from '../support/fast-folder.js';
import { type Case, cases } from '../support/property-cases.js';
import { chooseCount, givenSeed, isDeep } from '../support/scale.js';
import {
  changeFile,
  damageJournal,
  fetchBehind,
  journalDisk,
  removeAll,
  rewrite,
  toFaults,
} from '../support/troubles.js';

const CASES = chooseCount({ quick: 30, deep: 1000 });
/** All runs together draw new cases; a quick one is the same every time. */
const SEED = givenSeed ?? (isDeep ? undefined : 1);
const THRESHOLD = 1500;

let simulator: Simulator;
let folder = '';
let disk: Awaited<ReturnType<typeof journalDisk>>;
beforeAll(async () => {
  simulator = await startSimulator({ allowedHosts: [HOST] });
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-property-'));
  disk = await journalDisk(folder);
});
afterAll(async () => {
  disk.restore();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** JSON Lines of exactly so many bytes, no two lines alike. */
function toLines(size: number): Buffer {
  const line = (n: number) => `{"n":"${String(n).padStart(20, '0')}"}\n`;
  let text = '';
  for (let n = 0; text.length + 2 * line(0).length <= size; n++) text += line(n);
  const rest = size - text.length;
  if (rest > 0) text += `{"x":"${'y'.repeat(Math.max(0, rest - 8))}"}`;
  return Buffer.from(text);
}
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** One ingest with all that it needs, and what has to hold of it whatever happens. */
class Trial {
  readonly id = randomUUID();
  readonly journal = join(folder, `${this.id}.journal`);
  readonly contents: Buffer[];
  readonly paths: string[];
  readonly #case: Case;
  readonly #start = simulator.log.length;
  #progress: IngestProgress | undefined;
  #requests = 0;
  #proxy: Awaited<ReturnType<typeof startBadProxy>> | undefined;
  isChanged = false;

  constructor(one: Case) {
    this.#case = one;
    this.contents = (one.kind === 'bytes' ? one.sizes.slice(0, 1) : one.sizes).map(toLines);
    this.paths = this.contents.map((_, index) => join(folder, `${this.id}-${index}.jsonl`));
  }

  get sent() {
    return simulator.log.slice(this.#start);
  }

  async source(): Promise<IngestSource> {
    await Promise.all(this.paths.map((path, at) => writeFile(path, this.contents[at] ?? '')));
    const { kind } = this.#case;
    if (kind === 'files') return this.paths;
    if (kind === 'bytes')
      return { name: `${this.id}-0.jsonl`, bytes: this.contents[0] ?? Buffer.of() };
    const all = Buffer.concat(this.contents.map((text) => Buffer.from(`${`${text}`.trimEnd()}\n`)));
    return {
      jsonLines: (async function* () {
        for (let at = 0; at < all.length; at += 200) yield all.subarray(at, at + 200);
      })(),
    };
  }

  /** How the simulator is called: some cases through a proxy, unless they bring a fetch of their own. */
  async connect(): Promise<void> {
    const { early, proxy } = this.#case;
    if (proxy === undefined || early !== undefined) return;
    this.#proxy = await startBadProxy(simulator.clientOptions, proxy);
  }

  get clientOptions(): ClientOptions {
    return this.#proxy?.options ?? simulator.clientOptions;
  }

  /** A resume meets no more bad replies, as it meets no more faults of the simulator. */
  healProxy(): void {
    this.#proxy?.heal();
  }

  async disconnect(): Promise<void> {
    await this.#proxy?.stop();
  }

  client() {
    const { early, maxRetries } = this.#case;
    return createBatchClient({
      ...this.clientOptions,
      clock: testClock(),
      maxRetries,
      ...(early === undefined ? {} : { fetch: fetchBehind(early) }),
      onRequest: () => this.#onRequest(),
    });
  }

  #onRequest(): void {
    const { change, kind } = this.#case;
    if (change === undefined || ++this.#requests !== change.atRequest || kind !== 'files') return;
    this.isChanged = true;
    changeFile(this.paths[0] ?? '', change.how, this.contents[0] ?? Buffer.of());
  }

  /** Within a batch accepted bytes never fall, and nothing is ever beyond what there is. */
  readonly onProgress = (now: IngestProgress): void => {
    const last = this.#progress;
    this.#progress = now;
    const total = now.totalBytes ?? Number.POSITIVE_INFINITY;
    const isRight =
      now.transferredBytes <= total &&
      now.resumedBytes + now.sentBytes <= total &&
      now.resumedBytes <= now.transferredBytes &&
      Math.min(now.resumedBytes, now.sentBytes) >= 0 &&
      now.filesDone <= (now.filesTotal ?? Number.POSITIVE_INFINITY) &&
      (last === undefined ||
        last.batchId !== now.batchId ||
        now.transferredBytes >= last.transferredBytes);
    if (!isRight) this.wrongProgress ??= { last, now };
  };
  wrongProgress: unknown;

  async checkLoaded(receipt: Receipt): Promise<void> {
    expect(receipt.outcome).toBe('success');
    await this.#checkBytes(receipt.batchId);
    for (const { path, sha256: recorded, parts, sizeBytes } of receipt.files) {
      const there = simulator.files(receipt.batchId).find((file) => file.path === path);
      expect(there?.sizeBytes).toBe(sizeBytes);
      if (recorded !== undefined) expect(await there?.sha256()).toBe(recorded);
      let at = 0;
      for (const { start, end } of parts ?? []) {
        expect(start).toBe(at);
        at = end;
      }
      if (parts !== undefined) expect(at).toBe(sizeBytes);
    }
    expect(this.#progress).toMatchObject({ phase: 'done', filesDone: receipt.files.length });
  }

  async #checkBytes(batchId: string): Promise<void> {
    const files = simulator.files(batchId);
    const hashes = await Promise.all(files.map((file) => file.sha256()));
    if (this.#case.kind !== 'stream') {
      // A file that is rewritten as a whole before its first byte is read is loaded as it is then: what
      // must never be loaded is a mixture of both.
      const [first = Buffer.of(), ...others] = this.contents;
      const firsts = this.isChanged ? [first, rewrite(first)] : [first];
      const right = firsts.map((one) => [one, ...others].map(sha256).sort().join());
      expect(right).toContain([...hashes].sort().join());
      return;
    }
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    expect(bytes).toBe(
      this.contents.reduce((sum, text) => sum + `${text}`.trimEnd().length + 1, 0),
    );
  }

  /** Whatever was said: at most one batch was loaded, and it holds the right bytes. */
  async checkOnce(): Promise<void> {
    expect(this.wrongProgress).toBeUndefined();
    const ids = this.sent.flatMap(({ path }) => /\/import\/batches\/(\w+)/.exec(path)?.[1] ?? []);
    const loaded = [...new Set(ids)].filter((id) => {
      try {
        return !['loading', 'aborted'].includes(simulator.status(id));
      } catch {
        return false; // damaged beyond a batch that there is
      }
    });
    expect(loaded.length).toBeLessThanOrEqual(1);
    for (const id of loaded) await this.#checkBytes(id);
  }

  /** The end of the first call: nothing more to do, or a journal to resume. */
  checkThrown(error: IngestError): void {
    const { batch, batchId = '' } = error;
    if (batch === 'aborted') expect(simulator.status(batchId)).toBe('aborted');
    if (batch === 'kept') expect(['loading', 'aborted']).toContain(simulator.status(batchId));
    if (batch === 'completed') expect(simulator.status(batchId)).not.toBe('loading');
    expect(error.stateUnknown).toBe(batch === 'unknown');
  }
}

type End = 'loaded' | 'refused' | 'thrown' | 'resumed';

async function play(one: Case): Promise<End> {
  const trial = new Trial(one);
  const { sizes, options, withJournal, maxRetries, faults, outages, damage, diskFullAt } = one;
  Object.assign(simulator.quirks, one.quirks);
  const { onFailure, ...rest } = options;
  const source = await trial.source();
  simulator.faults.set(...(faults as Fault[]), ...outages.flatMap(toFaults));
  await trial.connect();
  const client = trial.client();
  try {
    disk.fillAt(diskFullAt);
    const result = await client
      .ingest(source, {
        ...rest,
        datasetId: 'd1',
        largeFileThresholdBytes: THRESHOLD,
        maxPartRetries: maxRetries,
        onProgress: trial.onProgress,
        ...(withJournal ? { journal: trial.journal } : {}),
        ...(onFailure === undefined ? {} : { onFailure }),
      })
      .catch((error: unknown) => error);
    disk.fillAt(undefined);
    if (!(result instanceof Error)) {
      await trial.checkLoaded(result as Receipt);
      return 'loaded';
    }
    if (!(result instanceof IngestError)) {
      const isRefusal =
        (result instanceof PreflightError && sizes.includes(0)) ||
        (result instanceof JournalError && diskFullAt !== undefined) ||
        (result instanceof InvalidInputError && sizes.every((bytes) => bytes === 0));
      if (!isRefusal) throw result;
      expect(trial.sent).toEqual([]);
      return 'refused';
    }
    trial.checkThrown(result);
    if (!withJournal) return 'thrown';
    if (!existsSync(trial.journal)) {
      // No batch was created, or that of a stream was lost: there is nothing that a resume could continue.
      expect(result.journal).toBeUndefined();
      if (one.kind !== 'stream') expect(result.batch).toBe('none');
      return 'thrown';
    }
    if (damage !== undefined) await damageJournal(trial.journal, damage);
    return await resume(trial, one);
  } finally {
    await client.close();
    await trial.disconnect();
    await trial.checkOnce();
    await removeAll([...trial.paths, trial.journal, `${trial.journal}.spool`]);
  }
}

async function resume(trial: Trial, { kind, damage, diskFullAt }: Case): Promise<End> {
  simulator.faults.set();
  trial.healProxy();
  Object.assign(simulator.quirks, { catalogLagReads: 0, totalRequired: false });
  const client = createBatchClient({ ...trial.clientOptions, clock: testClock() });
  try {
    const { onProgress } = trial;
    const result = await client
      .resume(trial.journal, { onProgress })
      .catch((error: unknown) => error);
    if (!(result instanceof Error)) {
      await trial.checkLoaded(result as Receipt);
      return 'resumed';
    }
    const mayThrow =
      (result instanceof SourceError && trial.isChanged) ||
      (result instanceof InvalidInputError && kind !== 'files') ||
      ((damage ?? diskFullAt) !== undefined &&
        [JournalError, InvalidInputError, IngestError, UnknownOutcomeError].some(
          (Class) => result instanceof Class,
        ));
    if (!mayThrow) throw result;
    return 'thrown';
  } finally {
    await client.close();
  }
}

test('whatever goes wrong, an ingest ends in one of four ways, and nothing is lost', async () => {
  const ends = { loaded: 0, refused: 0, thrown: 0, resumed: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      ends[await play(one)]++;
    }),
    { numRuns: CASES, ...(SEED === undefined ? {} : { seed: SEED }) },
  );
  expect(simulator.violations).toEqual([]);
  // Each way was really taken, unless CASES is small.
  expect(Math.min(...Object.values(ends))).toBeGreaterThanOrEqual(
    CASES < 50 ? 0 : Math.ceil(CASES / 100),
  );
}, 300_000);
