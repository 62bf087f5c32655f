/** Finds out, for assertions of one test file, what would be lost without each of them. */
import type { Failure } from '../client-mutation/run-tests.js';
import type { RecordedExchange } from '../coverage/traffic.js';
import { type Assertion, removeAssertion, softenAssertions } from './assertions.js';
import { type Fault, listImports } from './candidates.js';
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
  prepareFaults(executed: ExecutedLines): (assertion: Assertion) => Fault[];
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

/** How many faults are tried for each assertion, and for how long. */
const FAULTS_PER_ASSERTION = 150;
const MS_PER_ASSERTION = 300_000;
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
  if (before.isBroken || before.failedTests.length > 0 || before.failedLines.size > 0) {
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
  const listFaults = tools.prepareFaults(before.executed);
  const faults = new Map(open.map((assertion) => [assertion, listFaults(assertion)]));
  await new FaultSearch(file, softened, tools).run(faults);
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

/** Tries faults until each assertion has noticed one. */
class FaultSearch {
  readonly #file: string;
  readonly #softened: string;
  readonly #tools: FileTools;
  #maxMs = MAX_RUN_MS;

  constructor(file: string, softened: string, tools: FileTools) {
    this.#file = file;
    this.#softened = softened;
    this.#tools = tools;
  }

  /** @param faults what to try for each assertion, in this order. */
  async run(faults: ReadonlyMap<Assertion, readonly Fault[]>): Promise<void> {
    const { hasTime, report } = this.#tools;
    const open = new Set(faults.keys());
    const options = await this.#chooseTests([...open]);
    const tried = new Set<string>();
    for (const [assertion, candidates] of faults) {
      const endMs = Date.now() + MS_PER_ASSERTION;
      for (const fault of candidates.slice(0, FAULTS_PER_ASSERTION)) {
        if (!hasTime()) return;
        if (!open.has(assertion) || Date.now() > endMs) break;
        if (tried.has(fault.name)) continue;
        tried.add(fault.name);
        await this.#try(fault, options, open);
      }
    }
    for (const assertion of open)
      report({ assertion, verdict: { kind: 'unnoticed', tried: tried.size } });
  }

  /** Judges each open assertion that notices a fault. */
  async #try(fault: Fault, options: TestChoice, open: Set<Assertion>): Promise<void> {
    const run = await this.#runSoftened(fault.toTexts(), options);
    for (const assertion of open) {
      if (!run.failedLines.has(assertion.line)) continue;
      open.delete(assertion);
      this.#tools.report({ assertion, verdict: await this.#compare(assertion, fault, run) });
    }
  }

  /** The tests that hold the assertions; all of the file where these fail without the others, or are not known. */
  async #chooseTests(assertions: readonly Assertion[]): Promise<TestChoice> {
    const names = assertions.map(({ testName }) => testName);
    const options = names.includes(undefined) ? {} : { testNamePattern: names.join('|') };
    const startMs = Date.now();
    const { failedLines, failedTests } = await this.#runSoftened(new Map(), options);
    const isUsable = failedLines.size === 0 && failedTests.length === 0;
    this.#maxMs = Math.max(MIN_LIMIT_MS, MAX_SLOWDOWN * (Date.now() - startMs));
    return isUsable ? options : {};
  }

  #runSoftened(changed: ReadonlyMap<string, string>, options: TestChoice): Promise<FileRun> {
    const { tests } = this.#tools;
    const texts = new Map([...changed, [this.#file, this.#softened]]);
    return tests.withTexts(texts, () => tests.run(this.#file, options, this.#maxMs));
  }

  /** What else notices a fault that an assertion has noticed. */
  async #compare(assertion: Assertion, fault: Fault, run: FileRun): Promise<Verdict> {
    const by =
      this.#findOther(assertion, run) ??
      (await this.#findKiller(fault)) ??
      (await this.#findInSuite(assertion, fault));
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
  async #findKiller({ killer, ...fault }: Fault): Promise<string | undefined> {
    if (killer === undefined || killer.file === this.#file) return undefined;
    const { tests } = this.#tools;
    const fails = await tests.withTexts(fault.toTexts(), () => tests.fails(killer));
    return fails ? `${killer.file}: ${killer.title}` : undefined;
  }

  /** What notices the fault among all tests that it may reach, without the assertion. */
  async #findInSuite(assertion: Assertion, fault: Fault): Promise<string | undefined> {
    const { tests, testFiles } = this.#tools;
    const isReached = (file: string) =>
      file === this.#file || fault.files.some((one) => this.#reaches(file, one));
    const text = removeAssertion(tests.read(this.#file), assertion);
    const texts = new Map([...fault.toTexts(), [this.#file, text]]);
    const failure: Failure | undefined = await tests.withTexts(texts, () =>
      tests.findFailure(testFiles.filter(isReached)),
    );
    return failure === undefined ? undefined : `${failure.file}: ${failure.title}`;
  }

  /** Whether a file imports another one, by way of others too. */
  #reaches(from: string, to: string): boolean {
    const queue = [from];
    const seen = new Set(queue);
    // The document is read, not imported.
    if (to.startsWith('generated/')) return true;
    if (!to.endsWith('.ts')) return namesFile(this.#read(from), to);
    for (const file of queue) {
      if (file === to) return true;
      for (const next of listImports(file, this.#read(file))) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
    return false;
  }

  #read(file: string): string {
    try {
      return this.#tools.tests.read(file);
    } catch {
      return ''; // such as a file of JavaScript
    }
  }
}

export const formatAssertion = ({ file, line, text }: Assertion): string =>
  `${file}:${line}: ${text}`;
