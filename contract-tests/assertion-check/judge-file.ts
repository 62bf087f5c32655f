/** Finds out, for assertions of one test file, what would be lost without each of them. */
import type { Failure } from '../client-mutation/run-tests.js';
import type { RecordedExchange } from '../coverage/traffic.js';
import { type Assertion, removeAssertion, softenAssertions } from './assertions.js';
import type { RankFaults } from './candidates.js';
import type { Fault, Texts } from './fault-lists.js';
import { listReached } from './imports.js';
import {
  type ExecutedLines,
  type FileRun,
  MAX_RUN_MS,
  type ProjectTests,
} from './project-tests.js';
import { namesFile } from './text-faults.js';

/** What happens when an assertion is removed. */
export type Verdict =
  /** Its traffic is missing: cells of the contract are not covered any more. */
  | { kind: 'coverage'; lost: string[] }
  /** A fault that nothing else notices. */
  | { kind: 'lives'; fault: string }
  /** Each fault that it notices is noticed by something else, too. */
  | { kind: 'covered'; fault: string; by: string }
  /** The tests that follow need what it does. */
  | { kind: 'needed'; by: string }
  /** Nothing that was tried. */
  | { kind: 'unnoticed'; tried: number };

export interface Judged {
  assertion: Assertion;
  verdict: Verdict;
}

export interface FileTools {
  tests: ProjectTests;
  /** Every assertion of the file, also those that are not judged. */
  all: readonly Assertion[];
  /** How to list the faults to try, when it is known what the file executes. */
  prepareFaults(executed: ExecutedLines): RankFaults;
  /** The cells that are lost when the file records this traffic in place of the other. */
  findLostCells(
    before: readonly RecordedExchange[],
    after: readonly RecordedExchange[],
  ): Promise<string[]>;
  /** Every contract test file. */
  testFiles: readonly string[];
  /** Whether there is time for more. */
  hasTime(): boolean;
  /** Called with each assertion as soon as it is judged. */
  report(judged: Judged): void;
}

/** For how long faults are tried for an assertion. */
const MS_PER_ASSERTION = 240_000;
/** For how long one is looked for that nothing else notices, after one that something else notices, too. */
const MS_FOR_BETTER = 10_000;
/** A fault that makes a test wait for ever ends with this multiple of the time that the file takes without one. */
const MAX_SLOWDOWN = 4;
const MIN_LIMIT_MS = 10_000;

/** Reports each assertion that is judged while there is time. */
export async function judgeFile(
  file: string,
  assertions: readonly Assertion[],
  tools: FileTools,
): Promise<void> {
  const { tests } = tools;
  const softened = softenAssertions(tests.read(file), tools.all);
  const before = await tests.withTexts(new Map([[file, softened]]), () => tests.runMeasured(file));
  if (!passes(before)) {
    const failed = [...before.failedTests, ...before.failedLines].join(', ');
    throw new Error(`${file} fails without a change: ${failed}`);
  }
  const open: Assertion[] = [];
  for (const assertion of assertions) {
    if (!tools.hasTime()) return;
    const verdict = await removeAlone(assertion, before.traffic, tools);
    if (verdict === undefined) open.push(assertion);
    else tools.report({ assertion, verdict });
  }
  if (open.length === 0) return;
  await new FaultSearch(file, softened, tools).run(open, before.executed);
}

/** Removes an assertion that may have made calls. */
async function removeAlone(
  assertion: Assertion,
  traffic: readonly RecordedExchange[],
  { tests, findLostCells }: FileTools,
): Promise<Verdict | undefined> {
  if (!assertion.hasCall || traffic.length === 0) return undefined;
  const { file } = assertion;
  const text = removeAssertion(tests.read(file), assertion);
  const after = await tests.withTexts(new Map([[file, text]]), () => tests.run(file));
  if (after.isBroken) return { kind: 'needed', by: file };
  const [failed] = after.failedTests;
  if (failed !== undefined) return { kind: 'needed', by: failed };
  const lost = await findLostCells(traffic, after.traffic);
  return lost.length === 0 ? undefined : { kind: 'coverage', lost };
}

/** Options of Jest. */
type TestChoice = { testNamePattern?: string };

/** With the texts that it changes. */
type TriedFault = Fault & { faulty: Texts };

/** Tries faults until each assertion has noticed one. */
class FaultSearch {
  readonly #file: string;
  readonly #softened: string;
  readonly #tools: FileTools;
  readonly #open = new Set<Assertion>();
  /** What is known of open ones that have noticed a fault which something else notices, too. */
  readonly #covered = new Map<Assertion, Verdict>();
  #options: TestChoice = {};
  #maxMs = MAX_RUN_MS;

  constructor(file: string, softened: string, tools: FileTools) {
    this.#file = file;
    this.#softened = softened;
    this.#tools = tools;
  }

  /** @param executed the lines that the file executes. */
  async run(assertions: readonly Assertion[], executed: ExecutedLines): Promise<void> {
    const { hasTime, prepareFaults, tests } = this.#tools;
    for (const assertion of assertions) this.#open.add(assertion);
    await this.#chooseTests();
    const rankFaults = prepareFaults(executed);
    const tried = new Set<string>();
    for (const assertion of assertions) {
      const { start, end, testName } = assertion;
      if (!this.#open.has(assertion)) continue;
      const faults = rankFaults({
        assertion: tests.read(this.#file).slice(start, end),
        testName,
        executed: (await this.#measureTest(testName)) ?? executed,
      });
      let endMs = Date.now() + MS_PER_ASSERTION;
      for (const fault of faults) {
        if (!hasTime() || !this.#open.has(assertion) || Date.now() > endMs) break;
        if (tried.has(fault.name)) continue;
        tried.add(fault.name);
        const wasCovered = this.#covered.has(assertion);
        const texts = await fault.toTexts();
        if (texts !== undefined) await this.#try(fault, texts);
        if (!wasCovered && this.#covered.has(assertion)) endMs = Date.now() + MS_FOR_BETTER;
      }
      const verdict = this.#covered.get(assertion);
      if (this.#open.has(assertion) && verdict !== undefined) this.#settle(assertion, verdict);
      if (!hasTime()) return;
    }
    for (const assertion of this.#open)
      this.#settle(assertion, { kind: 'unnoticed', tried: tried.size });
  }

  #settle(assertion: Assertion, verdict: Verdict): void {
    this.#open.delete(assertion);
    this.#tools.report({ assertion, verdict });
  }

  /** Compares what else notices a fault, for each open assertion that does. */
  async #try(fault: Fault, faulty: Texts): Promise<void> {
    const run = await this.#runSoftened(faulty, this.#options);
    for (const assertion of this.#open) {
      if (!run.failedLines.has(assertion.line)) continue;
      const verdict = await this.#compare(assertion, { ...fault, faulty }, run);
      if (verdict === undefined) continue;
      if (verdict.kind === 'covered') this.#covered.set(assertion, verdict);
      else this.#settle(assertion, verdict);
    }
  }

  /** The tests that hold the assertions; all of the file where these fail without the others, or are not known. */
  async #chooseTests(): Promise<void> {
    const names = [...this.#open].map(({ testName }) => testName);
    const options = names.includes(undefined) ? {} : { testNamePattern: names.join('|') };
    const startMs = Date.now();
    const run = await this.#runSoftened(new Map(), options);
    this.#maxMs = Math.max(MIN_LIMIT_MS, MAX_SLOWDOWN * (Date.now() - startMs));
    if (passes(run)) this.#options = options;
  }

  /** The lines that the tests with a name execute alone, if they pass so. */
  async #measureTest(testName: string | undefined): Promise<ExecutedLines | undefined> {
    if (testName === undefined) return undefined;
    const { tests } = this.#tools;
    const run = await tests.withTexts(new Map([[this.#file, this.#softened]]), () =>
      tests.runMeasured(this.#file, { testNamePattern: testName }),
    );
    return passes(run) ? run.executed : undefined;
  }

  #runSoftened(changed: Texts, options: TestChoice): Promise<FileRun> {
    const { tests } = this.#tools;
    const texts = new Map([...changed, [this.#file, this.#softened]]);
    return tests.withTexts(texts, () => tests.run(this.#file, options, this.#maxMs));
  }

  /** @returns `undefined` where it would say no more than what is known. */
  async #compare(
    assertion: Assertion,
    fault: TriedFault,
    run: FileRun,
  ): Promise<Verdict | undefined> {
    const other = this.#findOther(assertion, run);
    if (other !== undefined && this.#covered.has(assertion)) return undefined;
    const by =
      other ?? (await this.#findKiller(fault)) ?? (await this.#findInSuite(assertion, fault));
    return by === undefined
      ? { kind: 'lives', fault: fault.name }
      : { kind: 'covered', fault: fault.name, by };
  }

  /** Another assertion of the file, or a test that failed without one. */
  #findOther(assertion: Assertion, run: FileRun): string | undefined {
    const line = [...run.failedLines].find((one) => one !== assertion.line);
    const other = this.#tools.all.find((one) => one.line === line);
    return other === undefined ? run.failedTests[0] : formatAssertion(other);
  }

  /** The test that noticed the fault in an earlier run, if it still does. */
  async #findKiller({ killer, faulty }: TriedFault): Promise<string | undefined> {
    if (killer === undefined || killer.file === this.#file) return undefined;
    const { tests } = this.#tools;
    const fails = await tests.withTexts(faulty, () => tests.fails(killer));
    return fails ? `${killer.file}: ${killer.title}` : undefined;
  }

  /** What notices the fault among all tests that it may reach, without the assertion. */
  async #findInSuite(assertion: Assertion, fault: TriedFault): Promise<string | undefined> {
    const { tests, testFiles } = this.#tools;
    const isReached = (file: string) =>
      file === this.#file || fault.files.some((one) => this.#reaches(file, one));
    const text = removeAssertion(tests.read(this.#file), assertion);
    const texts = new Map([...fault.faulty, [this.#file, text]]);
    const failure: Failure | undefined = await tests.withTexts(texts, () =>
      tests.findFailure(testFiles.filter(isReached)),
    );
    return failure === undefined ? undefined : `${failure.file}: ${failure.title}`;
  }

  /** Whether a test file can notice a change of another file. */
  #reaches(test: string, changed: string): boolean {
    const { tests } = this.#tools;
    // The document is read, not imported.
    if (changed.startsWith('generated/')) return true;
    if (!changed.endsWith('.ts')) return namesFile(tests.read(test), changed);
    return listReached(test, (file) => tests.read(file)).has(changed);
  }
}

/** Whether it passed with softened assertions. */
const passes = ({ isBroken, failedTests, failedLines }: FileRun): boolean =>
  !isBroken && failedTests.length === 0 && failedLines.size === 0;

export const formatAssertion = ({ file, line, text }: Assertion): string =>
  `${file}:${line}: ${text}`;
