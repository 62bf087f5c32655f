import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memorySource } from '../../src/http/body.js';
import { packFiles } from '../../src/packing/pack-files.js';
import { memoryFile, type SourceFile } from '../../src/upload/source.js';
import { chooseCount, givenSeed, isDeep } from '../support/scale.js';

const CASES = chooseCount({ quick: 80, deep: 1500 });
const SEED = givenSeed ?? (isDeep ? undefined : 1);
const MARK = '\ufeff';

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const lastEnd = fc.constantFrom('', '\n', '\r\n', '\r', '\n\n');
const mark = fc.constantFrom('', '', MARK);
const word = fc.constantFrom('a', 'Zürich', '', '1', "it's", '🙂', 'x y');

/** JSON Lines, with blank lines here and there. */
const jsonFile = fc
  .record({
    mark,
    lines: fc.array(
      fc.oneof(
        word.map((text) => JSON.stringify({ text })),
        fc.constant(''),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    lineEnd,
    lastEnd,
  })
  .map(({ mark: start, lines, lineEnd: end, lastEnd: last }) => ({
    text: `${start}{"a":1}${end}${lines.join(end)}${last}`,
    header: undefined,
  }));

const cell = fc.oneof(
  word,
  fc.constantFrom('"quoted"', '"two\nlines"', '"a, ""b"""', '"\r\n"', '"x\ry"'),
);
const csvFile = fc
  .record({
    mark,
    header: fc.constantFrom('id,name', 'id,age', '"id","na\nme"'),
    rows: fc.array(fc.tuple(cell, cell), { maxLength: 5 }),
    lineEnd,
    lastEnd,
  })
  .map(({ mark: start, header, rows, lineEnd: end, lastEnd: last }) => ({
    text: `${start}${[header, ...rows.map((row) => row.join(','))].join(end)}${last}`,
    header: header as string | undefined,
  }));

const names = fc.uniqueArray(
  fc.tuple(fc.constantFrom('', 'day=1/', 'day=2/', 'x/y/'), fc.integer({ min: 0, max: 99 })),
  { selector: (parts) => parts.join(''), minLength: 1, maxLength: 12 },
);

const cases = fc.record({
  names,
  isCsv: fc.boolean(),
  json: fc.array(jsonFile, { minLength: 12, maxLength: 12 }),
  csv: fc.array(csvFile, { minLength: 12, maxLength: 12 }),
  packBytes: fc.integer({ min: 1, max: 400 }),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
  order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
});

interface Original {
  path: string;
  text: string;
  header: string | undefined;
  bytes: Buffer;
}

const toFile = ({ path, bytes }: Original): SourceFile => memoryFile(path, memorySource(bytes));

/** `""` is an escape for all of them, as the checks of the files would find. */
const pack = (files: readonly SourceFile[], isCsv: boolean, packBytes: number) =>
  packFiles(files, {
    format: isCsv ? 'csv' : 'json',
    ...(isCsv ? { csv: { escape: '"' } } : {}),
    packBytes,
  });

async function readRange(file: SourceFile, start: number, end: number): Promise<Buffer> {
  if (file.stream !== undefined) throw new Error('a packed file has a size');
  const source = await file.open();
  const chunks: Buffer[] = [];
  await source.slice(start, end).pump(async (chunk) => {
    chunks.push(Buffer.from(chunk));
  });
  await source.close();
  return Buffer.concat(chunks);
}

/** The lines of a text, each with its end. */
const toLines = (bytes: Buffer): string[] =>
  bytes.toString('latin1').match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];

/** Where each file is: the same for the same files. */
const describePack = (files: readonly SourceFile[]) =>
  files.map(({ path, members }) => [path, members?.map(({ file }) => file.path)]);

/** Checks a packed file against its originals, by its bytes and by its lines. */
async function checkPacked(
  file: SourceFile,
  originals: ReadonlyMap<string, Original>,
  cut: number,
) {
  const { members = [], sizeBytes } = file;
  const packed = await readRange(file, 0, sizeBytes);
  expect(packed.length).toBe(sizeBytes);
  const middle = Math.floor(cut * sizeBytes);
  const halves = [await readRange(file, 0, middle), await readRange(file, middle, sizeBytes)];
  expect(Buffer.concat(halves).equals(packed)).toBe(true);
  const lines = toLines(packed);
  let at = 0;
  for (const [index, { file: own, place }] of members.entries()) {
    const original = originals.get(own.path);
    if (original === undefined) throw new Error(`${own.path} is of no original`);
    const { bytes } = original;
    const end = at + place.bytes;
    expect(packed.subarray(at, end).equals(bytes.subarray(place.skippedBytes))).toBe(true);
    expect(place.bytes).toBe(bytes.length - place.skippedBytes);
    const skipped = bytes.toString('utf8', 0, place.skippedBytes).replace(MARK, '');
    expect(skipped.trim()).toBe(index === 0 ? '' : (original.header ?? ''));
    expect(place.addsNewline).toBe(place.bytes > 0 && !original.text.endsWith('\n'));
    at = end + (place.addsNewline ? 1 : 0);
    const own_ = toLines(bytes).slice(place.skippedLines);
    const there = lines.slice(place.firstLine - 1, place.firstLine - 1 + place.lines);
    const strip = (list: string[]) =>
      list.map((line) => line.replace(/[\r\n]+$/, '').replace('\u00ef\u00bb\u00bf', ''));
    expect(strip(there)).toEqual(strip(own_));
  }
  expect(at).toBe(sizeBytes);
  const last = members.at(-1)?.place;
  expect(lines).toHaveLength((last?.firstLine ?? 1) + (last?.lines ?? 0) - 1);
  const headers = new Set(members.map((one) => originals.get(one.file.path)?.header));
  expect(headers.size).toBe(1);
}

test('every byte of every file is in one place that the map names, whatever the line ends, headers and marks', async () => {
  let packedFiles = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ isCsv, packBytes, cut, ...one }) => {
      const originals = one.names.map(([folder, name], at): Original => {
        const file = (isCsv ? one.csv : one.json)[at] ?? { text: '', header: undefined };
        const path = `${folder}${name}.${isCsv ? 'csv' : 'jsonl'}`;
        return { path, ...file, bytes: Buffer.from(file.text) };
      });
      const byPath = new Map(originals.map((original) => [original.path, original]));
      const files = await pack(originals.map(toFile), isCsv, packBytes);
      const found = files.flatMap(({ path, members }) => members?.map((m) => m.file.path) ?? path);
      expect(found.sort()).toEqual([...byPath.keys()].sort());
      for (const file of files) {
        if (file.members === undefined) continue;
        packedFiles++;
        expect(file.sizeBytes).toBeLessThanOrEqual(packBytes);
        await checkPacked(file, byPath, cut);
      }
      const order = originals.map((original) => ({ original, key: one.order.next().value }));
      order.sort((a, b) => a.key - b.key);
      const again = await pack(
        order.map(({ original }) => toFile(original)),
        isCsv,
        packBytes,
      );
      if (packedIn(files) > 0) expect(describePack(again)).toEqual(describePack(files));
    }),
    { numRuns: CASES, ...(SEED === undefined ? {} : { seed: SEED }) },
  );
  expect(packedFiles).toBeGreaterThan(CASES / 3);
}, 120_000);

const packedIn = (files: readonly SourceFile[]): number =>
  files.filter(({ members }) => members !== undefined).length;

test('a new file changes only the packed file that it goes into, or divides it', async () => {
  const make = (n: number): Original => {
    const text = `{"n":${n}}\n`;
    return { path: `${n}.jsonl`, text, header: undefined, bytes: Buffer.from(text) };
  };
  const all = Array.from({ length: 200 }, (_, n) => make(n + 100));
  for (let size = 150; size < 170; size++) {
    const before = await pack(all.slice(0, size).map(toFile), false, 200);
    const after = await pack(all.slice(0, size + 1).map(toFile), false, 200);
    const old = new Set(before.map((file) => JSON.stringify(describePack([file]))));
    const changed = after.filter((file) => !old.has(JSON.stringify(describePack([file]))));
    // One, or all parts that it was divided into.
    const bits = changed.map(({ path }) => /packed-?([01]*)/.exec(path)?.[1] ?? '');
    const packs = bits.filter((_, at) => changed[at]?.members !== undefined);
    expect(changed.length).toBeGreaterThan(0);
    if (packs.length > 1)
      expect(new Set(packs.map((one) => one.slice(0, -1))).size).toBeLessThan(3);
    expect(changed.length).toBeLessThanOrEqual(4);
  }
});
