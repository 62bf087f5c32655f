/** The faults to try for an assertion, in the order in which they are tried. */
import type { Fault, FaultLists } from './fault-lists.js';
import type { ExecutedLines } from './project-tests.js';

/** What an assertion is about. */
export interface Topic {
  /** Its own text, whose words count most. */
  assertion: string;
  /** The titles around it; a pattern. */
  testName: string | undefined;
  /** The lines that its test executes. */
  executed: ExecutedLines;
}

/** Lists the faults to try for an assertion, the most promising first. */
export type RankFaults = (topic: Topic) => Fault[];

export interface TestFile {
  path: string;
  text: string;
}

interface Candidate {
  fault: Fault;
  words: ReadonlySet<string>;
}

/** How many words of its test one of an assertion is worth. */
const OWN_WORD = 3;
/** How many words of its test it is worth that a fault is in the file that the test is named after. */
const OF_SUBJECT = 2;
/** How many faults of what a file imports, and of the types and texts that it uses, are tried before all others. */
const NEARBY_FIRST = 16;
const TYPES_FIRST = 16;
const TEXTS_FIRST = 4;

/**
 * Prepares the faults for all assertions of a test file. Of each kind, those come first that the test noticed before,
 * then those that share the most words with the assertion.
 */
export function prepareFaults(
  test: TestFile,
  lists: FaultLists,
  shuffle: <T>(items: readonly T[]) => T[],
): RankFaults {
  const prepare = (faults: readonly Fault[]) =>
    shuffle(faults).map((fault): Candidate => ({ fault, words: listWords(fault.topic) }));
  const candidates = {
    nearby: prepare(lists.nearby),
    texts: prepare(lists.texts),
    types: prepare(lists.types),
    client: prepare(lists.client),
    document: prepare(lists.document),
    elsewhere: prepare(lists.elsewhere),
  };
  // Such as the names of fields in its tables: they decide between equals.
  const ofFile = listWords(test.text);

  return ({ assertion, testName, executed }) => {
    const own = listWords(assertion);
    const around = listWords(`${test.path} ${testName ?? ''}`);
    const subject = test.path.replace(/\.test\.ts$/, '.ts');
    const isKnown = ({ killer }: Fault) =>
      killer?.file === test.path &&
      testName !== undefined &&
      new RegExp(testName).test(killer.title);
    const isExecuted = ({ line, files: [file = ''] }: Fault) =>
      line === undefined || (executed.get(file)?.has(line) ?? true);
    const rank = (list: readonly Candidate[]) =>
      list
        .filter(({ fault }) => isExecuted(fault))
        .map(({ fault, words }) => {
          const ofSubject = fault.files.includes(subject) ? OF_SUBJECT : 0;
          const near = OWN_WORD * countShared(words, own) + countShared(words, around) + ofSubject;
          const shared = near + countShared(words, ofFile) / (words.size + 1);
          return { fault, at: isKnown(fault) ? Number.POSITIVE_INFINITY : shared };
        })
        .sort((a, b) => b.at - a.at);
    const listRanked = (list: readonly Candidate[]) => rank(list).map(({ fault }) => fault);
    const nearby = listRanked(candidates.nearby);
    const types = listRanked(candidates.types);
    const texts = listRanked(candidates.texts);
    // Far away, a fault outside of functions breaks most tests at once.
    const elsewhere = rank(candidates.elsewhere)
      .filter(({ fault, at }) => at >= 1 || fault.isInFunction === true)
      .map(({ fault }) => fault);
    return [
      // Most assertions are about what their file imports.
      ...interleave([
        types.slice(0, TYPES_FIRST),
        texts.slice(0, TEXTS_FIRST),
        nearby.slice(0, NEARBY_FIRST),
      ]),
      ...interleave([
        nearby.slice(NEARBY_FIRST),
        types.slice(TYPES_FIRST),
        texts.slice(TEXTS_FIRST),
        listRanked(candidates.client),
        listRanked(candidates.document),
        elsewhere,
      ]),
    ];
  };
}

const countShared = (words: ReadonlySet<string>, wanted: ReadonlySet<string>): number =>
  [...wanted].filter((word) => words.has(word)).length;

/** Words that say nothing about what a text is about. */
const COMMON = new Set(
  'await const contract each equal every expect filter from include json length list match object return slice sort string test text that this true undefined with'.split(
    ' ',
  ),
);
/** Shorter words stand everywhere. */
const MIN_WORD_LENGTH = 4;

/** The words of a text, also those within names, without the `s` at their ends. */
function listWords(text: string): Set<string> {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .map((word) => word.replace(/s$/, ''));
  return new Set(words.filter((word) => word.length >= MIN_WORD_LENGTH && !COMMON.has(word)));
}

/** One of each list in turn. */
function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
}
