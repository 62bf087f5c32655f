import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError, type LoadFile, type PlannedBatch, planLoad } from '../../src/index.js';
import { chooseCount, givenSeed, isDeep } from '../support/scale.js';

const RUN = {
  numRuns: chooseCount({ quick: 300, deep: 5000 }),
  seed: givenSeed ?? (isDeep ? Date.now() : 1),
};

const makeFolders = (folders: number, files: number, sizeBytes = 1000): LoadFile[] =>
  Array.from({ length: folders * files }, (_, at) => {
    const folder = `day=${String(Math.floor(at / files)).padStart(4, '0')}`;
    return { path: `${folder}/part-${String(at % files).padStart(5, '0')}.jsonl`, sizeBytes };
  });

/** A batch by what is in it. */
const toKeys = (batches: readonly PlannedBatch[]): Set<string> =>
  new Set(batches.map(({ files }) => files.map(({ path }) => path).join('\n')));

const countFiles = (batches: readonly PlannedBatch[]): number[] =>
  batches.map(({ files }) => files.length);

/** Checks that a further file leaves all batches but one as they are. @returns how many took its place. */
function countChanged(files: readonly LoadFile[], file: LoadFile, limits: object): number {
  const before = planLoad(files, limits);
  const after = planLoad([...files, file], limits);
  const [old, now] = [toKeys(before), toKeys(after)];
  const removed = [...old].filter((key) => !now.has(key));
  const added = [...now].filter((key) => !old.has(key));
  expect(removed.length).toBeLessThanOrEqual(1);
  const expected = [...removed.flatMap((key) => key.split('\n')), file.path].sort();
  expect(added.flatMap((key) => key.split('\n')).sort()).toEqual(expected);
  return added.length;
}

test('100,000 files of 400 folders are 10 batches of 10,000, each with 40 whole folders', () => {
  const batches = planLoad(makeFolders(400, 250));
  expect(countFiles(batches)).toEqual(Array(10).fill(10_000));
  for (const { files } of batches)
    expect(new Set(files.map(({ path }) => path.split('/')[0])).size).toBe(40);
});

test('a further file in a folder changes one of the 10 full batches, which becomes two', () => {
  const file = { path: 'day=0200/part-00100-b.jsonl', sizeBytes: 1000 };
  expect(countChanged(makeFolders(400, 250), file, {})).toBe(2);
});

test.each(['day=0000-b', 'day=0200-b', 'day=9999'])(
  'a further file in the new folder %s is an eleventh batch, and the 10 full ones stay',
  (folder) => {
    const file = { path: `${folder}/part-00000.jsonl`, sizeBytes: 1000 };
    expect(countChanged(makeFolders(400, 250), file, {})).toBe(1);
  },
);

test('other batches stay as they are while less than a third of the folders of an even load get more files', () => {
  const files = makeFolders(40, 10);
  for (let at = 0; at < 12; at++) {
    const file = { path: `day=${String(at * 3).padStart(4, '0')}/a-${at}.jsonl`, sizeBytes: 1 };
    countChanged(files, file, { maxBatchFiles: 45 });
    files.push(file);
  }
});

test('a new day at the end of an even load of days changes only the last batch', () => {
  const days = makeFolders(40, 10);
  const before = toKeys(planLoad(days.slice(0, -10), { maxBatchFiles: 40 }));
  const after = toKeys(planLoad(days, { maxBatchFiles: 40 }));
  expect([...before].filter((key) => !after.has(key))).toHaveLength(1);
});

const smallLoad = fc
  .uniqueArray(
    fc.record({
      folder: fc.integer({ min: 0, max: 8 }),
      name: fc.integer({ min: 0, max: 60 }),
      sizeBytes: fc.integer({ min: 0, max: 100 }),
    }),
    { minLength: 1, maxLength: 150, selector: ({ folder, name }) => `${folder}/${name}` },
  )
  .map((files) =>
    files.map(({ folder, name, sizeBytes }) => ({
      path: folder === 0 ? `${name}.jsonl` : `p=${folder}/${name}.jsonl`,
      sizeBytes,
    })),
  );
const smallLimits = fc.record({
  maxBatchFiles: fc.integer({ min: 1, max: 30 }),
  maxBatchBytes: fc.integer({ min: 1, max: 1500 }),
});

test('every file is in one batch, and no batch exceeds a limit but that of one file', () => {
  fc.assert(
    fc.property(smallLoad, smallLimits, (files, limits) => {
      const batches = planLoad(files, limits);
      const paths = batches.flatMap((batch) => batch.files.map(({ path }) => path));
      expect(paths.sort()).toEqual(files.map(({ path }) => path).sort());
      for (const { files: own, sizeBytes } of batches) {
        expect(own.reduce((sum, file) => sum + file.sizeBytes, 0)).toBe(sizeBytes);
        expect(own.length).toBeLessThanOrEqual(limits.maxBatchFiles);
        if (own.length > 1) expect(sizeBytes).toBeLessThanOrEqual(limits.maxBatchBytes);
      }
    }),
    RUN,
  );
});

test('a new file changes only its own batch, or divides it', () => {
  fc.assert(
    fc.property(smallLoad, smallLimits, ([file, ...others], limits) => {
      if (file !== undefined) countChanged(others, file, limits);
    }),
    RUN,
  );
});

test('where files are limited and not bytes, a batch that is divided becomes two', () => {
  fc.assert(
    fc.property(smallLoad, fc.integer({ min: 1, max: 30 }), ([file, ...others], maxBatchFiles) => {
      if (file === undefined) return;
      expect(countChanged(others, file, { maxBatchFiles })).toBeLessThanOrEqual(2);
    }),
    RUN,
  );
});

test('the order in which files are given changes nothing', () => {
  fc.assert(
    fc.property(smallLoad, smallLimits, (files, limits) => {
      expect(planLoad([...files].reverse(), limits)).toEqual(planLoad(files, limits));
    }),
    RUN,
  );
});

test('a folder is divided only if it alone exceeds a limit', () => {
  fc.assert(
    fc.property(smallLoad, fc.integer({ min: 1, max: 30 }), (files, maxBatchFiles) => {
      const toFolder = ({ path }: LoadFile) => path.split('/').slice(0, -1).join('/');
      const counts = new Map<string, number>();
      for (const file of files) counts.set(toFolder(file), (counts.get(toFolder(file)) ?? 0) + 1);
      const places = planLoad(files, { maxBatchFiles }).flatMap((batch) => [
        ...new Set(batch.files.map(toFolder)),
      ]);
      for (const [folder, count] of counts) {
        if (count <= maxBatchFiles) expect(places.filter((one) => one === folder)).toHaveLength(1);
      }
    }),
    RUN,
  );
});

test('batches of an uneven load are two thirds full on average', () => {
  const files = makeFolders(1, 3000).concat(makeFolders(97, 13).slice(13));
  const batches = planLoad(files, { maxBatchFiles: 100 });
  expect(files.length / batches.length).toBeGreaterThan(60);
});

test('two files of one path are refused', () => {
  const files = [...makeFolders(2, 3), ...makeFolders(1, 1)];
  expect(() => planLoad(files)).toThrow(
    new InvalidInputError(
      'files',
      'Invalid files: expected different paths, received day=0000/part-00000.jsonl twice. Each file is loaded once.',
    ),
  );
});

test.each([{ maxBatchFiles: 0 }, { maxBatchFiles: 25_001 }, { maxBatchBytes: 2 ** 40 + 1 }])(
  'limits that the platform does not allow are refused: %o',
  (limits) => {
    expect(() => planLoad([], limits)).toThrow(InvalidInputError);
  },
);

test('no files are no batches', () => expect(planLoad([])).toEqual([]));
