import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

const desk = useDesk();
const FAST = ['--poll-interval-ms', '10', '--check-rows', 'none', '--quiet'];
const INGEST = ['ingest', 'data', '--pack', '--dataset', 'd1', ...FAST];

beforeEach(async () => {
  for (const day of [1, 2, 3]) {
    await mkdir(join(desk.folder, `data/day=${day}`), { recursive: true });
    for (const part of [1, 2, 3, 4])
      await desk.file(`data/day=${day}/${part}.jsonl`, `{"_id":"${day}-${part}"}`);
  }
});

interface ShownFile {
  path: string;
  packed?: { into: string };
}

test('ingest --pack loads small files as one, and its receipt lists the originals', async () => {
  const ended = await desk.run([...INGEST, '--json']);
  expect(ended.code).toBe(0);
  const json = expectJson(ended, 'ingest') as { batchId: string; files: ShownFile[] };
  expect(json.files.map(({ path }) => path).sort()).toEqual(
    [1, 2, 3].flatMap((day) => [1, 2, 3, 4].map((part) => `day=${day}/${part}.jsonl`)),
  );
  expect(new Set(json.files.map(({ packed }) => packed?.into))).toEqual(new Set(['packed.jsonl']));
  expect(desk.simulator.files(json.batchId).map(({ path }) => path)).toEqual(['packed.jsonl']);
  expect(json).toMatchObject({ records: { input: 12, output: 12 } });
});

test('a packed file counts as one file of a batch, in the plan and in a load of several batches', async () => {
  const limits = ['--pack-bytes', '60', '--max-files-per-batch', '2'];
  const planned = await desk.run([...INGEST, ...limits, '--dry-run', '--json']);
  const { plan, files } = expectJson(planned, 'dryRun') as {
    plan: { batchCount: number; fileCount: number; originalCount: number };
    files: { path: string; sizeBytes: number; packedFiles?: number }[];
  };
  expect(plan.originalCount).toBe(12);
  expect(plan.fileCount).toBe(files.length);
  expect(files.length).toBeLessThan(12);
  expect(plan.batchCount).toBeGreaterThanOrEqual(files.length / 2);
  for (const { sizeBytes } of files) expect(sizeBytes).toBeLessThanOrEqual(60);
  const text = await desk.run([...INGEST, ...limits, '--dry-run']);
  expect(text.stdout).toContain(`${files.length} files packed from 12, `);
  const ended = await desk.run([...INGEST, ...limits, '--json']);
  expect(ended.code).toBe(0);
  const load = expectJson(ended, 'ingest') as {
    originalCount: number;
    fileCount: number;
    batches: { batchId: string; fileCount: number }[];
    files: ShownFile[];
  };
  expect(load).toMatchObject({ originalCount: 12, fileCount: files.length });
  expect(load.batches).toHaveLength(plan.batchCount);
  expect(load.files).toHaveLength(12);
  const stored = load.batches.flatMap(({ batchId }) =>
    desk.simulator.files(batchId).map(({ path }) => path),
  );
  expect(stored.sort()).toEqual(files.map(({ path }) => path).sort());
});

test('a load of packed files that broke off is resumed with the same division', async () => {
  const limits = ['--pack-bytes', '60', '--max-files-per-batch', '2'];
  const planned = await desk.run([...INGEST, ...limits, '--dry-run', '--json']);
  const { files } = planned.json() as { files: { path: string; sizeBytes: number }[] };
  desk.simulator.faults.set({ when: { operation: 'uploadFile', nth: 3 }, then: { status: 403 } });
  expect((await desk.run([...INGEST, ...limits])).code).toBe(7);
  desk.simulator.faults.set();
  await desk.file('data/late.jsonl', '{"_id":"late"}\n');
  const ended = await desk.run(['resume', '--latest', '--json', ...FAST.slice(0, 2)]);
  expect(ended.code).toBe(0);
  const { batches } = expectJson(ended, 'ingest') as { batches: { batchId: string }[] };
  const stored = batches.flatMap(({ batchId }) =>
    desk.simulator.files(batchId).map(({ path, sizeBytes }) => ({ path, sizeBytes })),
  );
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  expect(stored.sort(byPath)).toEqual(
    files.map(({ path, sizeBytes }) => ({ path, sizeBytes })).sort(byPath),
  );
});

test('the same files are recognised by --skip-loaded, packed or not', async () => {
  const first = await desk.run([...INGEST, '--skip-loaded', '--json']);
  expect(first.json()).toMatchObject({ outcome: 'success' });
  const again = await desk.run([...INGEST, '--skip-loaded', '--json']);
  expect([again.code, again.json()['outcome']]).toEqual([0, 'skipped']);
  const plain = INGEST.filter((flag) => flag !== '--pack');
  const unpacked = await desk.run([...plain, '--skip-loaded', '--json']);
  expect(unpacked.json()).toMatchObject({ outcome: 'skipped', batchId: first.json()['batchId'] });
});

test('errors and failed-files name the originals of a packed file, and their lines', async () => {
  await desk.file('data/day=2/2.jsonl', '{"_id":"2-2"}\n{"broken\n');
  const rules = ['--partial-ingestion-percent', '5', '--error-diagnostics'];
  const ended = await desk.run([...INGEST, ...rules, '--json']);
  expect(ended.code).toBe(4);
  const { batchId } = ended.json() as { batchId: string };
  const { errors } = expectJson(await desk.run(['errors', batchId, '--json']), 'errors') as {
    errors: { file: string; line: number }[];
  };
  expect(errors).toMatchObject([{ file: 'day=2/2.jsonl', line: 2 }]);
  const failed = await desk.run(['failed-files', batchId, '--out', 'failed', '--json']);
  expect(expectJson(failed, 'failedFiles')['packed']).toContainEqual({
    path: 'day=2/2.jsonl',
    into: 'packed.jsonl',
    firstLine: 6,
    lines: 2,
    skippedLines: 0,
  });
});

test('errors says how the originals are found where this machine does not know what was packed', async () => {
  await desk.file('data/day=2/2.jsonl', '{"_id":"2-2"}\n{"broken\n');
  const rules = ['--partial-ingestion-percent', '50', '--error-diagnostics'];
  const ended = await desk.run([...INGEST, ...rules, '--json']);
  const { batchId } = ended.json() as { batchId: string };
  await rm(join(desk.folder, 'state'), { recursive: true });
  const unknown = await desk.run(['errors', batchId]);
  expect(unknown.stderr).toContain('--source <path...>');
  const found = await desk.run(['errors', batchId, '--source', 'data', '--json']);
  expect(found.json()).toMatchObject({ errors: [{ file: 'day=2/2.jsonl', line: 2 }] });
});

test.each([
  [['--pack-bytes', '100'], '--pack-bytes goes with --pack alone'],
  [['--pack', '--pack-bytes', '0'], '--pack-bytes'],
  [['--pack', '--pack-bytes', '100', '--max-bytes-per-batch', '50'], 'at most maxBatchBytes'],
  [['--pack', '--format', 'parquet'], 'Parquet'],
  [['--pack', '--multiline'], 'JSON arrays'],
  [['--pack', '--format', 'csv', '--charset', 'UTF-16'], 'charset'],
  [['--pack', '--format', 'csv', '--delimiter', '||'], 'delimiter'],
])('ingest %j is refused with exit code 2, before anything is sent', async (flags, words) => {
  const ended = await desk.run(['ingest', 'data', '--dataset', 'd1', ...FAST, ...flags]);
  expect([ended.code, desk.simulator.log]).toEqual([2, []]);
  expect(ended.stderr).toContain(words);
});

test('standard input and JSON arrays are not packed, and the command says so', async () => {
  const stream = await desk.run(['ingest', '-', '--pack', '--dataset', 'd1'], { input: '{}' });
  expect([stream.code, stream.stderr]).toEqual([2, expect.stringContaining('--pack and "-"')]);
  await writeFile(join(desk.folder, 'data/day=1/1.jsonl'), '[{"a":1}]');
  const array = await desk.run(INGEST);
  expect([array.code, array.stderr]).toEqual([2, expect.stringContaining('a JSON array')]);
});
